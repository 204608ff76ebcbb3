"""Exits, errors, type changes and calls a hundred thousand times over: block counts stay flat."""

import gc
import sys


class Box:
    """Something to allocate."""

    def __init__(self, v):
        self.v = v


def churn(n):
    s = 0
    values = [1, 2.5, 2**70, "x", None, (1,), Box(1)]
    for i in range(n):
        v = values[i % 7]
        try:
            s += v + 1
        except TypeError:
            s -= 1
        b = Box(i)
        c = [b, (b, i * 1.5)]
        if i % 11 == 0:
            s += c[1][0].v
    return s


def raising(n):
    k = 0
    for i in range(n):
        try:
            if i % 2:
                raise ValueError([i] * 3)
            k += [1, 2][i % 4]
        except (ValueError, IndexError):
            k += 1
    return k


def closures(n):
    s = 0
    for i in range(n):
        f = lambda v: v + i  # noqa: E731
        s += f(1)
    return s


def generators(n):
    s = 0
    for i in range(n):
        for v in (k for k in range(5)):
            s += v
            if v == 3:
                break
    return s


def growth(fn, n):
    """Whether memory stands still: what leaks, leaks in every round; what is made once (code, for one) is not made in all of them."""
    found = []
    for _ in range(8):
        gc.collect()
        before = sys.getallocatedblocks()
        for _ in range(3):
            fn(n)
        gc.collect()
        found.append(sys.getallocatedblocks() - before)
    return min(found) < n // 8


for fn in (churn, raising, closures, generators):
    print(fn.__name__, fn(8000), growth(fn, 8000))
