"""Instances that compiled code made, freed by CPython: deep chains, subclasses, finalizers, weak references, dicts, classes that change."""

import gc
import weakref


class Node:
    def __init__(self, value, next):
        self.value = value
        self.next = next


class Slots:
    __slots__ = ("a", "b", "__weakref__")

    def __init__(self, a, b):
        self.a = a
        self.b = b


class Loud:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        said.append(self.n)


class Base:
    def __init__(self, x):
        self.x = x


class Child(Base):
    pass


class ChildWithSlots(Base):
    __slots__ = ("y",)


class ChildWithDel(Base):
    def __del__(self):
        said.append(("child", self.x, sorted(vars(self))))


class Plain:
    def __init__(self, x):
        self.x = x


class Other:
    def __init__(self, x):
        self.x = x


said = []


def chain(n):
    node = None
    for i in range(n):
        node = Node(i, node)
    return node


def tree(depth):
    return Node(depth, [tree(depth - 1), (tree(depth - 1), 1)] if depth else None)


def bases(n):
    return [Base(float(i)) for i in range(n)]


def plains(n):
    return [Plain(i + 1000) for i in range(n)]


def holders(n):
    return [Node(Loud(i), Slots(i, [Loud(-i)])) for i in range(n)]


def show(*what):
    print(*what, len(said), said[:3], said[-3:])
    said.clear()


for _ in range(3):
    c = chain(200_000)
    print(c.value, c.next.value)
    del c  # deep: may not overflow the C stack
    t = tree(10)
    del t

h = holders(3000)
del h
show("finalizers", gc.collect() >= 0)

b = bases(5000)
del b
kids = [cls(i) for i in range(50) for cls in (Child, ChildWithSlots, ChildWithDel)]
for k in kids:
    if isinstance(k, ChildWithSlots):
        k.y = [k.x]
    k.more = k.x
del k, kids  # they rely on Base
show("subclasses")
b = bases(5000)
del b

p = plains(3000)
refs = [weakref.ref(x, lambda r: said.append(1)) for x in p[::7]]
dicts = [vars(x) for x in p[::11]]
del p
gc.collect()
show("weak", sum(r() is None for r in refs), dicts[3], len(dicts))

p = plains(3000)
for x in p[::2]:
    x.__class__ = Other
print(type(p[0]).__name__, p[0].x)
del p, x
p = plains(3000)
Plain.__del__ = lambda self: said.append(self.x)
del p
show("finalizer added")
p = plains(100)
del Plain.__del__
del p
show("and removed")


class Kept:
    def __init__(self, x):
        self.x = x


def kepts(n):
    return [Kept(float(i)) for i in range(n)]


k = kepts(3000)
del Kept
print(type(k[0]).__name__, k[-1].x)
del k, kepts
gc.collect()

s = [Slots(i, str(i)) for i in range(3000)]
w = [weakref.ref(x) for x in s[:10]]
for x in s[5:]:
    del x.a
del s, x
print(all(r() is None for r in w))


def resurrect():
    class Phoenix:
        def __init__(self, n):
            self.n = n

    made = [Phoenix(i) for i in range(500)]
    Phoenix.__del__ = lambda self: said.append(self)
    del made
    return Phoenix


cls = resurrect()
print(len(said), said[0].n, type(said[-1]) is cls)
said.clear()
cycle = [Node(i, None) for i in range(1000)]
for x, y in zip(cycle, cycle[1:] + cycle[:1]):
    x.next = y
del cycle, x, y
print(gc.collect() >= 1000)
