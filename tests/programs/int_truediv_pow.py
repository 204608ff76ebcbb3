"""True division and power: int results, float results, huge operands, errors."""


def truediv(n):
    s = 0.0
    for i in range(1, n):
        s += i / 7 - 7 / i
        s += -i / 3
    return s


def huge_div(n):
    s = 0.0
    for i in range(1, n):
        s += (10**30 + i) / (10**28 + i)
        s += (2**63 - i) / (2**53 + 1)
    return s


def powers(n):
    acc = 0
    facc = 0.0
    for i in range(n):
        acc = (acc + i**3 + (-i) ** 2) & 0xFFFFFFFFFFFFFFFF
        facc += (i + 1) ** -1
        facc += (i + 1) ** 0.5
        acc ^= pow(i, 17, 1000003)
    return acc, facc


def errors(n):
    found = []
    for i in range(n):
        try:
            if i % 900 == 899:
                (10**400) / 3
            if i % 700 == 699:
                0**-1
            if i % 800 == 799:
                1 / (i - i)
            if i % 600 == 599:
                found.append((i, (-8) ** (1 / 3)))
        except (OverflowError, ZeroDivisionError) as exc:
            found.append((i, type(exc).__name__, str(exc)))
    return found


print(repr(truediv(20000)))
print(repr(huge_div(10000)))
print(powers(8000))
for item in errors(4000):
    print(item)
