"""Properties, descriptors, slots, __getattr__ and __setattr__, class-level caches, changed in mid-loop."""

import functools


class Temp:
    """With a property and a setter that checks."""

    def __init__(self, c):
        self._c = c

    @property
    def f(self):
        return self._c * 9 / 5 + 32

    @f.setter
    def f(self, v):
        if v < -459.67:
            raise ValueError("too cold")
        self._c = (v - 32) * 5 / 9

    @functools.cached_property
    def slow(self):
        return self._c * 100


class Typed:
    """A data descriptor that counts writes."""

    writes = 0

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, owner):
        return 0 if obj is None else getattr(obj, self.name)

    def __set__(self, obj, v):
        Typed.writes += 1
        setattr(obj, self.name, int(v))


class NonData:
    """A descriptor that an instance's own attribute hides."""

    def __get__(self, obj, owner):
        return 7


class Holder:
    """Holds both descriptors."""

    a = Typed()
    b = NonData()


class Slots:
    """Two slots, one of them empty."""

    __slots__ = ("x", "y")


class Proxy:
    """Forwards what it does not have."""

    def __init__(self, target):
        object.__setattr__(self, "target", target)

    def __getattr__(self, name):
        return getattr(self.target, name)

    def __setattr__(self, name, v):
        setattr(self.target, name, v * 2)


def temps(n):
    t = Temp(20.0)
    s = 0.0
    errors = 0
    for i in range(n):
        s += t.f
        try:
            t.f = t.f + 0.25 if i % 1000 else -500
        except ValueError:
            errors += 1
        s += t.slow
        if i == 2000:
            Temp.f = property(lambda self: 1.0, lambda self, v: None)
    return repr(s), errors


def holders(n):
    h = Holder()
    h.a = 0
    s = 0
    for i in range(n):
        h.a = h.a + 1.7
        s += h.a + h.b
        if i == 1500:
            h.__dict__["a"] = 10**6
            h.__dict__["b"] = 100
        if i == 2500:
            NonData.__set__ = lambda self, obj, v: None
        if i == 2700:
            del Typed.__set__
    return s, Typed.writes


def slots(n):
    o = Slots()
    o.x = 0
    errors = set()
    for i in range(n):
        o.x += i
        try:
            if i % 500 == 0:
                o.z = 1
            o.y  # noqa: B018
        except AttributeError as exc:
            errors.add(str(exc))
        if i == 2000:
            o.y = 1
        if i == 2500:
            del o.y
    return o.x, sorted(errors)


def proxies(n):
    p = Proxy(Temp(1))
    s = 0
    for i in range(n):
        p.k = i
        s += p.k
    return s


print(temps(3000))
print(holders(3000))
print(slots(3000))
print(proxies(3000))
