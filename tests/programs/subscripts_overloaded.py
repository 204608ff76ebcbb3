"""Subscripts that are methods, slices that are replaced, and list methods with arguments."""

import sys
import traceback


class Grid:
    def __init__(self, w, h):
        self.w, self.h = w, h
        self.data = [0.0] * (w * h)

    def __getitem__(self, xy):
        x, y = xy
        return self.data[x + y * self.w]

    def __setitem__(self, xy, v):
        x, y = xy
        self.data[x + y * self.w] = v


class Fussy(Grid):
    def __getitem__(self, xy):
        if xy == (3, 3):
            raise KeyError("three")
        return Grid.__getitem__(self, xy)

    def __setitem__(self, xy, v):
        self.last = sys._getframe(1).f_lineno
        super().__setitem__(xy, v)
        return "nobody sees this"


class MyList(list):
    def __getitem__(self, i):
        return ("mine", i)


def relax(g, n):
    for _ in range(n):
        for y in range(1, g.h - 1):
            for x in range(1, g.w - 1):
                g[x, y] = 0.25 * (g[x, y - 1] + g[x, y + 1] + g[x - 1, y] + g[x + 1, y]) + 1
    return sum(g.data)


def errors(n):
    g, found = Fussy(6, 6), 0
    for i in range(n):
        try:
            g[i % 6, i % 6] = i
            g[2, 2]
            g[i % 6, i % 6]
        except KeyError as e:
            found += 1
            if i > n - 7:
                traceback.print_exc(file=sys.stdout)
    return found, g.last


def lists(n):
    out = MyList([1, 2])
    seen = None
    for i in range(n):
        seen = out[i % 2]
    return seen


class D:
    def __init__(self, k):
        self.k = k

    def __del__(self):
        gone.append((self.k, sys._getframe(1).f_locals.get("i")))


gone = []


def slices(n):
    l = list(range(12))
    for i in range(n):
        k = i % 11
        l[: k + 1] = l[k::-1]
        l[3:5] = (i, i + 1)
        l[-2:] = [k]
        l.insert(k, l.pop(0))
        l.insert(-1, i)
        l.extend((1, 2))
        l.extend(l[:1])
        l.reverse()
        l = l.copy()
        while len(l) > 12:
            l.pop(5)
        l[20:] = []
        l[5:2] = [7]
        l.pop(-3)
        if i % 1000 == 500:
            l[2] = D(i)
        if i % 1000 == 501:
            l[0:12] = list(range(12))
    return l


def ends(n):
    l = [1, 2, 3]
    found = []
    for i in range(n):
        try:
            l.pop(i % 5)
        except IndexError as e:
            found.append(str(e))
            l = [1, 2, 3]
        l.insert(0, i)
        if i % 3 == 0:
            l[1:] = "ab"
    return l, len(found), found[:2]


print(relax(Grid(12, 12), 60))
Grid.__getitem__, old = lambda self, xy: 1.0, Grid.__getitem__
print(relax(Grid(12, 12), 30))
Grid.__getitem__ = old
print(relax(Fussy(3, 3), 500))
print(errors(6000))
print(lists(6000))
print(slices(6000), gone)
print(ends(6000))


class Caller:
    """Says who has called."""

    def __init__(self, k):
        self.k = k

    def __hash__(self):
        callers.add(("hash", sys._getframe(1).f_code.co_name))
        return self.k

    def __eq__(self, other):
        callers.add(("eq", sys._getframe(1).f_code.co_name))
        return self.k == other.k

    def __contains__(self, x):
        callers.add(("contains", sys._getframe(1).f_code.co_name))
        return x == self.k

    def __getitem__(self, i):
        callers.add(("getitem", sys._getframe(1).f_code.co_name))
        return [i]

    def __setitem__(self, i, v):
        callers.add(("setitem", sys._getframe(1).f_code.co_name))

    def __delitem__(self, i):
        callers.add(("delitem", sys._getframe(1).f_code.co_name))


callers = set()


def asks(n):
    c, s = Caller(5), {Caller(1)}
    for i in range(n):
        a = {c, Caller(i % 9)}
        d = {c: 1, Caller(5): 2}
        s.add(c)
        s = {*s, *a}
        if i % 9 in c and c in s:
            c[1:i] = c[i:]
            c[i] = c[1]
            del c[i]
    return len(a), len(d), len(s)


print(asks(6000), sorted(callers))
