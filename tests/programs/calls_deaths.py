"""When arguments die, and in which order: calls of all kinds to functions that drop, exchange and overwrite their parameters."""

import sys, functools, weakref, gc, threading, operator


class L:
    def __init__(self, k):
        self.k = k

    def __del__(self):
        log.append(self.k)


log = []


def show(tag):
    key = (tag, tuple(log))
    seen[key] = seen.get(key, 0) + 1
    log.clear()


seen = {}


def rec(a, b, n):
    if n <= 0:
        log.append("bottom")
        return n
    a = None
    log.append(n)
    b = L(("b", n))
    return rec(L(n * 10), b, n - 1) + 1


class C:
    def m(self, a, n):
        if n == 0:
            return 0
        a = None
        return self.m(L(("m", n)), n - 1) + 1

    def s(self, n):
        if n == 0:
            return 1
        self = C()
        return self.s(n - 1) + 1

    def __del__(self):
        log.append("C")


def kw(a=None, n=0):
    if n == 0:
        a = None
        log.append("kb")
        return 0
    return kw(n=n - 1, a=L(("k", n))) + 1


def star(*a):
    if len(a) < 2:
        return len(a)
    a = a[1:]
    return star(*a) + 1


def defaults(n, a=L("default")):
    if n == 0:
        a = 1
        return 0
    return defaults(n - 1) + 1


def swap(a, b, n):
    if n == 0:
        return (a.k, b.k)
    a, b = b, a
    return swap(a, b, n - 1)


def same(a, b, n):
    a = None
    if n == 0:
        b = None
        log.append("same")
        return 0
    x = L(("x", n))
    return same(x, x, n - 1)


def fails(a, n):
    a = None
    if n == 0:
        raise ValueError(n)
    return fails(L(("f", n)), n - 1)


def deltree(t, n):
    if n == 0:
        return 0
    t = t[0]
    return deltree(t, n - 1) + 1


def nest(n):
    return None if n == 0 else [nest(n - 1), L(("nest", n))]


def cond(a, n):
    if n % 3 == 0:
        a = n
    if n == 0:
        return a
    return cond(a, n - 1)


def run(N):
    for i in range(N):
        rec(L("a"), L("bb"), 4)
        show("rec")
        rec(*(L("a"), L("bb"), 3))
        show("rec*")
        functools.partial(rec, L("p"))(L("q"), 3)
        show("partial")
        list(map(rec, [L("x"), L("y")], [L("z"), L("w")], [2, 3]))
        show("map")
        functools.reduce(lambda s, k: rec(L(k), s, 2), range(3), 0)
        show("reduce")
        sorted([L(1), L(2)], key=lambda o: rec(o, o, 1))
        show("sorted")
        f = rec
        f(L("v"), f, 2)
        show("var")
        C().m(L("first"), 3)
        show("method")
        b = C().m
        b(L("first"), 2)
        b = None
        show("bound")
        C().s(3)
        show("self")
        kw(L("kw0"), 3)
        show("kw")
        kw(a=L("kw1"), n=2)
        show("kw2")
        kw(n=3, a=L("kw3"))
        show("kw3")
        star(L("s1"), L("s2"), L("s3"))
        show("star")
        defaults(3)
        show("defaults")
        swap(L("A"), L("B"), i % 5)
        show(("swap", i % 5))
        same(L("s"), L("t"), 3)
        show("same")
        try:
            fails(L("f"), 3)
        except ValueError:
            show("fails")
        t = nest(5)
        deltree(t, 5)
        show("tree1")
        del t
        show("tree2")
        deltree(nest(4), 4)
        show("tree3")
        cond(L("c"), 5)
        show("cond")
        operator.call(rec, L("op"), L("op2"), 2) if hasattr(operator, "call") else 0
        show("operator")
        try:
            rec(L("few"))
        except TypeError as e:
            log.append(str(e))
            show("few")
        try:
            rec(L("few"), 1, 2, 3, L("many"))
        except TypeError as e:
            log.append(str(e))
            show("many")
        th = threading.Thread(target=rec, args=(L("t"), L("u"), 2)) if i % 40 == 0 else None
        if th:
            th.start()
            th.join()
            del th
            show("thread")


run(120)
sys.setprofile(lambda *a: None)
run(3)
sys.setprofile(None)
run(3)
sys.setswitchinterval(1e-5)
run(30)
for k, v in seen.items():
    print(k, v)


def counts(a, n):
    return sys.getrefcount(a) if n == 0 else counts(a, n - 1)


o = object()
base = sys.getrefcount(o)
for i in range(200):
    counts(o, i % 6)
print(sys.getrefcount(o) - base)


def gen(a, n):
    a = None
    log.append("g")
    yield n
    yield from gen(L(("g", n)), n - 1) if n else ()


for i in range(60):
    sum(gen(L("g"), 3))
    show("gen")


async def co(a, n):
    a = None
    log.append("co")
    return n if n == 0 else await co(L(("co", n)), n - 1)


for i in range(60):
    try:
        co(L("c"), 3).send(None)
    except StopIteration as e:
        log.append(e.value)
    show("co")
for k, v in list(seen.items())[-2:]:
    print(k, v)
