"""Functions, classes, modules, closures and builtins that change in the middle of loops."""

import sys, types, gc, weakref, builtins


def f(x):
    return x + 1


def g(x):
    return x * 2


def loop(n, at, act):
    t = 0
    for i in range(n):
        t += f(i)
        if i == at:
            act()
        t += len((i, i)) + K.a + K().m(i) + h(i)
    return t


class K:
    a = 1

    def m(self, x):
        return x + self.a


def h(x, y=5, *, z=1):
    return x + y + z


def code():
    f.__code__ = g.__code__


def default():
    h.__defaults__ = (50,)


def kwd():
    h.__kwdefaults__ = {"z": 100}


def attr():
    K.a = 7


def meth():
    K.m = lambda self, x: -x


def inst():
    K.__init__ = lambda self: setattr(self, "a", 3)


def glob():
    globals()["h"] = lambda x: 0


def base():
    K.__bases__ = (Base,)


def ga():
    K.__getattribute__ = lambda self, n: object.__getattribute__(self, n)


def delm():
    global K
    K = type("K", (), {"a": 11, "m": lambda self, x: 4, "__slots__": ()})


def new():
    K.__new__ = staticmethod(lambda c: object.__new__(c))


def bl():
    builtins.len = lambda x: 9


def gcall():
    gc.collect()
    gc.freeze()
    gc.unfreeze()


def tr():
    sys.settrace(lambda *a: None)
    sys.settrace(None)


def rl():
    sys.setrecursionlimit(sys.getrecursionlimit() + 1)


class Base0:
    pass


class Base:
    z = 4


K0, h0, f0, len0 = K, h, f.__code__, len
r = []
for act in (code, default, kwd, attr, meth, inst, glob, ga, delm, new, bl, gcall, tr, rl, lambda: None):
    for at in (50, 150, 151, 199):
        K.a = 1
        r.append(loop(200, at, act))
        r.append(loop(60, -1, act))
    f.__code__ = f0
    h0.__defaults__ = (5,)
    h0.__kwdefaults__ = {"z": 1}
    h = h0
    K = K0
    K.m = lambda self, x: x + self.a
    for n in ("__init__", "__getattribute__", "__new__"):
        if n in K.__dict__:
            delattr(K, n)
    builtins.len = len0
print(r)


class Cell:
    pass


def closures(n):
    x = 0

    def inc(d=1):
        nonlocal x
        x += d
        return x

    def reset():
        nonlocal x
        x = "s" if x > 500 and not isinstance(x, str) else 0

    t = []
    for i in range(n):
        v = inc() if not isinstance(x, str) else x
        if i % 100 == 99:
            reset()
        t.append(v)
        if i % 150 == 149:
            x = 0.5
        if i == n // 2:
            inc.__closure__[0].cell_contents = 400
    return t[-5:], len(t), sum(v for v in t if not isinstance(v, str))


print(closures(600))


def modattr(n):
    m = types.ModuleType("m")
    m.v = 1
    t = 0
    for i in range(n):
        t += m.v
        if i % 97 == 0:
            m.v = i
        if i == 300:
            m.__class__ = type("Mod", (types.ModuleType,), {"w": property(lambda s: 5)})
        if i % 211 == 0:
            sys.modules["zz"] = m
            import zz

            t += zz.v
    return t


print(modattr(500))


def dictattr(n):
    class O:
        pass

    o = O()
    t = 0
    for i in range(n):
        o.a = i
        d = o.__dict__
        d["b"] = i * 2
        t += o.b + len(d)
        if i % 50 == 0:
            del o.a
            t += hasattr(o, "a")
        if i % 77 == 0:
            o.__dict__ = dict(a=5, b=6, c=7)
        if i % 91 == 0:
            d[3] = 1
            vars(o).clear()
            o.b = 1
        t += getattr(o, "b", 1000) + ("a" in o.__dict__)
    return t


print(dictattr(500))


def unbound(n):
    out = []
    for i in range(n):
        try:
            if i % 5:
                z = i
            out.append(z)
            if i % 3 == 0:
                del z
        except UnboundLocalError as e:
            out.append(-1)
    return sum(out), out.count(-1)


print(unbound(500))


def kinds(n):
    vals = [1, 1.0, True, "1", 2**70, None, (1,), [1], 1j, b"1", range(1), {1}, {1: 1}, frozenset((1,)), int, len, ...]
    t = []
    for i in range(n):
        a, b = vals[i % 17], vals[i * 7 % 17]
        for op in ("+", "*", "==", "<", "in", "is", "and", "or", "%", "-", "//", "[]"):
            try:
                if op == "+":
                    r = a + b
                elif op == "*":
                    r = a * b
                elif op == "==":
                    r = a == b
                elif op == "<":
                    r = a < b
                elif op == "in":
                    r = a in b
                elif op == "is":
                    r = a is None
                elif op == "and":
                    r = a and b
                elif op == "or":
                    r = a or b
                elif op == "%":
                    r = a % b
                elif op == "-":
                    r = a - b
                elif op == "//":
                    r = a // b
                else:
                    r = a[0]
            except Exception as e:
                r = type(e).__name__ + str(e)
            t.append(repr(r)[:60])
    return t


import zlib

print(zlib.crc32("\n".join(kinds(600)).encode()))
