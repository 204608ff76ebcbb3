"""A recording given up inside an inlined __init__ leaves the instance, not __init__'s None."""


class Point:
    def __init__(self, x):
        self.x = x
        for k in range(3):
            self.x += k

    def show(self):
        return self.x


class With:
    def __init__(self, x):
        self.x = x
        with open("/dev/null") as f:
            self.y = f.closed

    def show(self):
        return self.x, self.y


class Fails:
    def __init__(self, x):
        self.x = x
        if x % 3 == 0:
            raise ValueError(x)

    def show(self):
        return self.x


class Bad:
    def __init__(self, x):
        self.x = x
        return x % 4 or None

    def show(self):
        return self.x


def make(cls, n):
    out = []
    for i in range(n):
        try:
            t = cls(i)
            out.append(t.show())
        except (ValueError, TypeError) as e:
            out.append(repr(e))
    return out


for cls in (Point, With, Fails, Bad, Point, Fails):
    print(make(cls, 7))
