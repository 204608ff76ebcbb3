"""Instances that take the place of others of their class, again and again."""

import weakref


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def swapped(self):
        return Vector(self.y, self.x)


class Body:
    def __init__(self):
        self.v = Vector(0.0, 0)
        self.seen = []


def floats(n):
    b, w = Body(), Vector(0.5, 1)
    for _ in range(n):
        b.v = b.v + w
    return b.v.x, b.v.y, list(vars(b.v))


def kept(n):
    b, w = Body(), Vector(0.25, 3)
    for i in range(n):
        b.v = b.v + w
        if i % 700 == 0:
            b.seen.append(b.v)
            b.seen.append(b.v.x)
    return [s if type(s) is float else (s.x, s.y) for s in b.seen]


def elements(n):
    w = Vector(1, 2.5)
    items = [Vector(float(k), k) for k in range(5)]
    alias = items[3]
    for i in range(n):
        items[i % 5] = items[i % 5] + w
    return [(p.x, p.y) for p in items], alias.x, alias.y


def big(n):
    b, w = Body(), Vector(1 << 58, -1.5)
    for i in range(n):
        b.v = b.v + w
        if i % 10 == 9:
            b.v = b.v.swapped()
            w = w.swapped()
        if i % 40 == 39:
            b.v = Vector(0, 0.5)
            w = Vector(1 << 58, -1.5)
    return b.v.x, b.v.y


def weak(n):
    b, w = Body(), Vector(0.5, 1)
    dead = []
    for i in range(n):
        b.v = b.v + w
        if i % 500 == 0:
            b.seen.append(weakref.ref(b.v, lambda r, i=i: dead.append(i)))
    return len(dead), dead[:5], [r() is None for r in b.seen][-2:]


def dicts(n):
    b, w = Body(), Vector(0.5, 1)
    for i in range(n):
        b.v = b.v + w
        if i % 500 == 0:
            b.seen.append(b.v.__dict__)
        if i % 300 == 0:
            b.v.z = i
    return b.seen, vars(b.v)


def changed(n):
    class Late(Vector):
        def __add__(self, other):
            return Late(self.x + other.x, self.y + other.y)

    b, w = Body(), Late(0.5, 1)
    b.v = Late(0.0, 0)
    for i in range(n):
        b.v = b.v + w
        if i == n // 2:
            Late.__del__ = lambda self: b.seen.append(self.y)
        if i == n // 2 + 3:
            del Late.__del__
        if i == n - 200:
            Late.x = 7
    return b.seen, b.v.x, b.v.y


class Final:
    def __init__(self, log, k):
        self.log, self.k = log, k

    def __del__(self):
        self.log.append(self.k)


def inside(n):
    """What dies inside of the one that is replaced."""
    b, log, at = Body(), [], []
    for i in range(n):
        b.v = Vector(Final(log, i) if i % 111 == 0 else i * 0.5, i)
        at.append(len(log))
    return log[:4], at[::500], len(log)


def same(n):
    """The new one holds the old one's parts, or the old one."""
    b = Body()
    for i in range(n):
        b.v = b.v.swapped()
        if i % 5 == 0:
            b.v = Vector(b.v, i)
        if i % 7 == 0:
            b.v = Vector(1.5, "s")
    x = b.v
    depth = 0
    while isinstance(x, Vector):
        x = x.x if isinstance(x.x, Vector) else x.y
        depth += 1
    return depth, x


def only_floats(n):
    """Written in line; whatever is unusual about the old one is not."""
    b, w = Body(), Vector(0.5, 0.25)
    b.v = Vector(0.0, 0.0)
    dead, seen, x = [], [], 0.0
    for i in range(n):
        b.v = b.v + w
        if i % 211 == 0:
            seen.append(b.v)
        elif i % 211 == 1:
            seen.append(b.v.y)
        elif i % 211 == 2:
            seen.append(weakref.ref(b.v, lambda r, i=i: dead.append(i)))
        elif i % 211 == 3:
            del b.v.x
            b.v.x = x
        elif i % 211 == 4:
            b.v.x = i
        elif i % 211 == 5:
            b.v.z = 1.5
        elif i % 211 == 6:
            seen.append(vars(b.v))
        elif i % 211 == 7:
            x = b.v.x
        elif i % 211 == 8:
            seen.append(list(vars(b.v)))
    shown = [s if type(s) in (float, dict, list) else (s.x, s.y) for s in seen if not isinstance(s, weakref.ref)]
    return len(dead), dead[-2:], shown[-12:], x, vars(b.v)


class Slim:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


def slots(n):
    b = Slim(Slim(0.0, 1.0), None)
    for i in range(n):
        b.x = Slim(b.x.x + 0.5, b.x.y * 1.0001)
        if i % 1000 == 10:
            b.y = b.x
    return b.x.x, b.x.y, b.y.x, b.y.y


for run in (only_floats, slots, floats, kept, elements, big, weak, dicts, changed, inside, same):
    print(run.__name__, run(6000))
