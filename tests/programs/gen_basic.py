"""Generators in hot loops: plain, nested, delegated, infinite, with return values."""


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1


def pairs(n):
    for a in count(n):
        for b in count(3):
            yield a, b


def delegate(n):
    got = yield from count(n)
    yield ("returned", got)
    got = yield from returning(n)
    yield ("returned", got)


def returning(n):
    for i in range(n):
        yield i * 2
    return n * 100


def naturals():
    n = 0
    while True:
        yield n
        n += 1


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


s = 0
for v in count(20000):
    s += v
print(s)
print(sum(a * b for a, b in pairs(4000)))
items = list(delegate(2000))
print(len(items), [v for v in items if isinstance(v, tuple)])
for v in naturals():
    if v * v > 10**7:
        break
print(v)
print(sum(tree(11)))
total = sum(x * x for x in range(10000) if x % 3)
print(total)
both = 0
for a, b in zip(count(5000), naturals()):
    both += a - b + 1
print(both)
