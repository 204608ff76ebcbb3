"""Class attributes, methods, bases and instances' classes and dicts that change in mid-loop."""


class Base:
    """The class that gets changed."""

    weight = 1

    def value(self):
        return self.weight


class Other:
    """A class with the same layout."""

    weight = 50

    def value(self):
        return -1


class Child(Base):
    """Inherits what changes."""


def attribute(obj, n):
    s = 0
    for i in range(n):
        s += obj.value()
        if i == 1500:
            Base.weight = 3
        if i == 2000:
            obj.weight = 7
        if i == 2500:
            del obj.weight
        if i == 2700:
            Base.value = lambda self: 100
        if i == 2800:
            Child.value = lambda self: 1000
    return s


def change_class(n):
    obj = Base()
    s = 0
    for i in range(n):
        s += obj.weight
        if i == 1500:
            obj.__class__ = Other
        if i == 2500:
            obj.__class__ = Base
    return s


def change_dict(n):
    obj = Base()
    obj.x = 1
    s = 0
    for i in range(n):
        s += obj.x
        if i == 1500:
            obj.__dict__ = {"x": 5, "y": 1}
        if i == 1600:
            obj.__dict__["x"] = 2.5
        if i == 2500:
            obj.__dict__["x"] = 9
        if i == 2800:
            vars(obj).clear()
            obj.x = 4
    return s


def change_bases(n):
    class Left:
        def f(self):
            return 1

    class Right:
        def f(self):
            return 10

    class Bottom(Left):
        pass

    obj = Bottom()
    s = 0
    for i in range(n):
        s += obj.f()
        if i == 2000:
            Bottom.__bases__ = (Right,)
    return s


def instance_shadows(n):
    obj = Other()
    s = 0
    for i in range(n):
        s += obj.value()
        if i == 2000:
            obj.value = lambda: 5
        if i == 2500:
            Other.value = property(lambda self: (lambda: 77))
    return s


def getattr_appears(n):
    class Lazy:
        pass

    obj = Lazy()
    s = 0
    for i in range(n):
        try:
            s += obj.missing
        except AttributeError as exc:
            if i == 0:
                print(exc)
        if i == 2000:
            Lazy.__getattr__ = lambda self, name: len(name)
    return s


print(attribute(Base(), 3000))
print(attribute(Child(), 3000))
print(change_class(3000))
print(change_dict(3000))
print(change_bases(3000))
print(instance_shadows(3000))
print(getattr_appears(3000))
