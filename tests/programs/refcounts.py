"""Reference counts of objects used in hot loops are the same before and after."""

import sys


class Thing:
    """An object to count."""

    __slots__ = ("v",)

    def __init__(self, v):
        self.v = v

    def get(self):
        return self.v


def use(thing, items, n):
    s = 0
    for i in range(n):
        x = thing
        y = items[i % 3]
        s += x.get() is y.get()
        x, y = y, x
        t = (x, y)
        s += len(t)
    return s


def inside(n):
    thing = Thing(1)
    seen = set()
    for _ in range(n):
        alias = thing
        seen.add(sys.getrefcount(thing))
        box = [thing, alias]
        seen.add(sys.getrefcount(thing))
        del box, alias
        seen.add(sys.getrefcount(thing))
    return sorted(seen)


def passed(obj, n):
    return sys.getrefcount(obj) if n == 0 else passed(obj, n - 1)


def raising(thing, n):
    for i in range(n):
        try:
            if i % 3 == 0:
                raise ValueError(thing)
        except ValueError as exc:
            assert exc.args[0] is thing


def early_exit(thing, n):
    for i in range(n):
        held = [thing] * 3
        if i == n - 10:
            return len(held)


thing = Thing(12345678901)
items = [thing, Thing(2.5), thing]
payload = object()
before = [sys.getrefcount(o) for o in (thing, items, items[1], thing.v, payload)]
print(use(thing, items, 5000))
raising(thing, 3000)
print(early_exit(thing, 3000))
print(inside(3000))
base = passed(payload, 0)
print({passed(payload, k % 4) - base - k % 4 * 0 for k in range(2000)})
after = [sys.getrefcount(o) for o in (thing, items, items[1], thing.v, payload)]
print([b - a for a, b in zip(before, after)])
text = "".join(["un", "interned", " text"])
ref = sys.getrefcount(text)
d = {}
for i in range(3000):
    d[text] = text
    d.pop(text)
print(sys.getrefcount(text) - ref)
