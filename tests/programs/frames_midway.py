"""Frames that are looked at, written, kept, traced and profiled in the middle of loops."""

import sys, threading, inspect


def setloc(n):
    def cb():
        f = sys._getframe(1)
        if sys.version_info >= (3, 13):
            f.f_locals["x"] = 5
        return f.f_locals["x"]

    x = 1
    t = 0
    for i in range(n):
        x = i
        t += cb()
        t += x
    return t


print(setloc(300))


def midtrace(n):
    ev = []

    def tr(f, e, a):
        if f.f_code.co_name in ("midtrace", "inner"):
            ev.append((f.f_code.co_name, e, f.f_lineno - base))
        return tr

    def inner(i):
        y = i + 1
        return y

    base = sys._getframe().f_code.co_firstlineno
    t = 0
    for i in range(n):
        t += inner(i)
        if i == n - 5:
            sys.settrace(tr)
            sys._getframe().f_trace = tr
        if i == n - 3:
            sys.settrace(None)
        t += 1
    return t, ev


print(midtrace(200))


def midprof(n):
    ev = []

    def pr(f, e, a):
        ev.append((e, f.f_code.co_name if e in ("call", "return") else a.__name__))

    def inner(i):
        return abs(-i)

    t = 0
    for i in range(n):
        t += inner(i)
        if i == n - 4:
            sys.setprofile(pr)
        t += len([i])
        if i == n - 2:
            sys.setprofile(None)
    return t, ev


print(midprof(200))


def loc(n):
    a = 1
    out = 0
    for i in range(n):
        b = locals()
        out += len(b) + b["i"]
        if i % 50 == 0:
            exec("a = 5")
            out += eval("a + i")
        del b
    return out


print(loc(300))


def walk(n):
    def lv():
        f = sys._getframe()
        r = []
        while f:
            r.append((f.f_code.co_name, f.f_lineno))
            f = f.f_back
        return tuple(r)

    def a(i):
        return lv()

    def b(i):
        return a(i) + (0,)

    seen = {}
    for i in range(n):
        k = b(i)
        seen[k] = seen.get(k, 0) + 1
        k = [lv() for _ in range(2)][1]
        seen[k] = seen.get(k, 0) + 1
        k = (lambda: lv())()
        seen[k] = seen.get(k, 0) + 1
    return len(seen), sorted(seen.values()), sorted(seen)[0]


print(walk(200))


class T:
    def m(self):
        return super().__repr__()[:3], __class__.__name__

    def k(self):
        x = [super(T, self).__hash__() is not None for _ in range(2)]
        return x


def sup(n):
    t = T()
    r = None
    for i in range(n):
        r = t.m(), t.k()
    return r


print(sup(200))


def linejump(n):
    out = []

    def tr(f, e, a):
        if e == "line" and f.f_lineno == target[0] and not done:
            done.append(1)
            f.f_lineno = target[0] + 2
        return tr

    done = []

    def g(n):
        t = 0
        for i in range(n):
            t += 1
            t += 10
            t += 100
        return t

    target = [g.__code__.co_firstlineno + 3]
    r1 = g(100)
    sys.settrace(tr)
    r2 = g(100)
    sys.settrace(None)
    return r1, r2, g(100)


print(linejump(1))
keep = []


def heldframes(n):
    def f(i):
        z = i * 2
        if i % 40 == 0:
            keep.append(sys._getframe())
        z += 1
        return z

    t = 0
    for i in range(n):
        t += f(i)
    return t, [(x.f_locals["z"], x.f_lineno, x.f_back is None) for x in keep]


print(heldframes(200))


def excframes(n):
    r = []

    def f(i):
        loc = i
        if i % 30 == 7:
            raise ValueError
        return loc

    for i in range(n):
        try:
            f(i)
        except ValueError as e:
            tb = e.__traceback__
            r.append((tb.tb_lineno, tb.tb_next.tb_frame.f_locals["loc"], tb.tb_frame.f_locals["i"]))
    return r


print(excframes(200))


def mon(n):
    if not hasattr(sys, "monitoring"):
        return
    m = sys.monitoring
    m.use_tool_id(3, "t")
    ev = []

    def f(i):
        return i + 1

    m.register_callback(3, m.events.PY_RETURN, lambda c, o, v: ev.append(v))
    t = 0
    for i in range(n):
        t += f(i)
        if i == n - 10:
            m.set_local_events(3, f.__code__, m.events.PY_RETURN)
        if i == n - 5:
            m.set_local_events(3, f.__code__, 0)
    m.register_callback(3, m.events.LINE, lambda c, l: ev.append(l - c.co_firstlineno) if c.co_name == "h" else None)

    def h(n):
        t = 0
        for i in range(n):
            t += f(i)
            if i == n - 3:
                m.set_events(3, m.events.LINE)
            if i == n - 2:
                m.set_events(3, 0)
        return t

    t += h(100)
    m.free_tool_id(3)
    return t, ev


print(mon(300))


def gi(n):
    def g():
        x = 0
        while True:
            x += 1
            yield x

    it = g()
    r = []
    for i in range(n):
        next(it)
        if i % 50 == 0:
            r.append((it.gi_frame.f_locals["x"], it.gi_running, it.gi_frame.f_lineno, inspect.getgeneratorstate(it)))
    it.close()
    return r, it.gi_frame


print(gi(200))


def dirs(n):
    q = 1
    for i in range(n):
        d = dir()
        v = vars()
    return d, sorted(v)


print(dirs(100))
