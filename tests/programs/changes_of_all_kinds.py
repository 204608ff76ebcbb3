"""Classes, names, cells, defaults, containers and indices that change while loops use them."""

import collections
# isinstance with class whose bases change; super with changed classes; property replaced by value
class Base:
    def who(self): return "base"
class Other:
    def who(self): return "other"
class C(Base):
    def call(self): return super().who()
    @property
    def p(self): return 1
def bases(n):
    c = C(); out = []
    for i in range(n):
        if i == n // 2: C.__bases__ = (Other2,)
        out.append((c.call(), isinstance(c, Base), c.who()))
    return out
class Other2(Other): pass
print(bases(16))
def props(n):
    c = C(); out = []
    for i in range(n):
        if i == n // 3: C.p = property(lambda self: 2)
        if i == n // 2: C.p = 5
        if i == n * 2 // 3: c.p = 6
        if i == n - 3: del C.p
        out.append(c.p)
    return out
print(props(24))
# instance attribute shadows method / class attr; deletions
class D:
    x = "class"
    def m(self): return "m"
def shadows(n):
    d = D(); e = D(); out = []
    for i in range(n):
        if i == 8: d.x = "own"
        if i == 12: d.m = lambda: "own m"
        if i == 16: del d.x
        if i == 18: del d.m
        if i == 20: d.__dict__["x"] = "by dict"
        if i == 22: d.__dict__ = {"x": "new dict"}
        if i == 24: e.__dict__.update(x="e", m=lambda: "em")
        out.append((d.x, d.m(), e.x, e.m()))
    return out
print(shadows(30))
# __getattr__ added later, __slots__, __bool__/__len__ added later
class T: pass
def truths(n):
    t = T(); out = []
    for i in range(n):
        if i == 8: T.__len__ = lambda s: 0
        if i == 12: T.__bool__ = lambda s: True
        if i == 16: del T.__bool__
        if i == 20: del T.__len__
        if i == 22: T.__eq__ = lambda a, b: "eq"
        if i == 24: T.__getattr__ = lambda s, n: n
        out.append((1 if t else 0, t == 3, t != t, getattr(t, "zz", None) if i < 24 else t.zz))
    return out
print(truths(30))
def index_errors(xs, ks):
    out = []
    for k in ks:
        try: out.append(xs[k])
        except (IndexError, TypeError) as e: out.append(str(e))
    return out
for xs in [1, 2, 3], (1, 2, 3), "abc", b"abc", range(3), [None]:
    print(index_errors(xs, [0] * 6 + [1, -1, 2, 3, -4, True, False, 10**20, None, "a", 1.0, slice(1), -3, 0]))
# lists mutated during iteration & sizes
def mutate(n):
    xs = list(range(n)); out = []
    for x in xs:
        if x % 3 == 0 and len(xs) < 60: xs.append(x + 1)
        if x == 5: xs.pop(0)
        if x == 7: del xs[10:12]
        if x == 9 and xs[0] != -1: xs.insert(0, -1)
        out.append(x)
    return out
print(mutate(20), mutate(20))
def tuples(pairs):
    out = []
    for p in pairs:
        try:
            a, b = p
            out.append(a)
        except (ValueError, TypeError) as e: out.append(str(e))
    return out
print(tuples([(1, 2)] * 6 + [[1, 2], "ab", (1,), (1, 2, 3), None, {1: 2, 3: 4}, range(2), iter([1, 2]), 5, (3, 4)]))
NT = collections.namedtuple("NT", "a b")
print(tuples([NT(1, 2)] * 6 + [(1, 2), NT(3, 4)]))
def glob(n):
    global G
    out = []
    for i in range(n):
        if i == 8: G = "str"
        if i == 10: G = [1]
        if i == 12: del G
        if i == 14: import builtins; builtins.G = "builtin"
        if i == 18: G = None
        if i == 20: del builtins.G
        try: out.append(G)
        except NameError as e: out.append(str(e))
    return out
G = 1
print(glob(24)); G = 2; print(glob(24))
def cells(n):
    x = 1
    def setx(v):
        nonlocal x
        x = v
    def delx():
        nonlocal x
        del x
    def get(): return x
    out = []
    for i in range(n):
        if i == 8: setx("s")
        if i == 10: setx(None)
        if i == 12: delx()
        if i == 14: setx(2.5)
        try: out.append((x, get()))
        except NameError as e: out.append(str(e))
    return out
print(cells(18), cells(18))
def defaults(n):
    def f(a, b=1): return (a, b)
    out = []
    for i in range(n):
        if i == 6: f.__defaults__ = (2,)
        if i == 9: f.__defaults__ = None
        if i == 11: f.__defaults__ = (5, 6)
        if i == 13: f.__code__ = (lambda a, b=0: [a, b]).__code__
        try: out.append(f(i))
        except TypeError as e: out.append(str(e))
    return out
print(defaults(16))
g0 = lambda a, b=1: (a, b)
def defaults2(n):
    out = []
    for i in range(n):
        if i == 6: g0.__defaults__ = (2,)
        if i == 9: g0.__defaults__ = None
        if i == 11: g0.__defaults__ = (5, 6)
        if i == 13: g0.__code__ = (lambda a, b=0: [a, b]).__code__
        try: out.append(g0(i))
        except TypeError as e: out.append(str(e))
    return out
print(defaults2(16))
sm = staticmethod(lambda: 1)
class S:
    s = sm
    @classmethod
    def c(cls): return cls.__name__
    @staticmethod
    def t(): return "t"
def statics(n):
    out = []; o = S()
    for i in range(n):
        if i == 6: sm.__init__(lambda: 2)
        if i == 8: S.__dict__["c"].__init__(lambda cls: "re")
        if i == 10: S.t = lambda self=None: "lambda"
        out.append((o.s(), S.s(), o.c(), S.c(), S.t(), o.t()))
    return out
print(statics(16))
pr = property(lambda self: 1)
class PP: p = pr
def props2(n):
    out = []; o = PP()
    for i in range(n):
        if i == 6: pr.__init__(lambda self: 2)
        out.append(o.p)
    return out
print(props2(12))
