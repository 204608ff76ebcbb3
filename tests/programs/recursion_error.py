"""RecursionError from runaway recursion, caught at several places, repeatedly."""

import sys


def runaway(n):
    return runaway(n + 1) + 1


def ping(n):
    return pong(n + 1)


def pong(n):
    return ping(n + 1)


class Loop:
    """Recursion through special methods."""

    def __getattr__(self, name):
        return getattr(self, name + "_")

    def __add__(self, other):
        return self + other

    def __eq__(self, other):
        return other == self

    def __hash__(self):
        return 1


def depth(n):
    try:
        return depth(n + 1)
    except RecursionError:
        return n


def catch(fn, *args):
    try:
        fn(*args)
    except RecursionError as exc:
        return str(exc)


for i in range(3):
    print(catch(runaway, 0))
    print(catch(ping, 0))
    print(catch(lambda: Loop() + 1))
    print(catch(lambda: Loop() == Loop()))
sys.setrecursionlimit(400)
first = depth(0)
print({depth(0) - first for _ in range(20)})
sys.setrecursionlimit(800)
print(depth(0) - first)


def slow_descent(n):
    s = 0
    for i in range(50):
        s += i
    return slow_descent(n + 1) + s


print(catch(slow_descent, 0))


def recover(n):
    good = bad = 0
    for i in range(n):
        try:
            if i % 50 == 0:
                runaway(0)
            good += 1
        except RecursionError:
            bad += 1
    return good, bad


print(recover(1000))
