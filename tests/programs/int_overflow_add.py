"""Sums that leave 64 bits in the middle of a hot loop, upwards and downwards."""


def climb(start, step, n):
    x = start
    seen_big = 0
    for _ in range(n):
        x = x + step
        if x > 0x7FFFFFFFFFFFFFFF or x < -0x8000000000000000:
            seen_big += 1
    return x, seen_big


def climb_inplace(start, step, n):
    x = start
    for _ in range(n):
        x += step
    return x


def bounce(n):
    x = 2**63 - 1000
    lows = highs = 0
    for i in range(n):
        if (i // 700) % 2:
            x -= 3
        else:
            x += 3
        if x >= 2**63:
            highs += 1
        else:
            lows += 1
    return x, lows, highs


print(climb(0, 2**48, 70000))
print(climb(0, -(2**48), 70000))
print(climb_inplace(2**63 - 2000, 1, 4000))
print(climb_inplace(-(2**63) + 2000, -1, 4000))
print(climb_inplace(2**62, 2**62, 5000))
print(bounce(20000))
for edge in (2**29, 2**30, 2**31, 2**32, 2**59, 2**60, 2**61, 2**62, 2**63, 2**64):
    print(edge, climb_inplace(edge - 1500, 1, 3000), climb_inplace(-edge + 1500, -1, 3000))
