"""Tuple unpacking, star unpacking, swaps, nested targets, and the errors of wrong lengths."""


def swaps(n):
    a, b, c = 1, 2, 3
    for i in range(n):
        a, b = b, a + i
        a, b, c = c, a, b
        if i % 500 == 0:
            a %= 1000003
            b %= 1000003
            c %= 1000003
    return a, b, c


def stars(n):
    s = 0
    for i in range(n):
        first, *rest = range(i % 5 + 1)
        *init, last = (i, i + 1, i + 2)
        head, *mid, tail = [i, 1, 2, i]
        s += first + len(rest) + sum(init) + last + head * tail + len(mid)
        s += len([*rest, *init, i]) + len((*mid, *mid)) + len({*rest, 1})
        s += len({**{"a": i}, "b": 2})
    return s


def nested(n):
    s = 0
    data = [(i, (i + 1, [i + 2, i + 3])) for i in range(100)]
    for k in range(n):
        a, (b, [c, d]) = data[k % 100]
        s += a * d - b * c
        for x, (y, (z, w)) in data[:2]:
            s += x + y + z + w
    return s


def sources(n):
    s = 0
    d = {"x": 1, "y": 2}
    kinds = [(1, 2), [3, 4], "ab", range(2), d, iter((5, 6)), b"xy", {7: 0, 8: 0}]
    for i in range(n):
        src = kinds[i % 8]
        if i % 8 == 5:
            src = iter((i, i + 1))
        a, b = src
        s += a + b if isinstance(a, int) else len(a + b)
    return s


def wrong(n):
    errors = set()
    for i in range(n):
        try:
            a, b = (1, 2) if i % 100 else ((1,), (1, 2, 3), [], "abc", 5, None, range(3))[i // 100 % 7]
        except (ValueError, TypeError) as exc:
            errors.add(str(exc))
    return sorted(errors)


def partial_assign(n):
    x = [0, 0, 0]
    i = 0
    for k in range(n):
        i, x[i] = k % 3, k
    return x, i


def fib_pair(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a % 10**12


print(swaps(5000))
print(stars(2500))
print(nested(2500))
print(sources(4000))
print(wrong(3000))
print(partial_assign(4000))
print(fib_pair(5000))
