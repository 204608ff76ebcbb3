"""Floor division, modulo and divmod for every combination of signs, and the edges."""


def table(n):
    acc = 0
    for i in range(-n, n):
        for d in (7, -7, 1, -1, 64, -64):
            q = i // d
            r = i % d
            assert q * d + r == i
            a, b = divmod(i, d)
            assert (a, b) == (q, r)
            acc = acc * 31 + q * 3 + r & 0xFFFFFFFFFFFF
    return acc


def edge(n):
    low = -(2**63)
    res = []
    for i in range(n):
        d = -1 if i % 2000 == 1999 else 3
        q = low // d
        r = low % d
        if d == -1:
            res.append((q, r))
    return res, q, r


def zero(n):
    errors = []
    acc = 0
    for i in range(n):
        d = i % 1300
        try:
            acc += 1000000 // d
        except ZeroDivisionError as exc:
            errors.append((i, str(exc)))
        try:
            acc += 1000000 % d
        except ZeroDivisionError as exc:
            errors.append((i, str(exc)))
        try:
            acc += divmod(77, d)[1]
        except ZeroDivisionError as exc:
            errors.append((i, str(exc)))
    return acc, errors


def inplace(n):
    x = 10**18
    y = -(10**18)
    for i in range(1, n):
        x //= 3
        y //= 3
        x += i * 10**14
        y -= i * 10**14
        x %= 10**17 + 3
        y %= -(10**17 + 3)
    return x, y


print(table(3000))
print(edge(8000))
print(zero(4000))
print(inplace(10000))
