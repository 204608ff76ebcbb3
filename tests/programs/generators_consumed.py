"""Builtins that consume generators: their loops become loops of traces, and nobody can tell."""

import sys
import traceback


class Odd:
    """Adds up, compares and hashes in its own way."""

    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return Odd(self.v + getattr(other, "v", other))

    __radd__ = __add__

    def __lt__(self, other):
        return self.v % 7 < other.v % 7

    def __gt__(self, other):
        return self.v % 7 > other.v % 7

    def __bool__(self):
        return self.v % 5 != 0

    def __eq__(self, other):
        return isinstance(other, Odd) and self.v % 3 == other.v % 3

    def __hash__(self):
        return self.v % 3

    def __repr__(self):
        return f"Odd({self.v})"


class Int(int):
    pass


def sums(n):
    out = []
    for j in range(n):
        out = [
            sum(x * j for x in range(30)),
            sum(x * 0.1 for x in range(30)),
            sum((1e100, 1.0, -1e100, j * 0.1)[x % 4] for x in range(29)),
            sum((x if x % 2 else x * 0.1) for x in range(30)),
            sum((x if x < 20 else 2**62) for x in range(30)),
            sum((2**62 if x < 20 else 0.1) for x in range(30)),
            sum(Int(x) for x in range(12)),
            sum((0.5 if x % 2 else Int(x)) for x in range(12)),
            sum(x % 2 == 0 for x in range(15)),
            sum((float("inf") if x == 7 else 0.1) for x in range(15)),
            sum((x / 3 for x in range(11)), 0.1),
            sum(([x] for x in range(11)), []),
            sum((Odd(x) for x in range(11)), 5).v,
            sum((x for x in range(0)), -0.0),
            sum(-0.0 for x in range(10)),
        ]
    return out


def tests(n):
    counts = [0] * 6
    xs = list(range(20))
    for j in range(n):
        counts[0] += any(x == j for x in xs)
        counts[1] += all(x != j for x in xs)
        counts[2] += any(Odd(x) for x in (0, 5, j))
        counts[3] += all(Odd(x + 1) for x in range(j % 6))
        counts[4] += any(x for x in ())
        counts[5] += all([] if x == j % 9 else [x] for x in range(8))
    return counts


def collections(n):
    for j in range(n):
        out = [
            list(x * j for x in range(10)),
            tuple((x, j) for x in range(5)),
            sorted(x * 7 % 10 for x in range(10)),
            sorted({str(x * j % 5) for x in range(9)}),
            set(x * j % 5 for x in range(9)),
            len(set(Odd(x) for x in range(10))),
            "".join(chr(97 + (x * j) % 26) for x in range(12)),
            ", ".join(str(x) for x in range(j % 4)),
            max(x * j % 11 for x in range(9)),
            min(x * j % 11 for x in range(9)),
            max(Odd(x) for x in range(20)).v,
            min(Odd(x) for x in range(20)).v,
        ]
    return out


def errors(n):
    seen = []
    for j in range(n):
        for make in (
            lambda: sum("ab"[x % 2] for x in range(j % 3 + 1)),
            lambda: max(x for x in range(0)),
            lambda: min((x for x in ())),
            lambda: "-".join((x if j % 2 else str(x)) for x in range(3)),
            lambda: sum(1 // (5 - x) for x in range(10)),
            lambda: set([x] for x in range(3)),
            lambda: sorted((1, "a")[x % 2] for x in range(4)),
            lambda: list(next(iter(())) for x in range(3)),
        ):
            try:
                make()
            except Exception as e:
                where = [(f.name, f.line) for f in traceback.extract_tb(e.__traceback__)]
                seen.append((type(e).__name__, str(e), where))
    return len(seen), seen[:8], seen[-8:]


def looks(n):
    """What a generator's body sees of those who consume it."""

    def body(k):
        for i in range(k):
            f = sys._getframe(1)
            yield (f.f_code.co_name, f.f_lineno - looks.__code__.co_firstlineno, f.f_back.f_code.co_name)

    found = set()
    for j in range(n):
        found |= set(body(3))
        found |= {x for x in list(body(2))}
        found.add(max(body(12)))
    return sorted(found)


def closed(n):
    log = []

    def body(k):
        try:
            for i in range(k):
                yield i
        finally:
            log.append(k)

    t = 0
    for j in range(n):
        t += any(x == 2 for x in body(5))
        t += any(body(4))
        t += all(x < 3 for x in body(6))
    return t, len(log), log[-3:]


def nested(n):
    t = 0
    for j in range(n):
        t += sum(sum(x * y for y in range(5)) for x in range(4))
        t += all(any(x == y for y in range(6)) for x in range(5))
        t += sum(max(y % (x + 1) for y in range(7)) for x in range(3))
        t += len(list(tuple(y for y in range(x)) for x in range(4)))
    return t


def queens(n):
    def place(board):
        row = len(board)
        if row == n:
            yield board
            return
        for col in range(n):
            if all(col != c and abs(col - c) != row - r for r, c in enumerate(board)):
                yield from place([*board, col])

    return sum(sum(b[i] * i for i in range(n)) for b in place([])), len(list(place([])))


def patched(n):
    t = 0
    for j in range(n):
        t += sum(x for x in range(4))
        if j == n // 2:
            globals()["sum"] = lambda it: len(list(it))
    del globals()["sum"]
    return t


def shared(n):
    """A generator that two consume, and one that is looked at on the way."""
    out = []
    for j in range(n):
        g = (x * x for x in range(12))
        out = [any(x > 10 for x in g), sum(x for x in g if x < 100), list(g), g.gi_frame]
        h = (x for x in range(5))
        next(h)
        out += [h.gi_frame.f_locals["x"], sum(h), max((g for g in ([1], [2])), key=len)]
    return out


for _ in range(3):
    print(sums(40))
    print(tests(40))
    print(collections(40))
    print(errors(12))
    print(looks(20), closed(30), nested(40))
    print(queens(6), patched(60), shared(40))
