"""Instances that die in loops: plainly, with finalizers, with weak references, one by one and in heaps."""

import gc
import weakref

LOG = []


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)


class Holder:
    def __init__(self, item):
        self.item = item


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a


class Final:
    count = 0

    def __init__(self, k):
        self.k = k

    def __del__(self):
        Final.count += 1
        if self.k % 1000 == 0:
            LOG.append(self.k)


def replace(n):
    h = Holder(Vector(0.0, 1))
    step = Vector(0.5, 2)
    for _ in range(n):
        h.item = h.item + step
    return h.item.x, h.item.y


def sometimes_final(n):
    h = Holder(None)
    for i in range(n):
        h.item = Final(i) if i % 97 == 0 else Vector(i, i)
    return Final.count


def hidden_final(n):
    h = Holder(None)
    for i in range(n):
        h.item = Holder([Holder({"deep": Final(i) if i % 101 == 0 else i})])
    return Final.count


def twice(n):
    """Held twice by what dies: it dies too."""
    total = 0
    h = Holder(None)
    for i in range(n):
        v = Final(i) if i % 89 == 0 else Vector(i, -i)
        h.item = [Holder(v), Holder(v)]
        del v
        total += len(h.item)
    return total, Final.count


def slots(n):
    h = Slotted(None)
    keep = []
    for i in range(n):
        h.a = Slotted(Slotted([i]))
        if i % 500 == 0:
            keep.append(h.a)
    return sum(s.a.a[0] for s in keep)


def weak(n):
    seen = []
    h = Holder(None)
    for i in range(n):
        v = Vector(i, i)
        if i % 250 == 0:
            seen.append(weakref.ref(v, lambda r, i=i: LOG.append(-i)))
        h.item = v
    return sum(r() is None for r in seen)


def borrowed(n):
    """What the dying object held lives on in a local."""
    h = Holder(Holder([0]))
    total = 0
    for i in range(n):
        inner = h.item.item
        h.item = Holder([i])
        total += inner[0]
        inner = None
    return total


def chain(n):
    top = None
    for i in range(n):
        top = Holder(top)
        if i % 300 == 299:
            top = None
    return top is None


def late(n):
    class Late:
        def __init__(self, k):
            self.k = k

    h = Holder(None)
    for i in range(n):
        h.item = Late(i)
        if i == n // 2:
            Late.__del__ = lambda self: LOG.append("late") if self.k % 1000 == 0 else None
        if i == n - n // 4:
            del Late.__del__
    return h.item.k


def cycles(n):
    found = weakref.WeakSet()
    for i in range(n):
        a = Holder(None)
        a.item = Holder(a)
        if i % 700 == 0:
            found.add(a)
    del a
    gc.collect()
    return len(found)


for run in (replace, sometimes_final, hidden_final, twice, slots, weak, borrowed, chain, late, cycles):
    print(run.__name__, run(6000), len(LOG), LOG[-3:])
