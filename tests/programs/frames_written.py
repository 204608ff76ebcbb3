"""Variables of running frames that others write through f_locals (from 3.13 on they change; before, nothing happens)."""

import sys


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        seen.append(self.name)


seen = []


def poke(i):
    if i % 7 == 3:
        sys._getframe(1).f_locals["s"] = 1000


def own(n):
    s = 0
    for i in range(n):
        s += 1
        poke(i)
    return s


def inner(i, t):
    poke_inlined()
    return t


def poke_inlined():
    sys._getframe(1).f_locals["t"] = 5


def inlined(n):
    s = 0
    for i in range(n):
        s += inner(i, i)
    return s


def never_stored(n, obj):
    """A variable that the loop does not store to; its old value dies."""
    out = []
    for i in range(n):
        replace(i)
        out.append(obj.name)
    return out[0], out[n // 2], out[-1], len(set(out))


def replace(i):
    if i % 50 == 40:
        sys._getframe(1).f_locals["obj"] = Noisy(f"new {i}")


def through_proxy(n):
    x = 1
    mine = sys._getframe().f_locals
    for i in range(n):
        x = x + 1
        if i % 30 == 10:
            mine["x"] = 7
        if i % 30 == 20:
            mine.update({"x": x * 2})
        if i % 30 == 25:
            mine.__setitem__("x", -x)
    return x


def two_frames(n):
    a = b = 0
    for i in range(n):
        a += 1
        b += middle(i)
    return a, b


def middle(i):
    c = 1
    both(i)
    return c


def both(i):
    if i % 11 == 5:
        sys._getframe(1).f_locals["c"] = 100
        sys._getframe(2).f_locals["a"] = -i


def raising(n):
    s = 0
    for i in range(n):
        try:
            s += 1
            fail(i)
        except ValueError:
            s += 10
    return s


def fail(i):
    if i % 9 == 4:
        sys._getframe(1).f_locals["s"] = 0
        raise ValueError


class Finalized:
    def __del__(self):
        sys._getframe(1).f_locals["s"] = 3


def finalizing(n):
    s = 0
    for i in range(n):
        s += 1
        x = Finalized() if i % 13 == 6 else None
        x = None
    return s


def cells(n):
    s = 0

    def add():
        nonlocal s
        s += 1

    for i in range(n):
        add()
        if i % 17 == 9:
            sys._getframe().f_locals["s"] = 2
    return s


def generator(n):
    s = 0
    for i in range(n):
        s += 1
        poke(i)
        yield s


def keeper(i):
    frame = sys._getframe()
    total = i
    total += helper(frame)
    return frame.f_locals["total"] + total, frame.f_lineno


def helper(frame):
    return frame.f_locals["total"] + (frame.f_back.f_code is kept.__code__) + frame.f_lineno


def kept(n):
    frames = []
    for i in range(n):
        value, line = keeper(i)
        frames.append(value + line)
    return sum(frames)


def stranger(n):
    """Variables of frames that are gone are not those of the next frame in their place."""
    bad = 0
    for i in range(n):
        elsewhere(i)
        bad += victim(i, "a", "b") != ("a", "b", i)
    return bad


def elsewhere(i):
    first = second = third = None
    if i % 3 == 0:
        change()
    return first, second, third


def change():
    sys._getframe(1).f_locals["second"] = 42
    sys._getframe(1).f_locals["third"] = 43


def victim(i, a, b):
    for x in (1, 2):
        look(x)
    return a, b, i


def look(x):
    return [x for _ in range(x)]


def outermost(n):
    return sum(sum(map(stranger, [n])) for _ in range(4))


def show(n):
    print(own(n), inlined(n), through_proxy(n), two_frames(n), raising(n), finalizing(n), cells(n), sum(generator(n)), kept(n), outermost(n))
    print(never_stored(n, Noisy("first")), seen[:3], len(seen))
    seen.clear()


show(5)
show(60)
show(500)
show(9000)
