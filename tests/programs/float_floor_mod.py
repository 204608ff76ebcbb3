"""Float floor division and modulo by sign, with tiny and large operands."""


def walk(n):
    s = t = 0.0
    for i in range(-n, n):
        x = i * 0.37
        s += x // 2.5 + x // -2.5
        t += x % 2.5 - x % -2.5
        q, r = divmod(x, 0.1)
        s += q
        t += r
    return repr(s), repr(t)


def signs(n):
    kinds = {}
    for i in range(n):
        a = (-5.5, 5.5, -0.0, 0.0, 1e-320, -1e-320, 1e300)[i % 7]
        b = (3, -3, 0.7, -0.7, 1e-300, -1e300)[i % 6]
        kinds[repr(a), repr(b)] = (repr(a // b), repr(a % b))
    return sorted(kinds.items())


def rounding(n):
    s = 0
    f = 0.0
    for i in range(n):
        x = i / 8 - n / 16
        s += round(x) * 3 + int(x)
        f += round(x, 1)
    return s, repr(f)


def int_from_float(n):
    x = 1.5
    total = 0
    for _ in range(n):
        x *= 1.01
        total ^= int(x)
        if x > 1e40:
            x = -1.5
        if x < -1e40:
            x = 1.5
    return total, repr(x)


print(walk(4000))
for item in signs(2000):
    print(*item)
print(rounding(10000))
print(int_from_float(20000))
for bad in (float("nan"), float("inf"), -float("inf")):
    try:
        for i in range(3000):
            int(bad if i == 2999 else 2.5)
    except (ValueError, OverflowError) as exc:
        print(i, type(exc).__name__, exc)
