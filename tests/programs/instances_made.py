"""Instances made in loops: their attributes, dicts, order, classes that learn new names, and the collector's view."""

import gc
import sys


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Other:
    pass


def escape(n):
    out = []
    for i in range(n):
        out.append(Point(i, -i))
    return sum(p.x * 2 + p.y for p in out), list(vars(out[-1]).items()), [gc.is_tracked(p) for p in out[-2:]]


def order(n):
    out = []
    for i in range(n):
        p = Other()
        if i % 2:
            p.b = i
            p.a = -i
        else:
            p.a = i
            p.b = -i
        out.append(p)
    return list(vars(out[0])), list(vars(out[1])), list(vars(out[-2])), list(vars(out[-1]))


def more_names(n):
    out = []
    for i in range(n):
        p = Point(i, i)
        if i % 100 == 0:
            setattr(p, f"name{i // 100}", i)
        p.z = i
        out.append(p)
    return [list(vars(p).items()) for p in (out[0], out[100], out[4000], out[-1])]


def delete(n):
    out = []
    for i in range(n):
        p = Point(i, i)
        del p.x
        p.w = i
        p.x = -i
        out.append(p)
    return list(vars(out[-1]).items()), out[-1].x


def dicts(n):
    out = []
    total = 0
    for i in range(n):
        p = Point(i, i)
        d = p.__dict__
        d["y"] = 3
        p.y += 1
        total += len(d) + d["y"] + p.y
        out.append(p)
    return total, vars(out[-1])


def mutated(n):
    class Late:
        def __init__(self, x):
            self.x = x

    out = []
    for i in range(n):
        p = Late(i)
        if i == n // 2:
            Late.y = 5
        if i == n // 2 + 500:
            Late.__init__ = lambda self, x: setattr(self, "z", x)
        if i == n - 500:
            Late.x = property(lambda self: -1)
        out.append(p)
    return out[-1].y, out[-1].x, vars(out[-1]), sum(hasattr(p, "z") for p in out)


def many(n):
    class Big:
        pass

    out = []
    for i in range(n):
        p = Big()
        p.a0 = p.a1 = p.a2 = p.a3 = p.a4 = p.a5 = p.a6 = p.a7 = p.a8 = p.a9 = i
        p.b0 = p.b1 = p.b2 = p.b3 = p.b4 = p.b5 = p.b6 = p.b7 = p.b8 = p.b9 = i
        p.c0 = p.c1 = p.c2 = p.c3 = p.c4 = p.c5 = p.c6 = p.c7 = p.c8 = p.c9 = i
        p.d0 = p.d1 = p.d2 = p.d3 = p.d4 = p.d5 = p.d6 = p.d7 = p.d8 = p.d9 = i
        out.append(p)
    return len(vars(out[-1])), list(vars(out[-1]))[::7], out[-1].d9 + out[0].a0


def tracked(n):
    gc.collect()
    gc.disable()
    out = [None] * n
    for i in range(n):
        out[i] = Point(i, i)
    young = sum(type(o) is Point for o in gc.get_objects(generation=0))
    gc.enable()
    return young


def references(n):
    x = object()
    before = sys.getrefcount(x)
    for i in range(n):
        p = Point(x, i)
        q = [p]
    during = sys.getrefcount(x) - before
    del p, q
    return during, sys.getrefcount(x) - before


class Slots:
    __slots__ = ("x", "y", "z")

    def __init__(self, k):
        self.x = k
        self.y = [k]

    def plus(self, other):
        return Slots(self.x + other.x)


class Wide(Slots):
    __slots__ = ("w",)

    def __init__(self, k):
        super().__init__(k)
        self.w = k


def slots(n):
    total, one, out = Slots(0), Slots(1), []
    for i in range(n):
        total = total.plus(one)
        w = Wide(i)
        w.w += 1
        if i % 10 == 0:
            w.z = i
        if i % 100 == 0:
            del w.x
        out.append(w)
    found = [(hasattr(w, "x"), hasattr(w, "z"), w.w) for w in out]
    return total.x, total.y, hasattr(total, "z"), found[0], found[1], found[10], found[-1], gc.is_tracked(out[-1])


def slots_change(n):
    class Late:
        __slots__ = ("a", "b")

        def __init__(self, k):
            self.a = k
            self.b = -k

    out, seen = [], []
    for i in range(n):
        if i == n // 2:
            member = Late.a
            Late.a = property(lambda self: "gone", lambda self, v: seen.append(v))
        if i == n - 100:
            Late.a = member
        out.append(Late(i))
    return len(seen), seen[-1], out[0].a, out[n // 2].b, hasattr(out[n // 2], "a"), out[-1].a


for run in (slots, slots_change, escape, order, more_names, delete, dicts, mutated, many, tracked, references):
    print(run.__name__, run(6000))
