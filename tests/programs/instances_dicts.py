"""Instances whose attributes stand in dicts of their own; classmethods; objects that are compared by identity."""


class Square:
    color = "none"

    def __init__(self, k):
        self.k = k

    def step(self, n):
        self.total += n
        self.last = self
        return self.total


class Items(list):
    """A list with methods and attributes."""

    def top(self):
        return self[-1]


def late_names(n):
    """More instances than the class's shared keys wait for, then new names."""
    squares = [Square(k) for k in range(100)]
    for s in squares:
        s.total = 0
        s.ledges = [s.k]
    out = 0
    for i in range(n):
        s = squares[i % 100]
        s.ledges = [i, s.ledges[0]]
        out += s.step(i) + s.ledges[1] + s.k
        if s.color != "none":
            out += 1
        if i % 1000 == 999:
            s.color = "red"
        if i % 1500 == 1499:
            del s.last
            s.last = None
    return out, list(vars(squares[7])), squares[99].last is squares[99]


def appears(n):
    """A name that the dict does not have, and then has."""
    squares = [Square(k) for k in range(100)]
    for s in squares:
        s.other = 1
    s = squares[5]
    out = []
    for i in range(n):
        if i == n // 2:
            s.color = "blue"
            s.step = lambda k: -k
        if i == n - 100:
            del s.color, s.step
        s.total = 0
        out.append((s.color, s.step(i)))
    return out[0], out[n // 2 - 1], out[n // 2], out[-1]


class Final:
    def __init__(self, log, k):
        self.log, self.k = log, k

    def __del__(self):
        self.log.append(self.k)


def replaced(n):
    """What is replaced in a dict dies at once."""
    squares = [Square(k) for k in range(100)]
    for s in squares:
        s.extra = None
    log = []
    seen = []
    for i in range(n):
        squares[3].extra = Final(log, i) if i % 50 == 0 else i
        seen.append(len(log))
    return len(log), seen[::1000], log[-1]


def dict_keys(n):
    """Somebody puts other things into the dict."""
    squares = [Square(k) for k in range(100)]
    for s in squares:
        s.extra = 1
    s = squares[3]
    out = 0
    for i in range(n):
        if i == n // 2:
            s.__dict__[5] = 5
        if i == n - n // 4:
            s.__dict__ = {"extra": 7, "k": 8}
        s.extra += 1
        out += s.extra + s.k
    return out, vars(s)


def subclass(n):
    items = Items([1])
    items.name = "items"
    out = 0
    for i in range(n):
        items.append(i)
        out += items.top() + len(items) + len(items.name)
        if i % 500 == 499:
            items.pop()
        if i == n - 10:
            items.top = lambda: -1
    return out, len(items)


class Counted:
    made = 0

    @classmethod
    def make(cls, k):
        cls.made += 1
        obj = cls()
        obj.k = k
        return obj

    @staticmethod
    def double(k):
        return 2 * k


class Sub(Counted):
    pass


def classmethods(n):
    out = 0
    obj = Counted()
    for i in range(n):
        out += Counted.make(i).k + Sub.make(i).k + obj.make(1).k + Counted.double(i)
        if i == n // 2:
            Counted.make = classmethod(lambda cls, k: obj)
            obj.k = 5
    return out, Counted.made, Sub.made


class Same:
    pass


class Equal:
    def __init__(self, k):
        self.k = k

    def __eq__(self, other):
        return isinstance(other, Equal) and self.k == other.k


def identity(n):
    a, b, none = Same(), Same(), None
    out = 0
    for i in range(n):
        x = a if i % 3 else b
        if x == a:
            out += 1
        if x != b:
            out += 10
        if x == none or none != x:
            out += 100
        if i == n - n // 4:
            Same.__eq__ = lambda self, other: True
        if x == Equal(1) or Equal(2) == x:
            out += 10000
    del Same.__eq__
    return out


for run in (late_names, appears, replaced, dict_keys, subclass, classmethods, identity):
    print(run.__name__, run(6000))
