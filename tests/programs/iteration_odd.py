"""Iteration over subclasses with methods of their own, strings and ranges that have other iterators, lists that lose their items."""


class List(list):
    def __getitem__(self, i):
        return "wrong"

    def __len__(self):
        return 1


class Tuple(tuple):
    def __getitem__(self, i):
        return "wrong"

    def __len__(self):
        return 1


def plain(xs):
    out = []
    for x in xs:
        out.append(x)
    return out


for k in range(5):
    print(plain(List(range(20))), plain(Tuple(range(20))))
    print([(a, b) for a, b in zip(List(range(10)), Tuple(range(10)))])
    print([(a, b) for a, b in enumerate(List(range(10)))])


def characters(strings):
    out = []
    for s in strings:
        for c in s:
            out.append(c)
    return out


print(characters(["abc", "def"] * 6))
print(characters(["abc", "d\xe9f", "\u1234xy", "\U00012345", "", "abc"] * 3))


def sums(ranges):
    t = 0
    for r in ranges:
        for i in r:
            t += i
    return t


print(sums([range(4)] * 12), sums([range(4), range(1 << 70, (1 << 70) + 3)] * 5))


def joined(strings):
    out = []
    for s in strings:
        it = iter(s)
        out += [next(it), next(it, None)]
        out.append([*zip(s, s)])
    return out


print(joined(["ab", "cd"] * 6), joined(["ab", "\xe9x", "\u1234", "q"] * 3))


class Finalized:
    n = 0

    def __init__(self, log):
        self.log = log

    def __del__(self):
        self.log.append(Finalized.n)
        Finalized.n += 1


def repeated(xs, counts, log):
    out = []
    for n in counts:
        xs *= n
        out.append((Finalized.n, len(xs)))
        xs.append(Finalized(log))
    return out


log = []
print(repeated([Finalized(log)], [1, 1, 1, 1, 1, 0, 1, 0, 2, 0, 3], log), log)


def new_class():
    class C:
        pass

    return C


def given(objects, log):
    out = []
    for o in objects:
        o.attribute = Finalized(log)
        out.append(Finalized.n)
    return out


A, B = new_class(), new_class()
a, b = A(), B()
log.clear()
print(given([a, a, a, a, b, b, b, b, A(), b, b, B(), b], log), log)


def undefined(n):
    global total
    r = 0
    for i in range(n):
        total = i
        r += total
        if i == n - 2:
            del total
            print(total)
    return r


try:
    undefined(30)
except NameError as e:
    print(e, e.name)
