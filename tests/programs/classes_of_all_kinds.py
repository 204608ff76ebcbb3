"""Changing classes, slots, metaclasses, data classes, enumerations, named tuples, descriptors, copies and pickles."""

import copy, pickle, enum, dataclasses, collections, typing, functools


class A:
    x = 1

    def f(self):
        return "A"


class B:
    x = 2

    def f(self):
        return "B"


def cls(n):
    o = A()
    r = []
    for i in range(n):
        r.append(o.f() + str(o.x))
        o.__class__ = B if i % 7 == 3 else A
        if i % 50 == 0:
            o.x = 9
        if i % 50 == 10:
            o.__dict__.clear()
        if i % 90 == 5:
            o.__dict__ = {"x": 77}
    return "".join(r)[-200:]


print(cls(600))


class S:
    __slots__ = ("a", "b", "__weakref__")

    def __init__(self, a):
        self.a = a


def slots(n):
    t = 0
    for i in range(n):
        s = S(i)
        try:
            t += s.b
        except AttributeError as e:
            t += len(str(e))
        s.b = i
        t += s.b - s.a
        del s.a
        try:
            s.a
        except AttributeError:
            t += 1
        try:
            s.zzz = 1
        except AttributeError as e:
            t += len(str(e))
    return t


print(slots(300))


class Meta(type):
    def __call__(cls, *a, **k):
        cls.made = cls.made + 1
        return super().__call__(*a, **k)

    def __getattr__(cls, n):
        return n.upper()

    def __instancecheck__(cls, o):
        return o == 5

    def __len__(cls):
        return cls.made

    def __iter__(cls):
        return iter((cls.made, 2))

    def __contains__(cls, x):
        return x == cls.made


class M(metaclass=Meta):
    made = 0

    def __init__(self, v=0):
        self.v = v


def meta(n):
    t = 0
    for i in range(n):
        t += M(i).v + isinstance(i % 9, M) + len(M) + sum(M) + (i in M)
        t += len(M.foo) + (type(M).__name__ == "Meta")
    return t, M.made


print(meta(300))


@dataclasses.dataclass(order=True)
class P:
    x: int
    y: float = 0.5
    tags: list = dataclasses.field(default_factory=list, compare=False)

    def norm(self):
        return (self.x**2 + self.y**2) ** 0.5


@dataclasses.dataclass(frozen=True, slots=True)
class F:
    a: int
    b: str = "q"


def data(n):
    ps = []
    t = 0.0
    for i in range(n):
        p = P(i % 13, i / 3)
        p.tags.append(i)
        q = dataclasses.replace(p, x=5)
        t += p.norm() + (p < q) + (p == P(i % 13, i / 3)) + len(repr(q)) + len(dataclasses.astuple(p))
        f = F(i)
        try:
            f.a = 3
        except dataclasses.FrozenInstanceError:
            t += 1
        t += hash(f) % 7 + (f in {F(i)})
        ps.append(p)
    return t, max(ps), sorted(ps)[0]


print(data(300))


class Color(enum.Enum):
    RED = 1
    GREEN = 2
    BLUE = 3


class Fl(enum.IntFlag):
    A = 1
    B = 2
    C = 4


def enums(n):
    t = 0
    for i in range(n):
        c = Color(i % 3 + 1)
        t += c.value + (c is Color.RED) * 2 + len(c.name) + (Color["BLUE"] is c) + len(list(Color))
        f = Fl(i % 8) | Fl.A
        t += f.value + (Fl.B in f) + int(~f & 7) + len(str(f))
        try:
            Color(i + 4)
        except ValueError as e:
            t += len(str(e)) % 5
    return t


print(enums(200))
N = collections.namedtuple("N", "a b c", defaults=(3,))


class T(typing.NamedTuple):
    q: int
    r: str = "r"

    def both(self):
        return self.r * self.q


def nts(n):
    t = 0
    for i in range(n):
        x = N(i, 2)
        y = x._replace(b=i)
        a, b, c = y
        t += a + b + c + x.a + y[1] + len(T(i % 5).both()) + (x == (i, 2, 3)) + len(x._asdict()) + x.index(3) if i != 3 else 0
        try:
            x.a = 1
        except AttributeError:
            t += 1
    return t


print(nts(300))


class Desc:
    def __init__(self):
        self.calls = 0

    def __get__(self, o, t):
        self.calls += 1
        return 1 if o is None else o.v

    def __set__(self, o, v):
        o.v = v + self.calls % 2

    def __set_name__(self, owner, name):
        self.name = name


class NonData:
    def __get__(self, o, t=None):
        return 42


class W:
    d = Desc()
    e = NonData()

    def __init__(self):
        self.v = 0

    @property
    def p(self):
        return self.v * 2

    @p.setter
    def p(self, x):
        self.v = x // 2

    @functools.cached_property
    def cp(self):
        counts.append(1)
        return self.v

    def __getattr__(self, n):
        if n.startswith("dyn"):
            return len(n)
        raise AttributeError(n)

    @classmethod
    def cm(cls, k):
        return cls.__name__ + str(k)

    @staticmethod
    def sm(k):
        return k + 1


