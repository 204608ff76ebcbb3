"""Functions of the math module in hot loops, with their domain errors."""

import math
from math import cos, sin, sqrt


def trig(n):
    s = 0.0
    for i in range(n):
        x = i * 0.01
        s += sin(x) * cos(x) + math.atan2(x, 3.0)
    return round(s, 6)


def roots(n):
    s = 0.0
    k = 0
    for i in range(n):
        s += sqrt(i)
        k += math.isqrt(i)
        k += math.floor(s) + math.ceil(s) + math.trunc(-s)
    return repr(s), k


def logs(n):
    s = 0.0
    for i in range(1, n):
        s += math.log(i) + math.exp(-i) + math.fabs(-i) + math.hypot(i, 1) + math.log2(i) - math.log10(i)
    return round(s, 5)


def ints(n):
    s = 0
    for i in range(1, n):
        s += math.gcd(i, 360) + math.comb(i % 20, 3)
    return s


def domain(n):
    out = []
    for i in range(n):
        try:
            sqrt(-1.0 if i % 900 == 899 else 4.0)
            math.log(0 if i % 700 == 699 else 1)
            math.exp(1000 if i % 800 == 799 else 1)
            math.floor(float("nan") if i % 650 == 649 else 1.5)
        except (ValueError, OverflowError) as exc:
            out.append((i, type(exc).__name__, str(exc)))
    return out


class Half:
    """Something that math accepts through __float__."""

    def __float__(self):
        return 0.25


print(trig(8000))
print(roots(8000))
print(logs(5000))
print(ints(5000))
for e in domain(3000):
    print(e)
print(sum(sqrt(Half() if i % 3 else 4) for i in range(3000)))
s = 0.0
for i in range(4000):
    s += math.sqrt(i)
    if i == 2000:
        keep, math.sqrt = math.sqrt, lambda v: -1.0
    if i == 3000:
        math.sqrt = keep
print(round(s, 6))
