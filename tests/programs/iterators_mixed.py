"""Loops over iterators of one kind, and then of others: shared ones, exhausted ones, strict ones, huge counts."""

def f(z, n=100):
    out = []
    for a, b in z:
        out.append((a, b))
        n -= 1
        if not n: break
    return out
L = list(range(30)); T = tuple(range(30))
for k in range(3): print(len(f(zip(L, T))))
it = iter(L); print(f(zip(it, it)))
it = iter(L); z = zip(it, T); print(f(z, 5), next(it), f(z, 5), next(it))
for xs in (zip(L, range(40), strict=False), zip(L, T, strict=True), zip(L[:5], T, strict=True), zip(T, L), zip(iter(L), reversed(L)), enumerate(L), enumerate(L, 2**62), enumerate(L, 2**63 - 3), enumerate(L, -5), enumerate(T), enumerate(iter(L), 10**30), ((x, 1) for x in L), zip(L, (x for x in T)), map(lambda x: (x, x), L), {1: 2, 3: 4}.items(), iter([[1, 2], (3, 4), "ab"])):
    try: print(f(xs, 20))
    except ValueError as e: print(e)
def g(z):
    out = []
    for i, (a, b) in z: out.append((i, a, b))
    return out
for k in range(3): print(len(g(enumerate(zip(L, T)))))
it = iter(L); print(g(enumerate(zip(it, it))))
try: print(len(g(enumerate(zip(L, T[:3], strict=True)))))
except ValueError as e: print(e)
z = zip(L, T); e = enumerate(z)
def h(e, z):
    out = []
    for i, (a, b) in e:
        out.append((i, a, b))
        if i % 4 == 3: out.append(next(z, None))
        if i == 2: out.append(next(e, None))
    return out
print(h(e, z))
def w(xs):
    out = []
    it = iter(xs)
    for x in it:
        out.append(x)
        if len(out) % 3 == 0: out.append(next(it, "end"))
        if len(out) == 10 and isinstance(xs, list): xs.clear()
    out.append(next(it, "over"))
    if isinstance(xs, list): xs.extend([1, 2]); out.append(next(it, "still over"))
    return out
for xs in (L[:], L[:], L[:], T, range(20), range(5, 50, 3), "abcdefghijklm", "äbcdefgh", b"abcdef", {1: 2, 3: 4}, range(2**63 - 5, 2**63 + 5), range(20, 0, -3), [], (), range(0)):
    print(w(xs))
class R:
    def __iter__(self): return iter([1, 2, 3])
class R2:
    def __iter__(self): return self
    n = 0
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration
        return self.n
class R3:
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i
def many(xss):
    out = []
    for xs in xss:
        try:
            for x in xs: out.append(x)
        except TypeError as e: out.append(str(e))
    return out
print(many([[1, 2]] * 5 + [R(), R2(), R3(), (1, 2), "ab", 5, None, range(3), {1}, {2: 3}, iter([1]), (q for q in [7]), [1, 2], zip([1], [2]), enumerate("a"), b"x", map(str, [1])]))
def star(xss):
    out = []
    for xs in xss:
        try:
            a, *b = xs
            out.append((a, b, [*xs], (*xs, 1), {*xs}, max(*xs), sum(xs)))
        except (TypeError, ValueError) as e: out.append(str(e))
    return out
print(star([[1, 2]] * 5 + [(1, 2), R(), "ab", 5, None, range(3), {1}, {2: 3}, [1], [], [1, 2]]))
