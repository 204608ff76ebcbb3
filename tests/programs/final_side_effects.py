"""Finalizers that keep the object, write what the loop reads, raise, or look at frames; weak references."""

import gc, weakref, sys

log = []


class D:
    n = 0

    def __init__(self, k):
        self.k = k
        D.n += 1

    def __del__(self):
        D.n -= 1
        log.append(self.k)
        if self.k % 5 == 0:
            keep.append(self)
        if self.k % 7 == 0:
            glob[0] = self.k


keep = []
glob = [0]


def basic(n):
    t = 0
    for i in range(n):
        d = D(i)
        t += glob[0] + d.k
    return t


print(basic(300), len(keep), len(log), D.n, log[:10])


class Setter:
    def __del__(self):
        global flag
        flag += 1
        sys._getframe(1).f_locals


flag = 0


def sets_global(n):
    t = 0
    for i in range(n):
        s = Setter()
        t += flag
        s = None
        t += flag
    return t


print(sets_global(300))


class Chain:
    def __init__(self, nxt):
        self.nxt = nxt

    def __del__(self):
        cnt[0] += 1


cnt = [0]


def chains(n):
    for i in range(n):
        c = None
        for j in range(i % 20):
            c = Chain(c)
        x = cnt[0]
        c = None
        assert cnt[0] == x + i % 20, (cnt, x, i)
    return cnt[0]


print(chains(200))


class Raises:
    def __del__(self):
        raise ValueError("in del")


def hook(u):
    errs.append((type(u.exc_value).__name__, u.object.__qualname__ if hasattr(u.object, "__qualname__") else "?"))


errs = []
sys.unraisablehook = hook


def raising(n):
    k = 0
    for i in range(n):
        r = Raises()
        k += 1
    return k


print(raising(100), len(errs), set(errs))


def wr(n):
    dead = []

    class O:
        pass

    for i in range(n):
        o = O()
        w = weakref.ref(o, lambda r, i=i: dead.append(i))
        if i % 3:
            o.self = o
        refs.append(w)
    del o
    gc.collect()
    return sorted(dead) == list(range(n)), len(dead)


refs = []
print(wr(200))


def weakdict(n):
    class O:
        pass

    d = weakref.WeakValueDictionary()
    t = 0
    for i in range(n):
        o = O()
        d[i] = o
        t += len(d)
        d.pop(i - 1, None)
    return t, len(d)


print(weakdict(300))


class Res:
    alive = []

    def __init__(self):
        self.n = 0

    def __del__(self):
        self.n += 1
        Res.alive.append(self)


def resurrect(n):
    for i in range(n):
        r = Res()
        del r
        r = Res.alive.pop()
        assert r.n == 1
        r = None
    return len(Res.alive)


print(resurrect(200))


class Swap:
    def __del__(self):
        lst[0] = 10**20 if lst[0] == 1 else 1


lst = [1]


def swap(n):
    t = 0
    for i in range(n):
        a = lst[0]
        Swap()
        b = lst[0]
        t += a != b
        t += lst[0] % 3
    return t


print(swap(300))


def locals_del(n):
    out = []
    for i in range(n):
        x = D(i * 5 + 1)
        try:
            del x
            x
        except UnboundLocalError as e:
            out.append(str(e))
    return len(set(out)), out[0]


print(locals_del(100))


class Cb:
    def __del__(self):
        f = sys._getframe(1)
        lines.add((f.f_code.co_name, f.f_lineno - f.f_code.co_firstlineno))


lines = set()


def where(n):
    for i in range(n):
        c = Cb()
        c = Cb()
        c = [Cb()]
        c = {1: Cb()}
        c = (lambda x: None)(Cb())
        Cb().__class__


def callee(a, b):
    a = None
    b = 1


def where2(n):
    for i in range(n):
        callee(Cb(), Cb())
        callee(b=Cb(), a=[Cb()])


where(50)
where2(50)
print(sorted(lines))


def genclose(n):
    def g():
        try:
            yield 1
            yield 2
        finally:
            closed.append(1)

    for i in range(n):
        for x in g():
            if i % 2:
                break
        it = g()
        next(it)
        del it
    return len(closed)


closed = []
print(genclose(200))
print(gc.get_threshold() is not None, gc.collect() >= 0)
