"""Errors and side effects inside __del__ during hot loops: reported, not raised; resurrection."""

import sys


class Bad:
    """Fails when it goes."""

    def __init__(self, i):
        self.i = i

    def __del__(self):
        if self.i % 1500 == 1499:
            raise RuntimeError(f"in __del__ {self.i}")


def hook(unraisable):
    print("unraisable", type(unraisable.exc_value).__name__, unraisable.exc_value)


sys.unraisablehook = hook
s = 0
for i in range(4000):
    s += Bad(i).i
print(s)

counter = 0


class Counts:
    """Changes a global when it goes."""

    def __del__(self):
        global counter
        counter += 1


def watch(n):
    seen = 0
    for i in range(n):
        x = Counts()  # noqa: F841
        seen += counter
    return seen


print(watch(3000), counter)
saved = []


class Phoenix:
    """Saves itself once."""

    def __init__(self, i):
        self.i = i

    def __del__(self):
        if self.i % 1000 == 0:
            saved.append(self)


for i in range(3000):
    Phoenix(i)
print([p.i for p in saved])


class Pops:
    """Shortens the list that is being read."""

    def __init__(self, items):
        self.items = items

    def __del__(self):
        self.items.pop()


def shrinking(n):
    items = list(range(n))
    s = 0
    try:
        for i in range(n):
            p = Pops(items)
            s += items[i]
            p = None  # noqa: F841
            s += items[i]
    except IndexError:
        return s, i, len(items)


print(shrinking(3000))
