import random
def lev(a, b):
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a):
        current = [i + 1]
        for j, y in enumerate(b):
            if x == y: cost = previous[j]
            else: cost = 1 + min(previous[j], previous[j + 1], current[j])
            current.append(cost)
        previous = current
    return previous[-1]
print(lev("kitten sitting on" * 20, "sitting kitten in" * 21), lev("ä€" * 30, "a€" * 40), lev("ä" * 30, "üä" * 40))
random.seed(5)
def mc(n):
    t = 0.0; r = random.Random(3); c = 0
    for i in range(n):
        x = random.random(); y = r.random()
        if x * x + y * y < 1: c += 1
        t += x
    return t, c, random.random(), r.random()
print(mc(20000))
def chars(s):
    n = 0
    for c in s:
        if c == "a" or c != "b" and c in "xyz": n += 1
        for d in s[:3]:
            if c is d: n += 10
    return n
for s in ("abcxyz" * 1000, "äbcaaxyz" * 1000, "", "a"): print(chars(s))
def sl(l):
    t = 0
    for i in range(-8000, 8000):
        k = l[i % 7:]; t += len(k) + len(l[:]) + len(l[-3:i]) + len(l[i:-1]); k.append(i)
        t += k[-1]
    return t
print(sl(list(range(10))), sl([]))
class L(list):
    def __getitem__(self, k): return "sub"
def sub(ls):
    return [l[1:2] for l in ls]
r = sub([[1,2,3]] * 6000 + [L([1,2,3])]); print(r[0], r[-1])
class S(str):
    def __eq__(self, o): return True
    __hash__ = str.__hash__
def eqs(xs):
    return sum(x == "q" for x in xs), sum(x != "q" for x in xs)
print(eqs(["a", "q", "qq", "ä", "q"*2] * 2000 + [S("a")] * 5))
