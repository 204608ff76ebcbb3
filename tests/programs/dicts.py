"""Dicts in hot loops: counting, missing keys, key kinds, views, order, deletion."""

from collections import Counter, OrderedDict, defaultdict


def count(n):
    d = {}
    for i in range(n):
        k = i * i % 101
        if k in d:
            d[k] += 1
        else:
            d[k] = 1
    return sorted(d.items())[:5], len(d)


def key_kinds(n):
    d = {}
    keys = [1, 1.0, True, "1", (1,), None, 2, frozenset((1,)), -1, -2]
    for i in range(n):
        k = keys[i % 10]
        d[k] = d.get(k, 0) + i
    return [(type(k).__name__, str(k) if not isinstance(k, frozenset) else "fs", v) for k, v in d.items()]


def missing(n):
    d = {i: i for i in range(0, n, 2)}
    s = errors = 0
    for i in range(n):
        try:
            s += d[i]
        except KeyError as exc:
            errors += exc.args[0] == i
    return s, errors


def views(n):
    d = dict(zip("abcdef", range(6)))
    s = 0
    for i in range(n):
        for k, v in d.items():
            s += ord(k) * v
        for k in d:
            s -= d[k]
        s += len(d.keys() & {"a", "z"}) + (3 in d.values())
        d["a"] = i
    return s


def order(n):
    d = {}
    for i in range(n):
        d[i % 50] = i
        if i % 7 == 0:
            d.pop((i + 3) % 50, None)
        if i % 11 == 0 and d:
            d.popitem()
        d.setdefault(i % 60, -1)
    return list(d.items())[:6], next(iter(d)), next(reversed(d))


def special(n):
    dd = defaultdict(list)
    c = Counter()
    od = OrderedDict()
    for i in range(n):
        dd[i % 7].append(i)
        c[i % 5] += 1
        od[i % 9] = i
        od.move_to_end(i % 3, last=False) if i % 3 in od else None
    return sum(map(len, dd.values())), c.most_common(2), list(od)


class Key:
    """A key with a hash and an equality of its own."""

    eqs = 0

    def __init__(self, v):
        self.v = v

    def __hash__(self):
        return self.v % 4

    def __eq__(self, other):
        Key.eqs += 1
        return isinstance(other, Key) and self.v == other.v


def own_keys(n):
    d = {}
    for i in range(n):
        d[Key(i % 12)] = i
    return sorted(d.values()), Key.eqs


def unhashable(n):
    d = {}
    for i in range(n):
        d[i if i < 2000 else [i]] = i


print(count(6000))
print(key_kinds(3000))
print(missing(4000))
print(views(1500))
print(order(4000))
print(special(3000))
print(own_keys(1500))
try:
    unhashable(3000)
except TypeError as exc:
    print(exc)
merged = {}
for i in range(2000):
    merged |= {i % 100: i} | {"k": i}
print(len(merged), merged["k"])
