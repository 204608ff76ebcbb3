"""Shifts: into big ints, by huge counts, by negative counts, of negative numbers."""


def left(n):
    acc = 0
    for i in range(n):
        acc ^= 1 << (i % 90)
    return acc


def right(value, n):
    acc = 0
    for i in range(n):
        acc += value >> (i % 130)
    return acc


def xorshift(n):
    x = 88172645463325252
    for _ in range(n):
        x ^= (x << 13) & 0xFFFFFFFFFFFFFFFF
        x ^= x >> 7
        x ^= (x << 17) & 0xFFFFFFFFFFFFFFFF
    return x


def negative_count(n):
    errors = []
    total = 0
    for i in range(n):
        count = 3 if i % 1500 else -1
        try:
            total += i << count
        except ValueError as exc:
            errors.append((i, "left", str(exc)))
        try:
            total += i >> count
        except ValueError as exc:
            errors.append((i, "right", str(exc)))
    return total, errors


def inplace(n):
    x = 1
    peak = 0
    for i in range(n):
        x <<= 7
        if x.bit_length() > 200:
            peak = max(peak, x)
            x >>= 195
            x |= 1
    return x, peak


print(left(20000))
for v in (2**63 - 1, -1, -(2**63), 2**100, -(2**100), 12345):
    print(right(v, 5000))
print(xorshift(20000))
print(negative_count(6000))
print(inplace(20000))
print(sum((0 << 10**18) + (5 >> 2**70) + (-5 >> 2**70) for _ in range(3000)))
try:
    for i in range(3000):
        y = 1 << (10**30 if i == 2500 else 4)
except (OverflowError, MemoryError) as exc:
    print(i, type(exc).__name__, exc)
