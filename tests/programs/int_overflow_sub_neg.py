"""Subtraction, negation, abs and invert at the edges of the machine word."""

EDGES = [0, 1, -1, 2**30, -(2**30), 2**31, 2**62, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64]


def negate_all(n):
    acc = 0
    for i in range(n):
        x = EDGES[i % len(EDGES)]
        acc += -x
        acc -= abs(x)
        acc ^= ~x
        acc -= +x
    return acc


def count_down(start, step, n):
    x = start
    for _ in range(n):
        x = x - step
    return x


def neg_walk(n):
    x = -(2**63) + n // 2
    seen = 0
    for _ in range(n):
        x -= 1
        y = -x
        if y > 2**63 - 1:
            seen += 1
    return x, y, seen


print(negate_all(12000))
print(count_down(-(2**63) + 1500, 1, 3000))
print(count_down(2**63 + 1500, 1, 3000))
print(count_down(0, -(2**61), 3000))
print(neg_walk(6000))
x = 5
for i in range(4000):
    x = -x
    if i == 3500:
        x = -(2**63)
print(x)
