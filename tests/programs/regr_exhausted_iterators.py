"""Iterators that a compiled loop has exhausted are used again afterwards."""


def lists(n):
    out = []
    for _ in range(n):
        a = [1, 2, 3]
        it = iter(a)
        for _ in it:
            pass
        a.append(4)
        out.append((list(it), it.__length_hint__(), next(it, None)))
    return set(map(repr, out))


def tuples(n):
    out = []
    for _ in range(n):
        it = iter((1, 2, 3))
        for _ in it:
            pass
        out.append((list(it), it.__length_hint__(), next(it, None)))
    return set(map(repr, out))


def enumerated(n):
    out = []
    for _ in range(n):
        a = [1, 2]
        it = enumerate(a)
        for _ in it:
            pass
        a.append(3)
        out.append((list(it), next(it, None)))
    return set(map(repr, out))


def zipped(n):
    out = []
    for _ in range(n):
        a, b = [1, 2], [1, 2, 3]
        first, second = iter(a), iter(b)
        for _ in zip(first, second):
            pass
        a.append(3)
        out.append((list(first), list(second)))
    return set(map(repr, out))


for n in (3, 50, 9000):
    print(lists(n), tuples(n), enumerated(n), zipped(n))
