"""`in`, subscripts and calls on objects of the program, on lists, tuples and dicts with plain and odd contents."""

LOG = []


class Odd:
    """Equal to 7, and says when it is asked."""

    def __eq__(self, other):
        LOG.append("asked")
        return other == 7

    def __hash__(self):
        return hash(7)


def lists(n):
    items = [1, 2.0, "three", None, True, b"4", 10**20]
    mixed = (5, "x", 6.5)
    out = 0
    for i in range(n):
        out += (i % 9 in items) + 2 * ("three" in items) + 4 * (i % 9 not in mixed) + 8 * (None in items) + 16 * ("no" in mixed)
        out += 32 * (10**20 in items) + 64 * (False in items)
        if i == n // 2:
            items.insert(2, Odd())
        if i == n - 100:
            mixed = (Odd(), 5)
    return out, len(LOG)


def nans(n):
    nan = float("nan")
    items = [nan, 1.0]
    out = 0
    for i in range(n):
        out += (1 in items) + 2 * (nan in items) + 4 * (float("nan") in items) + 8 * (i in items)
    return out


def dicts(n):
    d = {k: k * 2 for k in range(20)}
    names = {"a": 1, "b": 2}
    out = 0
    for i in range(n):
        k = i % 20
        out += d[k] + (k + 5 in d) + names["b"] + ("c" in names) + (i in names)
        if i == n // 3:
            d[Odd()] = 1000
        if i == n // 2:
            del d[7]
            d[7] = 70
            names[1] = "int"
        if i % 1000 == 999:
            names["c" + str(i)] = i
    return out, len(LOG)


def missing(n):
    d = {k: k for k in range(10)}
    out = 0
    for i in range(n):
        try:
            out += d[i % 12]
        except KeyError as e:
            out -= e.args[0]
    return out


def odd_key(n):
    d = {Odd(): 1, 8: 2}
    out = 0
    for i in range(n):
        out += d[8]
        if i % 1000 == 0:
            out += d[7]
    return out, len(LOG)


class Grid:
    def __init__(self, n):
        self.cells = list(range(n))
        self.n = n

    def __getitem__(self, key):
        return self.cells[key % self.n]

    def __setitem__(self, key, value):
        self.cells[key % self.n] = value
        return "ignored"

    def __call__(self, a, b=2, *, c=3):
        return a + b * c + self.n

    def __contains__(self, x):
        return x in self.cells


class Loud(Grid):
    def __getitem__(self, key):
        if key > 4000 and key % 3 == 0:
            raise IndexError("loud")
        return super().__getitem__(key) + 1


def special(n):
    g, out = Grid(7), 0
    for i in range(n):
        try:
            g[i] = g[i + 1] + i
        except IndexError:
            out += 1
        out += g(i) + g(i, 1) + g(i, c=1) + (3 in g)
        if i == n // 2:
            g = Loud(5)
        if i == n - 10:
            Grid.__call__ = lambda self, a, b=0, c=0: 1
        try:
            out += g[i]
        except IndexError as e:
            out += len(str(e))
            LOG.append(e.__traceback__.tb_next.tb_frame.f_code.co_name)
    return out, g.cells, LOG[-1]


class Stack(list):
    def __len__(self):
        return 3


class Items(list):
    def top(self):
        return self[-1]


def subclasses(n):
    s, t, out = Stack(), Items([1, 2, 3]), 0
    for i in range(n):
        s.append(i)
        t.append(i)
        out += len(s) + len(t) + t.top() + s.pop() + t.pop(0)
        if i == n // 2:
            Items.__len__ = lambda self: 100
        try:
            out += s.pop(5)
        except IndexError:
            out += 1
    return out, list(s), list(t)


for run in (lists, nans, dicts, missing, odd_key, special, subclasses):
    print(run.__name__, run(6000))
