"""Signed zeros, infinities and nans in arithmetic, comparisons, conversions and texts."""

import math

inf = float("inf")
nan = float("nan")


def zero(n):
    z = -0.0
    out = set()
    for i in range(n):
        z = z * 1.0 if i % 2 else -z
        out.add(math.copysign(1, z))
        out.add(str(z))
        out.add(str(0.0 + -0.0))
        out.add(str(-0.0 - 0.0))
        out.add(str(-0.0 + (i * -0.0)))
    return sorted(map(str, out))


print(zero(300))


def maxmin(n):
    r = []
    for i in range(n):
        a = nan if i % 3 == 0 else float(i % 5)
        b = -0.0 if i % 2 else 0.0
        r.append((str(max(a, b)), str(min(b, a)), str(max(b, -b)), str(min(a, b, 1.0)), a < b, a >= b, a != a))
    return hash(tuple(map(str, r[-12:]))) and r[-6:]


print(maxmin(600))


def mods(n):
    r = []
    vals = [5.5, -5.5, inf, -inf, nan, -0.0, 0.0, 1e308, 5e-324, 3.0]
    for i in range(n):
        a, b = vals[i % 10], vals[i // 10 % 10]
        try:
            r.append((str(a % b), str(a // b), str(divmod(a, b))))
        except ZeroDivisionError as e:
            r.append(str(e))
        try:
            r.append(str(a / b))
        except ZeroDivisionError as e:
            r.append(str(e))
        try:
            r.append(str(a**b))
        except (ZeroDivisionError, OverflowError) as e:
            r.append(str(e))
    return r[-330:]


print(mods(400))


def conv(n):
    r = []
    for i in range(n):
        x = [1.5, -1.5, 2**62 * 1.0, 2.0**63, -(2.0**63), 1e300, inf, nan, 0.5, -0.5][i % 10]
        for f in (int, round, math.floor, math.ceil, math.trunc):
            try:
                r.append(f(x))
            except (ValueError, OverflowError) as e:
                r.append(str(e))
    return r[-50:]


print(conv(300))


def sums(n):
    t = 0.0
    c = 0
    for i in range(n):
        t += 0.1
        c += t == (i + 1) / 10
    x = 1e16
    for i in range(n):
        x += 1.0
    return t, c, x


print(sums(1000))


def contain(n):
    l = [nan, 1.0]
    k = 0
    for i in range(n):
        k += (nan in l) + (float("nan") in l) * 100 + (l == [nan, 1.0]) + (l.count(nan)) + (0.0 in [-0.0])
    return k


print(contain(300))


def compare(n):
    k = 0
    for i in range(n):
        f = float(i) + (0.5 if i % 2 else 0)
        k += (f == i) + (f < i + 1) * 2 + (i >= f) * 4 + (f != int(f)) * 8 + (1 < f < 100) * 16 + (not f)
        k += (10**400 > f) + (10**400 > inf) * 3
    return k


print(compare(800))


def sq(n):
    t = 0
    for i in range(n):
        x = (i - n // 2) * 1.0
        try:
            t += math.sqrt(x)
        except ValueError:
            t += 1
        try:
            t += math.log(x)
        except ValueError:
            t -= 2
        try:
            t += math.exp(x * 2)
        except OverflowError:
            t = 0.0
    return t


print(sq(1000))


def neg(n):
    out = []
    for i in range(n):
        x = i * 0.0
        x = -x
        out.append(str(x))
        x = abs(x)
        out.append(str(x))
        out.append(str(+x))
        out.append(str(0 - x))
        out.append(str(x - 0))
    return "".join(out[-10:])


print(neg(200))


def hexf(n):
    return (
        [(i / 7).hex() for i in range(n)][-1],
        [repr(i / 3) for i in range(n)][-2:],
        [f"{i / 3:.3f}|{i / 7:e}|{i:g}" for i in range(n)][-1],
        (3.0).is_integer(),
        [(i / 2).is_integer() for i in range(n)].count(True),
        [(i / 4).as_integer_ratio() for i in range(n)][-1],
    )


print(hexf(400))
