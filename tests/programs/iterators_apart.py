"""Loops over enumerate and zip: what is left of the iterators wherever the loop is left."""

import sys


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone:", self.name)


def sums(v, w):
    t = 0
    for i in range(len(v)):
        for j, x in enumerate(v):
            t += (i + 1) * x + j
        for x, y in zip(v, w):
            t += x * y + i
        for k, (x, y) in enumerate(zip(v, range(3, 99))):
            t -= k * x * y
        for k, (x, y) in enumerate(zip(v, w), 5):
            if x == 7 and i % 5 == 3:
                break
            t -= k * x * y
        for k, c in enumerate("abcdefgh", -2):
            t += k if c == "c" else 1
    return t


def rest(n):
    """The iterator goes on after the loop, where the loop left it."""
    e = enumerate(list(range(n)), 10)
    z = zip(range(n), (7,) * n, [str(k) for k in range(n)])
    for i, x in e:
        if x == n - 9:
            break
    print(i, x, next(e), list(e))
    for a, b, c in z:
        if a == n - 5:
            break
    print(a, b, c, next(z), list(z), list(z))


def shared(n):
    """Somebody else holds the iterator, or advances what it walks over."""
    items = list(range(n))
    e = enumerate(items)
    again = [e]
    t = 0
    for i, x in e:
        t += i * x
        if x % 50 == 3:
            t += next(again[0])[1]
    inner = iter(items)
    for i, x in enumerate(inner):
        t -= i * x
        if i % 40 == 7:
            next(inner, None)
    one = iter(items)
    for a, b in zip(one, one):
        t += a - 2 * b
    return t


def grows(n):
    items = [1]
    t = 0
    for i, x in enumerate(items):
        t += i * x
        if i < n:
            items.append(i)
    for a, b in zip(items, range(10**9)):
        t += a * b
        if len(items) > 100 and a == b - 1:
            del items[-3:]
    return t, len(items)


def raises(n):
    seen = []
    z = zip(range(n), [1] * (n // 2) + [0] + [2] * n)
    while True:
        try:
            for a, b in z:
                a // b
        except ZeroDivisionError:
            seen.append((a, b))
            continue
        return seen, a, b


def strict(n):
    t = 0
    try:
        for a, b in zip(range(n), range(n + 1), strict=True):
            t += a * b
    except ValueError as e:
        return t, str(e)


def big(n):
    t = 0
    for i, x in enumerate([1.5] * n, 2**63 - n // 2):
        t += i * x
    for i, x in enumerate([2] * n, 2**62 - n // 2):
        t += i * x
    return t


def dies(n):
    for i, x in enumerate([0] * n + [Loud("in a list")]):
        pass
    print("after", i)
    x = None
    for a, b in zip([0] * n, [Loud("kept while the list is")] * n):
        pass
    b = None
    print("end")


def numbers(n):
    kinds = [list(range(n)), tuple(range(n)), range(n), [0.5] * n]
    t = 0.0
    for k in range(12):
        for i, x in enumerate(kinds[k % 4]):
            t += i * x
        for x, y in zip(kinds[k % 4], kinds[(k + 1) % 4]):
            t += x - y * 0.25
    return t


def counts(n):
    items = [object() for _ in range(n)]
    before = sys.getrefcount(items), sys.getrefcount(items[n - 3])
    for _ in range(3):
        for i, x in enumerate(items):
            if i == n - 2:
                break
        for x, y in zip(items, items):
            pass
    x = y = None
    return before == (sys.getrefcount(items), sys.getrefcount(items[n - 3]))


for _ in range(3):
    print(sums(list(range(60)), tuple(range(50, 130))))
rest(3000)
print(shared(3000), grows(3000), raises(3000), strict(3000), big(3000))
dies(2000)
print(numbers(500), counts(1000))
