"""nan, infinities and minus zero through arithmetic, comparison and min/max."""

import math

INF = float("inf")
NAN = float("nan")


def compare(values, n):
    counts = [0] * 6
    for i in range(n):
        a = values[i % len(values)]
        b = values[(i * 7 + 3) % len(values)]
        counts[0] += a < b
        counts[1] += a <= b
        counts[2] += a == b
        counts[3] += a != b
        counts[4] += a > b
        counts[5] += a >= b
    return counts


def signs(n):
    neg = 0
    z = 0.0
    for i in range(n):
        z = -z
        if math.copysign(1.0, z) < 0:
            neg += 1
        w = z * 0.0 if i % 2 else z + 0.0
        if math.copysign(1.0, w) < 0:
            neg += 1000
    return neg, repr(z), repr(w)


def overflow_to_inf(n):
    x = 1.0
    hits = 0
    for _ in range(n):
        x = x * 10.0
        if x == INF:
            hits += 1
            x = 1.0
    return hits, x


def poison(n):
    x = 1.0
    first = None
    for i in range(n):
        x = x * 0.5 + 1.0
        if i == n - 500:
            x = INF - INF
        if x != x and first is None:
            first = i
    return repr(x), first


print(compare([1.0, 2.0, NAN, -0.0, 0.0, INF, -INF, 3], 8000))
print(signs(5000))
print(overflow_to_inf(5000))
print(poison(5000))
found = 0
for i in range(3000):
    lst = [NAN, 1.0, float("nan")]
    found += NAN in lst
    found += 10 * (float("nan") in lst)
    found += 100 * (lst == [NAN, 1.0, lst[2]])
print(found)
print([repr(min(NAN, 1.0)), repr(min(1.0, NAN)), repr(max(0.0, -0.0)), repr(max(-0.0, 0.0))])
acc = []
for i in range(3000):
    acc.append(min(-0.0, 0.0) if i % 2 else min(0.0, -0.0))
print(sum(math.copysign(1, v) for v in acc))
print(repr(sum([-0.0] * 3)), repr(-0.0 + 0), repr(0 * -1.0), repr(-0.0 % 5.0), repr(5.0 % -INF), repr(-5.0 % INF))
