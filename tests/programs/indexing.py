"""Negative, huge, bool, object and out-of-range indices for reads, writes and deletes."""


class Two:
    """An index."""

    def __index__(self):
        return 2


def negative(n):
    a = list(range(10))
    t = tuple(a)
    s = 0
    for i in range(n):
        s += a[-1 - i % 10] * 2 + t[-(i % 10) - 1]
        a[-(i % 10) - 1] = i
    return s, a


def out_of_range(n):
    a = [1, 2, 3]
    errors = {}
    s = 0
    for i in range(n):
        k = (0, 1, 2, -3, 3, -4, 10**30, -(10**30), 2**63)[i % 9]
        try:
            s += a[k]
        except IndexError as exc:
            errors[k] = str(exc)
        try:
            a[k] = k % 5
        except IndexError as exc:
            errors["store", k] = str(exc)
    return s, a, list(errors.items())


def kinds(n):
    a = [10, 20, 30]
    s = 0
    errors = set()
    for i in range(n):
        k = (0, True, Two(), 1.0, "x", None)[i % 6 if i > 2000 else i % 3]
        try:
            s += a[k]
        except TypeError as exc:
            errors.add(str(exc))
    return s, sorted(errors)


def strings(n):
    text = "hello, wörld ∀"
    b = b"bytes\xff"
    out = 0
    for i in range(n):
        out += ord(text[i % len(text)]) + ord(text[-1 - i % len(text)]) + b[i % 6]
    return out


def falls_off(n):
    a = list(range(n))
    i = 0
    while True:
        a[i] += a[i - 1]
        i += 1


def deletes(n):
    a = list(range(n))
    s = 0
    while len(a) > 3:
        s += a[0] + a[-1]
        del a[-1]
        del a[len(a) // 2]
    return s, a


print(negative(5000))
print(out_of_range(4500))
print(kinds(5000))
print(strings(5000))
try:
    falls_off(3000)
except IndexError as exc:
    print(exc)
print(deletes(3000))
r = range(100, 0, -3)
total = 0
for i in range(4000):
    total += r[i % 34] + r[-1 - i % 34]
print(total)
