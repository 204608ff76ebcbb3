"""Arguments belong to the function that is called: what it drops dies there and then."""

import weakref


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(f"{self.name} dies")


log = []


def show(what):
    text = ", ".join(log)
    counts[what, text] = counts.get((what, text), 0) + 1
    log.clear()


counts = {}


def drops(thing, *rest):
    log.append("in")
    thing = None
    log.append("out")
    return thing


def drops_keyword(*, thing, other=0):
    log.append("in")
    del thing
    log.append("out")


def overwrites(thing, n):
    """Calls itself, so that it may be compiled as a function."""
    if n == 0:
        thing = 3
        log.append("out")
        return n
    return overwrites(thing, n - 1) + 1


def hands_on(thing, n):
    if n == 0:
        log.append("in")
        thing = None
        log.append("out")
        return 0
    other = thing
    thing = None
    return hands_on(Loud(f"new {n}") if n == 2 else other, n - 1)


def makes_new(thing, n):
    """Nobody but the callee has what the caller made for it."""
    if n == 0:
        return 0
    thing = None
    log.append(f"dropped {n}")
    return makes_new(Loud(f"new {n}"), n - 1) + 1


def fails(thing, *rest):
    log.append("in")
    thing = None
    log.append("out")
    raise ValueError


def wrong():
    """Takes no arguments."""


def generator(thing, *rest):
    yield 1
    thing = None
    log.append("out")
    yield 2


class Methods:
    def drops(self, thing, *rest):
        thing = None
        log.append("out")

    def forgets_self(self, *rest):
        self = None
        log.append("out")

    def __del__(self):
        log.append("methods die")


def calls(n):
    for i in range(n):
        drops(Loud("a"))
        show("positional")
        drops(Loud("a"), i, 1.5 * i, Loud("rest"))
        show("rest")
        kept = Loud("kept")
        drops(kept)
        show("kept")
        del kept
        show("del")
        drops_keyword(thing=Loud("k"))
        show("keyword")
        drops_keyword(other=i, thing=Loud("k"))
        show("keywords")
        drops(*(Loud("starred"), i))
        show("starred")
        try:
            fails(Loud("f"), i)
        except ValueError as e:
            log.append(type(e).__name__)
        show("fails")
        try:
            wrong(Loud("w"), i)
        except TypeError as e:
            log.append(str(e))
        show("wrong")
        twice = Loud("twice")
        drops(twice, twice)
        show("twice")
        twice = None
        show("none")


def methods(n):
    for _ in range(n):
        Methods().drops(Loud("m"), 1)
        show("method")
        Methods().forgets_self(1, 2)
        show("self")
        bound = Methods().forgets_self
        bound(1)
        show("bound")
        bound = None
        show("unbound")


def recursions(n):
    for i in range(n):
        overwrites(Loud("o"), i % 4)
        show("overwrites")
        hands_on(Loud("h"), 2)
        show("hands on")
        makes_new(Loud("first"), 5)
        show("makes new")


def generators(n):
    for _ in range(n):
        g = generator(Loud("g"), 1)
        show("made")
        for _x in g:
            pass
        show("run")


def weak(n):
    died = 0
    for _ in range(n):
        thing = Loud("w")
        ref = weakref.ref(thing)
        drops(thing)
        died += ref() is None
        del thing
        died += ref() is None
    log.clear()
    return died


calls(300)
methods(300)
recursions(300)
generators(300)
for key, count in counts.items():
    print(*key, count)
print(weak(300))
