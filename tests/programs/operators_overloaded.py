"""Classes with operators of their own: arithmetic, reflected, in-place, containers, truth, comparison."""


class Vec:
    """A vector of two dimensions."""

    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y)

    def __sub__(self, o):
        return Vec(self.x - o.x, self.y - o.y)

    def __mul__(self, k):
        if isinstance(k, Vec):
            return self.x * k.x + self.y * k.y
        return Vec(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __eq__(self, o):
        return isinstance(o, Vec) and self.x == o.x and self.y == o.y

    def __bool__(self):
        return bool(self.x or self.y)

    def __repr__(self):
        return f"Vec({self.x}, {self.y})"


class Poly:
    """A sequence with length, items, containment and in-place addition."""

    def __init__(self, *c):
        self.c = list(c)

    def __len__(self):
        return len(self.c)

    def __getitem__(self, i):
        return self.c[i]

    def __setitem__(self, i, v):
        self.c[i] = v

    def __contains__(self, v):
        return v in self.c

    def __iadd__(self, k):
        for i in range(len(self.c)):
            self.c[i] += k
        return self

    def __call__(self, x):
        s = 0
        for c in reversed(self.c):
            s = s * x + c
        return s

    def __lt__(self, o):
        return len(self) < len(o)


class Money:
    """Has only reflected operators and gives way with NotImplemented."""

    def __init__(self, v):
        self.v = v

    def __radd__(self, o):
        return Money(o + self.v)

    def __rsub__(self, o):
        return Money(o - self.v)

    def __add__(self, o):
        if not isinstance(o, Money):
            return NotImplemented
        return Money(self.v + o.v)


class Falsy:
    """Truth by length, or an error."""

    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


def vectors(n):
    p, v = Vec(0, 0), Vec(1, 2)
    dots = zero = 0
    for i in range(n):
        p = p + v * 2 - 3 * v + -v
        if i % 100 == 0:
            p = Vec(0, 0)
        dots += p * v
        zero += not p
        zero += (p == Vec(0, 0)) * 1000 + (p != v)
    return p, dots, zero


def polys(n):
    p = Poly(1, 2, 3)
    s = 0
    for i in range(n):
        s += p(i % 10) + len(p) + p[i % 3] + (4 in p) + (p < Poly(1)) + p[-1]
        if i % 50 == 0:
            p += 1
            p[0] %= 7
        if p:
            s += 1
    return s, sum(p)


def moneys(n):
    total = 0
    for i in range(n):
        total = i + (total if isinstance(total, Money) else Money(total))
        total = total + Money(1)
    try:
        total + 1
    except TypeError as exc:
        print(exc)
    return total.v, (5 - Money(3)).v


def truth(n):
    s = 0
    for i in range(n):
        f = Falsy(i % 3)
        s += 1 if f else 10
        s += (f or 5) == 5
    try:
        for i in range(n):
            f.n = -1 if i == 1500 else 1
            if not f:
                s += 1
    except ValueError as exc:
        print(i, exc)
    return s


print(vectors(4000))
print(polys(2500))
print(moneys(2500))
print(truth(3000))
