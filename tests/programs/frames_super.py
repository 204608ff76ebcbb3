"""super(), __class__ cells, class methods, static methods and multiple inheritance in hot loops."""


class A:
    """The root."""

    made = 0

    def __init__(self, v):
        self.v = v
        type(self).made += 1

    def get(self):
        return self.v

    @classmethod
    def build(cls, v):
        return cls(v)

    @staticmethod
    def twice(v):
        return v * 2


class B(A):
    """One branch."""

    def get(self):
        return super().get() + 1


class C(A):
    """The other branch."""

    def get(self):
        return super().get() * 2

    def kind(self):
        return __class__.__name__


class D(B, C):
    """Both."""

    def get(self):
        return super().get() - 3

    @classmethod
    def build(cls, v):
        return super().build(v + 1)


def run(cls, n):
    s = 0
    obj = cls.build(3)
    for i in range(n):
        s += obj.get() + cls.twice(i)
        if i % 100 == 0:
            obj = cls.build(i)
    return s, cls.made


for kind in (A, B, C, D):
    print(kind.__name__, run(kind, 3000))
objs = [A(1), B(2), C(3), D(4)]
s = 0
for i in range(4000):
    s += objs[i % 4].get()
print(s, sum(D(1).kind() == "C" for _ in range(2000)))
print([c.__name__ for c in D.__mro__])
t = 0
for i in range(3000):
    t += super(D, objs[3]).get() + super(B, objs[3]).get()
    if i == 2000:
        C.get = lambda self: 1000
print(t)


class Meta(type):
    """A metaclass with a call counter."""

    calls = 0

    def __call__(cls, *args):
        Meta.calls += 1
        return super().__call__(*args)


class E(metaclass=Meta):
    """Made by Meta."""

    def __new__(cls, v):
        self = super().__new__(cls)
        self.w = v + 1
        return self

    def __init__(self, v):
        self.w += v


print(sum(E(i).w for i in range(3000)), Meta.calls)
