"""enumerate, zip, reversed, map, filter, sorted, range with steps, and their odd cases."""


def enum(n):
    s = 0
    for i, v in enumerate(range(n, 0, -1), 5):
        s += i * v
    for i, (a, b) in enumerate(zip(range(n), range(1, n))):
        s += i + a * b
    return s


def zips(n):
    a = list(range(n))
    s = 0
    for x, y, z in zip(a, a[1:], a[2:]):
        s += x * z - y
    try:
        for x, y in zip(a, a[1:], strict=True):
            s += x - y
    except ValueError as exc:
        print(exc)
    return s


def lazy(n):
    s = 0
    for v in map(lambda x, y: x * y, range(n), range(n, 0, -1)):
        s += v
    for v in filter(None, (i % 3 for i in range(n))):
        s += v
    for v in filter(lambda x: x % 2, range(n)):
        s -= v
    for v in reversed(list(range(n))):
        s = s * 3 + v & 0xFFFFFFFF
    for v in map(str, range(n)):
        s += len(v)
    return s


def steps(n):
    s = 0
    for v in range(n, -n, -7):
        s += v
    for v in range(0, n, n + 1):
        s += 1
    for v in range(5, 5):
        s += 10**9
    for v in range(2**63 - 5, 2**63 + 2000):
        s ^= v
    for v in range(-(2**63) - 3000, -(2**63) + 5):
        s ^= v
    for v in range(10**30, 10**30 + 3000 * 10**20, 10**20):
        s ^= v
    return s


def tuple_kept(n):
    kept = []
    for pair in zip(range(n), range(n)):
        if pair[0] % 1000 == 0:
            kept.append(pair)
    for pair in enumerate("abc" * (n // 3)):
        if pair[0] % 1000 == 0:
            kept.append(pair)
    return kept


print(enum(4000))
print(zips(4000))
print(lazy(4000))
print(steps(4000))
print(tuple_kept(3000))
it = iter(range(5000))
s = 0
for v in it:
    s += v * next(it, 0)
print(s)
try:
    range(1, 10, 0)
except ValueError as exc:
    print(exc)
