"""enumerate over an iterator that ends where another goes on, over itself, past 2**63; zip of one iterator with itself."""


def pairs(items):
    return [(i, x) for i, x in enumerate(reversed(items))]


def first(items, wanted):
    for i, x in enumerate(iter(items)):
        if x == wanted:
            return i
    return None


for _ in range(6):
    for items in ((), (1,), (), (1, 2, 3), (4, 5), ()):
        print(pairs(items), first(items, 2), first({x: 1 for x in items}, 5))


class Nosy:
    """Advances the enumerate that asks it."""

    def __init__(self):
        self.n = 0
        self.outer = None

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n > 40:
            raise StopIteration
        if self.n % 5 == 0:
            return ("inner", next(self.outer, None))
        return self.n


def nosy():
    it = Nosy()
    it.outer = enumerate(it)
    return [(i, x) for i, x in it.outer]


print(nosy())
print(nosy())


def large(start):
    return [i for i, _ in enumerate([0] * 6, start)]


for start in (0, 5, (1 << 62) - 3, (1 << 63) - 3, 1 << 64, 0, 1 << 70):
    print(large(start))


def group(n, items):
    it = iter(items)
    out = []
    for row in zip(*[it] * n):
        out.append(row)
    return out


def both(a, b):
    out = []
    for x, y in zip(a, b):
        out.append((x, y))
    return out


for n in (1, 2, 3):
    for items in ([1, 2, 3, 4, 5, 6, 7], tuple("abcdefgh"), range(9)):
        print(group(n, items))
for _ in range(4):
    print(both([1, 2, 3, 4], [5, 6, 7, 8]))
one = iter([1, 2, 3, 4, 5, 6])
print(both(one, one))