counts = []


def descs(n):
    t = 0
    for i in range(n):
        w = W()
        w.d = i
        t += w.d
        w.p = i
        t += w.p + w.cp + w.cp + w.e
        w.__dict__["e"] = 3
        t += w.e
        w.__dict__["d"] = 1000
        t += w.d
        t += w.dynfoo + len(w.cm(i)) + W.sm(i) + w.sm(1) + W.d
        try:
            w.nothing
        except AttributeError as e:
            t += len(str(e))
        t += getattr(w, "nope", 5) + hasattr(w, "v")
        if i == n // 2:
            W.e = 6
            W.sm = staticmethod(lambda k: k * 2)
    return t, len(counts), W.__dict__["d"].calls


print(descs(300))


class Lst(list):
    def __getitem__(self, i):
        return super().__getitem__(i) * 2

    def append(self, x):
        super().append(x)
        super().append(x)

    def __len__(self):
        return 3


class Dct(dict):
    def __missing__(self, k):
        self[k] = k * 2
        return k


class In(int):
    def __add__(self, o):
        return In(int(self) + int(o) + 1)

    __radd__ = __add__

    def __bool__(self):
        return False

    def __index__(self):
        return 1


class Fl2(float):
    def __mul__(self, o):
        return "mul"


class St(str):
    def __eq__(self, o):
        return True

    __hash__ = str.__hash__


def subs(n):
    t = 0
    l = Lst()
    d = Dct()
    for i in range(n):
        l.append(i)
        t += l[i] + len(l) + d[i % 50] + (i % 50 in d)
        x = In(i)
        t += int(x + 1) + int(1 + x) + (0 if x else 3)
        t += len(Fl2(2) * 3) + (St("a") == "b") + ("b" == St("a")) + ("a" in [St("z")])
        for y in l[:3] if i % 10 == 0 else ():
            t += y
        t += sum(l) if i % 100 == 0 else 0
    return t


print(subs(300))


def pick(n):
    t = 0
    for i in range(n):
        o = [P(i), N(1, 2), Color.RED, {"a": (i, None)}, S(4), W()]
        o[4].b = 3
        c = copy.deepcopy(o)
        q = pickle.loads(pickle.dumps(o))
        t += (c[0] == o[0]) + (q[1] == o[1]) + (q[2] is Color.RED) + (copy.copy(o)[3] is o[3]) + c[4].a + q[5].v
    return t


print(pick(60))


class Op:
    def __init__(self, v):
        self.v = v

    def __add__(self, o):
        return NotImplemented if isinstance(o, str) else Op(self.v + (o.v if isinstance(o, Op) else o))

    def __radd__(self, o):
        return Op(self.v + 100)

    def __iadd__(self, o):
        self.v += 1
        return self

    def __lt__(self, o):
        return self.v < o.v

    def __eq__(self, o):
        return isinstance(o, Op) and self.v == o.v

    def __hash__(self):
        return hash(self.v)

    def __call__(self, *a, **k):
        return self.v + len(a) + len(k)

    def __getitem__(self, k):
        return k

    def __contains__(self, k):
        return k == self.v

    def __iter__(self):
        return iter([self.v] * 3)

    def __len__(self):
        return self.v % 4

    def __enter__(self):
        return self

    def __exit__(self, *a):
        return True

    def __neg__(self):
        return Op(-self.v)

    def __matmul__(self, o):
        return self.v * 2

    def __bool__(self):
        return self.v % 2 == 0

    def __format__(self, s):
        return f"<{self.v}{s}>"


class Sub(Op):
    def __radd__(self, o):
        return Op(7)


def ops(n):
    t = 0
    for i in range(n):
        a, b = Op(i), Sub(i + 1)
        t += (
            (a + b).v
            + (a + 1).v
            + (1 + a).v
            + (b + a).v
            + (a < b)
            + (a == Op(i))
            + (a != b)
            + a(1, 2, k=3)
            + (i in a)
            + sum(a)
            + len(a)
        )
        t += a[i : i + 1].start + (-a).v + a @ b + (1 if a else 2) + len(f"{a:>3}") + max(a, b).v
        a += 5
        t += a.v
        try:
            a + "x"
        except TypeError as e:
            t += len(str(e))
        with a:
            raise ValueError
        x, y, z = b
        t += z
        t += len({a, b, Op(i + 1)}) + (a in [b, Op(i + 1)])
    return t


print(ops(300))


def dyn(n):
    t = 0
    for i in range(n):
        C = type("C", (A,), {"g": lambda self, i=i: i})
        o = C()
        t += o.g() + len(o.f())
        if i % 20 == 0:
            A.f = (lambda self: "AA") if i % 40 else (lambda self: "A")
        t += len(o.f())
    return t


print(dyn(200))
