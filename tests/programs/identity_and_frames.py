"""Calls of one place by functions that look at frames now and then, and numbers whose identity is asked for."""

import sys
def fr(x=None):
    return sys._getframe(1).f_code.co_name
def inner(f, x):
    y = x
    r = f(x)
    return r, y
def work(fs):
    out = []
    for f, x in fs:
        try:
            r, y = inner(f, x)
            out.append(r if not isinstance(r, dict) else sorted(r))
        except Exception as e:
            out.append((type(e).__name__, str(e)))
    return out
def nolocals(x): return sys._getframe(x).f_code.co_name
def ev(x): return eval("x + 1")
seq = [(len, "a")] * 8 + [(lambda x: sorted(sys._getframe(1).f_locals), 1), (vars, sys), (nolocals, 0), (nolocals, 1), (nolocals, 2), (ev, 3), (sys._getframe, 0), (len, "ab"), (fr, 1), (dir, 3), (hash, 4), (eval, "y"), (eval, "x"), (exec, "z = 3"), (len, 3)]
seq2 = [s for s in seq if s[0] not in (vars, dir, sys._getframe)]
for k in range(3): print(work(seq2))
def inner0(f):
    y = 5
    r = f()
    return r
def work0(fs):
    out = []
    for f in fs:
        try:
            r = inner0(f)
            out.append(sorted(r) if isinstance(r, (dict, list)) else type(r).__name__)
        except Exception as e:
            out.append((type(e).__name__, str(e)))
    return out
def zero(): return 1
for k in range(3): print(work0([zero] * 8 + [locals, dir, zero, vars, list, sys._getframe, locals, dict, zero]))
class A:
    def m(self, f):
        return f().m2() if f is super else f()
    def m2(self): return "A2"
class B(A):
    def m(self, f):
        __class__
        r = f()
        return r.m2() if f is super else r
    def m2(self): return "B2"
def sup(fs):
    b = B()
    return [b.m(f) for f in fs]
print(sup([int] * 8 + [super, int, super, float, super]))
def gen():
    y = 1
    while True:
        f = yield y
        y = f() if f else 0
def send(fs):
    g = gen(); next(g)
    out = []
    for f in fs:
        r = g.send(f)
        out.append(sorted(r) if isinstance(r, dict) else r)
    return out
print(send([int] * 8 + [locals, int, locals, None, float]))
def prevcur(n):
    d = {i: float(i // 3) for i in range(n)}
    for i in range(1, n):
        if i % 3: d[i] = d[i - 1]
    prev = None
    hits = 0
    for i in range(n):
        cur = d[i]
        if cur is prev:
            hits += 1
        prev = cur
    return hits
print(prevcur(300))
def until():
    xs = [float(i) for i in range(30)] + [99.5] * 2
    xs[31] = xs[30]
    k = 0
    prev = None
    while k < 32:
        cur = xs[k]
        if cur is prev: break
        prev = cur
        k += 1
    return k
print(until(), until())
def cycle(xs, n):
    a = b = xs[0]
    out = []
    for i in range(n):
        out.append((a is b, a is xs[i % 3], min(a, 1e9) is a, max(a, b) is b, a is LIMIT, a is None, a is not b))
        b = a
        a = xs[i % len(xs)]
        if i % 5 == 0: a = LIMIT
    return out
LIMIT = 1000.5
big = 10 ** 6 + 1
for xs in [1.5, 2.5, 3.5], [big, big + 1, big + 2], [1, 2, 3], [LIMIT, big, 2.5]:
    print(cycle(xs, 40))
def rec(n, a, b):
    if n == 0: return a is b
    if a is b: return rec(n - 1, a, b)
    return rec(n - 1, b, b)
print([rec(k, 1.5 * k, 2.5) for k in range(30)], [rec(k, big, big) for k in range(30)], [rec(k, big * k, big) for k in range(20)])
g1 = g2 = 1e6
hits = 0
for i in range(50):
    if g1 is g2: hits += 1
    g2 = g1
    if i % 4 == 0: g1 = i + 0.5
print(hits)
def f(n):
    out = []
    a = 1000.5
    b = a
    three = 3
    k = 10 ** 6
    k2 = k
    for i in range(n):
        x = i % 5
        out.append((x is three, a is b, k is k2, min(a, 7e9) is a, min(k, 10**7) is k, max(k, 3) is k2, abs(a) is a, float(a) is a, int(k) is k, +a is a, a + 0.0 is a, x + 1 is x + 1))
        if i % 7 == 3:
            a = a + 1.0
            b = a
            k += 1
            k2 = k
    return out
for r in f(20): print(r)
