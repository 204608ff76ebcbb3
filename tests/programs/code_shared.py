"""One code object, several functions and namespaces: globals, builtins, locals of exec()."""

import types

def f(n):
    t = 0
    for i in range(n):
        t += g + len(str(i))
    return t
g = 1
print(f(20))
f2 = types.FunctionType(f.__code__, {"g": 100, "__builtins__": __builtins__})
print(f2(20))
f3 = types.FunctionType(f.__code__, {"g": 100, "__builtins__": {"range": range, "len": lambda x: 7, "str": str}})
print(f3(20)); print(f(20)); print(f2(20))
for k in range(3):
    print(f2(20), f(20), f3(20))

source = """
t = 0
for i in range(20):
    t += i * k
print(t)
"""
code = compile(source, "source", "exec")
first, second = {"k": 1}, {"k": 2}
for k in range(3):
    exec(code, first)
    exec(code, second)
names, own = {"k": 3}, {}
exec(code, names, own)
print(sorted(own), sorted(x for x in names if x[0] != "_"))
exec(code, names, names)


class Counting(dict):
    def __setitem__(self, k, v):
        dict.__setitem__(self, k, v + 1 if k == "t" else v)


class Missing(dict):
    def __missing__(self, k):
        if k == "k":
            return 5
        raise KeyError(k)


exec(code, {"k": 3}, Counting())
exec(code, Counting(k=4))
exec(code, first)
exec(code, {}, Missing())
exec(code, second)


class Body:
    k = 3
    t = 0
    for i in range(20):
        t += i * k


print(Body.t)


def outer(k):
    def inner(n):
        t = 0
        for i in range(n):
            t += k
        return t

    def fib(n):
        return n * k if n < 2 else fib(n - 1) + fib(n - 2)

    return inner, fib


(a, fib1), (b, fib2) = outer(1), outer(2)
print(a(20), b(20), a(20), b(20), fib1(12), fib2(12), fib1(12), fib2(12))


def fib(n):
    return n * scale if n < 2 else fib(n - 1) + fib(n - 2)


scale = 1
other = types.FunctionType(fib.__code__, {"scale": 3, "fib": lambda n: 1})
third = types.FunctionType(fib.__code__, {"scale": 5})
third.__globals__["fib"] = third
for k in range(3):
    print(fib(12), other(12), third(12))


def two_loops(n):
    out = []
    for i in range(n):
        out.append(g)
    for i in range(n):
        out.append(g + 1)
    return sum(out)


again = types.FunctionType(two_loops.__code__, {"g": 1000, "range": range, "sum": sum})
for k in range(4):
    print(two_loops(10), again(10))


class Storing(dict):
    def __setitem__(self, k, v):
        dict.__setitem__(self, k, v + 1 if k == "t" else v)
c = compile("for i in (1,2,3,4,5,6,7,8,9,10): t = 5\n", "c", "exec")
for k in range(3):
    d = Storing(); exec(c, d); print(d["t"], d["i"])
    d = {}; exec(c, d); print(d["t"])
    d = Storing(); exec(c, {}, d); print(d["t"])
c2 = compile("def f(n):\n  global t\n  for i in range(n): t = i\nf(20)\n", "c2", "exec")
for k in range(3):
    d = Storing(); exec(c2, d); print(d["t"])
class Odd(dict):
    def __getitem__(self, k): return "odd" if k == "q" else dict.__getitem__(self, k)
c3 = compile("out = []\nfor i in (1,2,3,4,5,6,7,8): out.append(q)\n", "c3", "exec")
for k in range(3):
    d = Odd(q=1); exec(c3, d); print(d["out"])
    d = {"q": 1}; exec(c3, d); print(d["out"])
c4 = compile("def f(n):\n  o = []\n  for i in range(n): o.append(q)\n  return o\nr = f(10)\n", "c4", "exec")
for k in range(3):
    d = Odd(q=1); exec(c4, d); print(d["r"])
d = Odd(); exec("def f(n):\n  o = []\n  for i in range(n): o.append(len(str(i)))\n  return o\nr = f(20)\n", d); print(d["r"])
import builtins
class BI(dict):
    def __getitem__(self, k): return (lambda *a: "mine") if k == "len" else dict.__getitem__(self, k)
    def __missing__(self, k): return "missing " + k
d = {"__builtins__": BI(vars(builtins))}
for k in range(2): exec("def f(n):\n  o = []\n  for i in range(n): o.append((len(str(i)), zzz))\n  return o\nr = f(20)\n", d); print(d["r"])
