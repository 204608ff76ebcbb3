"""Finalizers that run in hot loops see the line of the statement that let go of the object."""

import sys

lines = {}


class Thing:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        frame = sys._getframe(1)
        key = self.name, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno
        lines[key] = lines.get(key, 0) + 1


def overwritten(n):
    x = None
    for i in range(n):
        x = Thing("old")

        y = i
        x = Thing("new")

        z = y
    del x
    return z


def dropped(n):
    s = 0
    for i in range(n):
        Thing("expression")

        s += 1
        t = Thing("tuple"), i

        t = None

        s += 2
    return s


def in_callee(n):
    s = 0
    for i in range(n):
        s += callee(i)
    return s


def callee(i):
    x = Thing("local")

    y = i
    return (
        y
        + 1
    )


def argument(n):
    for i in range(n):
        take(
            Thing("argument"),
            i,
        )

        pass


def take(thing, i):
    if i % 2:
        del thing

    return i


def container(n):
    box = [None]
    d = {}
    for i in range(n):
        box[0] = Thing("item")

        d["x"] = Thing("value")

        i += 1
        box[0] = None

        d.clear()


def attribute(n):
    class Holder:
        pass

    h = Holder()
    for i in range(n):
        h.x = Thing("attribute")

        i += 1
        h.x = None

        del h.x


def returned(n):
    for i in range(n):
        make(i)

        i += 1


def make(i):
    x = Thing("returned")
    return x


def show(n):
    overwritten(n)
    dropped(n)
    in_callee(n)
    argument(n)
    container(n)
    attribute(n)
    returned(n)
    for key in sorted(lines):
        print(n, *key, lines[key])
    lines.clear()


show(4)
show(60)
show(9000)
