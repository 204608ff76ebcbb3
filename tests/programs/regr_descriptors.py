"""Slots of other classes, properties whose function changes, metaclasses with answers of their own, descriptors made in mid-loop."""


class A:
    __slots__ = ("x", "y")


class B:
    __slots__ = ("x", "z")


class Stolen:
    __slots__ = ("own",)
    x = A.x
    z = B.z


def steal(n):
    out = []
    for i in range(n):
        s = Stolen()
        s.own = i
        for name in ("x", "z"):
            try:
                out.append(s.x if name == "x" else s.z)
            except TypeError as e:
                out.append(str(e))
            try:
                s.x = i
            except TypeError as e:
                out.append(str(e))
        out.append(s.own)
    return out


print(steal(6)[-5:])


class P:
    def __init__(self):
        self._v = 1

    @property
    def v(self):
        return self._v


def other(self):
    return self._v * 100


def prop(n):
    p = P()
    get = P.v.fget
    out = []
    for i in range(n):
        out.append(p.v)
        if i == n // 2:
            get.__code__ = other.__code__
    return out


print(prop(10), sum(prop(2000)))


class Meta(type):
    log = []

    def __getattr__(cls, name):
        Meta.log.append(name)
        raise AttributeError(name)

    @property
    def __mro__(cls):
        return (int,)


class Thing(metaclass=Meta):
    pass


class User:
    thing = Thing()

    def __init__(self, k):
        self.k = k

    def get(self):
        return type(self.thing).__name__, self.k


def use(n):
    u = User(3)
    out = []
    for i in range(n):
        out.append(u.get())
        u.k = i
        u.thing.k = i
        out.append(u.thing.k)
        out.append(Thing.__name__)
    return out


print(use(8)[-6:], Meta.log)


class Value:
    pass


class Owner:
    value = Value()


def becomes(n):
    o = Owner()
    out = []
    for i in range(n):
        x = o.value
        out.append(x if isinstance(x, int) else type(x).__name__)
        if i == n // 2:
            Value.__get__ = lambda self, obj, t=None: 42
        y = Owner.value
        out.append(y if isinstance(y, int) else type(y).__name__)
    del Value.__get__
    return out


print(becomes(8), becomes(2000).count(42))


class Setter:
    def __set__(self, obj, v):
        obj.__dict__["n"] = v + 1000


class Plain:
    n = Value()

    def __init__(self):
        self.n = 0


def stored(n):
    p = Plain()
    for i in range(n):
        p.n = i
        if i == n // 2:
            Value.__set__ = Setter.__set__
    del Value.__set__
    return p.__dict__


print(stored(9), stored(3000))
