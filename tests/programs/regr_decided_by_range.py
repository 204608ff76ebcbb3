"""Comparisons that are decided for every int of 64 bits, with variables that are sometimes longer."""


def climb(start, step, n):
    x = start
    above = below = 0
    for _ in range(n):
        x = x + step
        if x > 0x7FFFFFFFFFFFFFFF:
            above += 1
        if x < -0x8000000000000000:
            below += 1
    return x, above, below


def halves(values):
    found = 0
    for v in values:
        if v >> 1 == 0x4000000000000001 or not v <= 0x7FFFFFFFFFFFFFFF:
            found += 1
    return found


for n in (20, 300, 9000):
    print(climb(0, 2**60, n), climb(0, -(2**60), n), climb(0, 2**60, n), climb(-(2**64), 2**52, n))
    print(halves([k << 57 for k in range(n)]), halves([2**63 + 2] * n), halves([-k << 60 for k in range(n)]))
