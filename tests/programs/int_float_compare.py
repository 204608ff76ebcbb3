"""Comparisons between large ints and floats are exact, not done in double."""

BIG = 2**53


def equal(n):
    eq = lt = gt = 0
    for i in range(n):
        k = BIG + i % 5 - 2
        f = float(BIG + (i * 3) % 7 - 3)
        if k == f:
            eq += 1
        if k < f:
            lt += 1
        if k > f:
            gt += 1
    return eq, lt, gt


def around_word(n):
    res = [0, 0, 0]
    edge = float(2**63)
    for i in range(n):
        k = 2**63 + i % 3 - 1
        res[0] += k == edge
        res[1] += k < edge
        res[2] += k >= edge
    return res


def huge(n):
    r = 0
    for i in range(n):
        r += 10**400 > 1e308
        r += 10**400 < float("inf")
        r += -(10**400) > float("-inf")
        r += 10**22 == 1e22
        r += 10**23 == 1e23
        r += i == float(i)
        r += i < float("nan")
    return r


def mixed_sum(n):
    s = 0
    for i in range(n):
        s = s + (i if i < n // 2 else float(i))
    return s, type(s).__name__


print(equal(8000))
print(around_word(6000))
print(huge(3000))
print(mixed_sum(4000))
try:
    s = 0.5
    for i in range(3000):
        s = s + (1 if i < 2900 else 10**400)
except OverflowError as exc:
    print(i, s, exc)
print(sum(2**62 * 1.0 == 2**62 + (i % 2) for i in range(4000)))
