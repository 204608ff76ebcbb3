"""AttributeError, NameError with suggestions, and TypeError of calls, uncaught text by traceback.format_exception."""

import traceback


class Thing:
    """Has few attributes."""

    def __init__(self):
        self.colour = 1

    def method(self, a, b=1):
        return a + b


def show(fn, n):
    thing = Thing()
    try:
        for i in range(n):
            fn(thing, i, n - 1)
    except Exception as exc:
        print("".join(traceback.format_exception(exc)).replace(__file__, "FILE"))


def attribute(t, i, last):
    return t.colour if i < last else t.color


def method(t, i, last):
    return t.method(i) if i < last else t.method()


def extra(t, i, last):
    return t.method(i, *range(1 if i < last else 3))


def keyword(t, i, last):
    return t.method(i, **({"b": 1} if i < last else {"c": 2}))


def name(t, i, last):
    total = i
    return total if i < last else totl  # noqa: F821


def none(t, i, last):
    found = t if i < last else None
    return found.colour


def subscript(t, i, last):
    return ([1] if i < last else t)[0]


def operand(t, i, last):
    return (1 if i < last else "a") + 1


def setter(t, i, last):
    (t if i < last else 5).colour = i


def imports(t, i, last):
    if i == last:
        from math import squirt  # noqa: F401
    return i


for fn in (attribute, method, extra, keyword, name, none, subscript, operand, setter, imports):
    show(fn, 2500)
