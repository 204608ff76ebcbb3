"""super(): methods, attributes, cooperative inheritance, classes that change; objects that are always true, or not."""


class Base:
    kind = "base"

    def __init__(self, k):
        super().__init__()
        self.k = k

    def value(self):
        return self.k

    @property
    def double(self):
        return self.k * 2

    @classmethod
    def make(cls, k):
        return cls(k)


class Left(Base):
    def __init__(self, k):
        super().__init__(k)
        self.left = k + 1

    def value(self):
        return super().value() + self.left

    @property
    def double(self):
        return super().double + 1

    @classmethod
    def make(cls, k):
        return super().make(k + 1)


class Right(Base):
    def value(self):
        return super(Right, self).value() * 3


class Both(Left, Right):
    kind = "both"

    def name(self):
        return super().kind

    def value(self):
        method = super().value
        return method() + super().value()


class Items(list):
    def append(self, x):
        super().append(x)
        super().append(-x)

    def __len__(self):
        return super().__len__() // 2


def methods(n):
    out = 0
    for i in range(n):
        b = Both(i)
        out += b.value() + b.double + len(b.name()) + Both.make(i).k
        if i == n // 2:
            Right.value = lambda self: -self.k
        if i == n - 100:
            Left.kind = "left"
            Base.__init__ = lambda self, k: setattr(self, "k", 5)
    return out


def lists(n):
    items = Items()
    for i in range(n):
        items.append(i)
    return len(items), sum(items), list.__len__(items)


def errors(n):
    class Wrong(Base):
        def value(self):
            return super().nothing()

    class Shadow(Base):
        def value(self):
            return super(Left, self).value()

    out = []
    for i in range(n):
        try:
            (Wrong if i % 2 else Shadow)(i).value()
        except (AttributeError, TypeError) as e:
            if i > n - 3:
                out.append(str(e))
    return out


class Truth:
    pass


class Empty:
    def __init__(self, k):
        self.k = k

    def __len__(self):
        return self.k % 2


class Asked:
    def __bool__(self):
        return False


def truth(n):
    out = 0
    things = [Truth(), Empty(1), Empty(2), Asked(), {}, {1: 1}, set(), frozenset("a"), len, range(0), Truth, 0.0]
    for i in range(n):
        for t in things:
            if t:
                out += 1
            elif not t:
                out += 1000
        if i == n // 2:
            Truth.__bool__ = lambda self: False
        if i == n - n // 4:
            things[4][2] = 3
            del Truth.__bool__
            Truth.__len__ = lambda self: 0
    return out


for run in (methods, lists, errors, truth):
    print(run.__name__, run(5000))
