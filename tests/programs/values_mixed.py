"""One place that calls, slices, subscripts and calculates with values of one kind, and then of others."""

# attribute objects whose kind depends on concrete content
import types, functools, operator
class M:
    def __init__(self, f): self.f = f
    def __call__(self, x): return ("M", self.f, x)
class C:
    k = functools.partial(lambda *a: a, 1)
    len2 = len
    b = [].append
    n = M(1)
def f(n):
    o = C(); out = []
    for i in range(n):
        if i == 8: C.k = lambda self, *a: ("fn", a)
        if i == 12: C.len2 = lambda self, x: "l"
        if i == 14: C.n = types.MethodType(lambda a, b: (a, b), 7)
        out.append((o.k(2), o.len2("ab"), o.n(3)))
    return out
print(f(20))
# bound methods of varying function / self
class A:
    def m(self, x): return ("A", x)
    def q(self, x): return ("q", x)
class B(A):
    def m(self, x): return ("B", x)
def g(ms):
    return [m(i) for i, m in enumerate(ms)]
a, b = A(), B()
for k in range(2): print(g([a.m] * 6 + [b.m, a.q, b.q, "x".__add__ if 0 else len.__class__, (lambda x: x), functools.partial(a.m), [].append, a.m]))
# kwargs forms
def kw(*a, **k): return a, k
def h(fs):
    out = []
    for f, a, k in fs:
        try: out.append((f(*a), f(**k), f(*a, **k), f(1, *a, z=2), f(1, b=2)))
        except TypeError as e: out.append(str(e)[:60])
    return out
def p2(a=0, b=0, z=0): return a, b, z
class K:
    def __init__(self, a=0, b=0, z=0): self.t = (a, b, z)
    def __repr__(self): return f"K{self.t}"
    def meth(self, a=0, b=0, z=0): return (a, b, z)
    @classmethod
    def cls(c, a=0, b=0, z=0): return (a, b, z)
seq = [(p2, (5,), {"b": 1})] * 6 + [(kw, (5, 6), {"q": 1}), (K, (1,), {"b": 2}), (K().meth, (1,), {"b": 3}), (K.cls, [1], {"b": 3}), (p2, iter([1]), {}), (p2, "ab", {"z": 1}), (p2, (1, 2, 3, 4), {}), (p2, (), {1: 2}), (p2, (), {"b": 1}.items()), (dict, (), {"x": 1}), (None, (), {}), (p2, None, {}), (p2, (1,), {"b": 1})]
for k in range(2): print(h(seq))
# slices
def sl(xs, args):
    out = []
    for a, b in args:
        for x in xs:
            try: out.append((x[a:b], x[a:], x[:b], x[a:b:1]))
            except TypeError as e: out.append(str(e))
    return out
class I:
    def __index__(self): return 1
print(sl([[1, 2, 3], (1, 2, 3), "abc", range(3)], [(0, 1)] * 5 + [(None, 2), (True, None), (I(), 3), (10**30, None), (-10**30, 10**30), ("a", 1), (1.0, 2), (-1, None), (0, 2)]))
# dict subclass missing, default dict
import collections
class DD(dict):
    def __missing__(self, k): return ("miss", k)
def look(ds, ks):
    out = []
    for d in ds:
        for k in ks:
            try: out.append(d[k])
            except (KeyError, TypeError) as e: out.append(repr(e))
            out.append(d.get(k) if not isinstance(k, list) else 0)
            out.append(k in d if not isinstance(k, list) else 0)
    return out
print(look([{1: 2, "a": 3}] * 4 + [DD(a=1), collections.defaultdict(int, {1: 1}), collections.Counter("a"), collections.OrderedDict({1: 5})], [1, "a", 1.0, True, None, (1,), [1], 2, "zz"]))
# int/str subclasses in arithmetic positions
class MI(int):
    def __add__(s, o): return "MI"
    def __radd__(s, o): return "rMI"
    def __mul__(s, o): return "mMI"
    def __lt__(s, o): return "lt"
    def __eq__(s, o): return "eq"
    def __index__(s): return 2
    def __hash__(s): return 1
    def __bool__(s): return False
    def __neg__(s): return "neg"
    def __int__(s): return 77
    def __float__(s): return 7.5
    def __abs__(s): return "abs"
def ar(vs):
    out = []
    for v in vs:
        out.append((v + 1, 1 + v, v * 2, v < 3, 3 > v, v == 3, -v, abs(v), int(v), float(v), [1, 2, 3][v], "yes" if v else "no", range(5)[v], "abc"[v], min(v, 9), max(v, 0), sum([v, 1]), round(v), f"{v}", v in [1, 2], divmod(7, v) if v else 0, [1, 2, 3, 4][v:], chr(v)))
    return out
for k in range(2): print(ar([1] * 6 + [MI(1), True, 2, MI(2), 1]))
