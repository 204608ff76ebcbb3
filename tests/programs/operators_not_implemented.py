"""An operator whose Python method gives NotImplemented by a way that its code does not show: the other operand is asked, then CPython has its say."""

import operator

SIGNS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv, "%": operator.mod, "**": operator.pow,
    "<<": operator.lshift, ">>": operator.rshift, "&": operator.and_, "|": operator.or_, "^": operator.xor, "@": operator.matmul,
}
NAMES = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and", "or", "xor", "matmul"]
NOTHING = NotImplemented


def fallback(a, b):
    return NOTHING


def method(name):
    def call(self, other):
        if type(other) is type(self):
            return type(self)(self.v + other.v)
        return fallback(self, other)

    return call


def reflected(name):
    def call(self, other):
        return f"{name} of {type(other).__name__}"

    return call


class V:
    def __init__(self, v=0):
        self.v = v


class W:
    pass


class L(list):
    def __init__(self, items=(1, 2)):
        list.__init__(self, items)

    v = (3,)

    def __add__(self, other):
        return L(list(self) + [9]) if type(other) is L else fallback(self, other)

    def __mul__(self, other):
        return "product" if type(other) is L else fallback(self, other)


class Quiet:
    def __radd__(self, other):
        return fallback(self, other)


for n in NAMES:
    setattr(V, f"__{n}__", method(n))
    setattr(W, f"__r{n}__", reflected(n))


def body(sign):
    return f"""
def binary(xs, a):
    out = []
    for x in xs:
        try:
            r = a {sign} x
        except TypeError as e:
            r = str(e)
        out.append(r.v if type(r) is V else r)
    return out

def in_place(xs, a):
    out = []
    for x in xs:
        r = a
        try:
            r {sign}= x
        except TypeError as e:
            r = str(e)
        out.append(r.v if type(r) is V else r)
    return out
"""


others = [V(1), V(2), V(3), W(), 3, V(4), W(), None, "s", V(5), 2.5, [1], (1,), Quiet(), W(), V(6), 10**20, 3, 3, 3, W(), W(), W()]
for sign in SIGNS:
    names = {"V": V}
    exec(body(sign), names)
    for f in names["binary"], names["in_place"]:
        print(sign, f([V(1)] * 8, V(10)))
        print(sign, f(others, V(10)))
        print(sign, f([W()] * 8, V(10)))


def sequences(xs):
    out = []
    for x in xs:
        a = L()
        for how in "+", "*", "+=", "*=":
            a = L()
            try:
                if how == "+":
                    r = a + x
                elif how == "*":
                    r = a * x
                elif how == "+=":
                    a += x
                    r = a
                else:
                    a *= x
                    r = a
            except TypeError as e:
                r = str(e)
            out.append(list(r) if isinstance(r, list) else r)
    return out


for x in sequences([L()] * 6), sequences([L(), [1], L(), 2, W(), None, L(), True, [5], V()] * 2):
    print(x)


class Outer:
    """A method of an operator that uses another operator, and one that raises."""

    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        try:
            return Outer(self.v + other.v)
        except AttributeError:
            return fallback(self, other)

    def __sub__(self, other):
        return V(1) - other


def nested(xs):
    out = []
    for x in xs:
        for f in (lambda a, b: a + b), (lambda a, b: a - b):
            try:
                r = f(Outer(1), x)
            except TypeError as e:
                r = str(e)
            out.append(r if type(r) is str else r.v)
    return out


print(nested([Outer(3)] * 6), nested([Outer(3), 4, W(), Outer(1), None, V(3)] * 3))


def propagates(n):
    total = V()
    for i in range(n):
        total = total + (V(i) if i != n - 2 else n)
    return total.v


for n in 3, 20, 20:
    try:
        print(propagates(n))
    except TypeError as e:
        print(e)
