"""Classes that change, and classes of which nothing may be asked while they are looked at: modules, constants, metaclasses, `__class__`, `__hash__`."""

import types


class A:
    __slots__ = ()

    def m(self):
        return "A"

    def __call__(self):
        return "called A"

    def __len__(self):
        return 1


class B:
    __slots__ = ()

    def m(self):
        return "B"

    def __call__(self):
        return "called B"

    def __len__(self):
        return 0


class Holder:
    held = A()


one = Holder.held


def by_default(o=one):
    return o.m()


def make():
    o = one

    def inner():
        return o.m()

    return inner


in_cell = make()
method = types.MethodType(lambda self: self.m(), one)


def names(n):
    out = []
    for i in range(n):
        if i == n // 2:
            one.__class__ = B
        out.append((type(Holder.held).__name__, isinstance(Holder.held, A), Holder.held.m()))
    return out


def truth(n):
    out = []
    for i in range(n):
        if i == n // 2:
            one.__class__ = B
        out.append((Holder.held(), 1 if Holder.held else 0))
    return out


def defaults(n):
    out = []
    for i in range(n):
        if i == n // 2:
            one.__class__ = B
        out.append(by_default())
    return out


def cells(n):
    out = []
    for i in range(n):
        if i == n // 2:
            one.__class__ = B
        out.append(in_cell())
    return out


def methods(n):
    out = []
    for i in range(n):
        if i == n // 2:
            one.__class__ = B
        out.append(method())
    return out


for f in names, truth, defaults, cells, methods:
    print(f.__name__, f(24))
    one.__class__ = A


class Plain:
    __slots__ = ()


class Descriptor:
    __slots__ = ()

    def __get__(self, obj, cls):
        return "described"


class Owner:
    attribute = Plain()

    def __init__(self):
        self.x = 1


attribute = Owner.attribute


def described(n):
    out = []
    owner = Owner()
    for i in range(n):
        if i == n // 2:
            attribute.__class__ = Descriptor
        a, b = Owner.attribute, owner.attribute
        out.append((a if type(a) is str else type(a).__name__, b if type(b) is str else type(b).__name__))
    return out


print(described(24))

module = types.ModuleType("module")
module.x = 1


class Module(types.ModuleType):
    @property
    def x(self):
        return "computed"


def modules(n):
    out = []
    for i in range(n):
        if i == n // 2:
            module.__class__ = Module
        out.append(module.x)
    return out


print(modules(24))


def keyword(*, a=1):
    return a


class WithKeyword:
    def __init__(self, *, v=3):
        self.v = v

    def m(self, *, v=3):
        return v


def keyword_defaults(n):
    out = []
    o = WithKeyword()
    for i in range(n):
        if i == n // 3:
            keyword.__kwdefaults__["a"] = 100
            WithKeyword.__init__.__kwdefaults__["v"] = 50
            WithKeyword.m.__kwdefaults__["v"] = 60
        if i == n // 2:
            del keyword.__kwdefaults__["a"]
        try:
            out.append(keyword())
        except TypeError as e:
            out.append(str(e))
        out.append((WithKeyword().v, o.m()))
    return out


print(keyword_defaults(30))


class Initialized:
    def __init__(self, v):
        self.v = v
        if v == "inside":
            raise KeyError(v)
        return v


def initialized(vs):
    n = 0
    for v in vs:
        try:
            n += Initialized(v) is not None
        except (TypeError, KeyError) as e:
            print(v, e)
    return n


def not_caught(vs):
    n = 0
    for v in vs:
        n += Initialized(v) is not None
    return n


print(initialized([None] * 12), initialized([None] * 3 + [3, None, "x", "inside", None]), not_caught([None] * 12))
try:
    print(not_caught([None] * 3 + [3, None]))
except TypeError as e:
    print(e)


class Logging:
    def __init__(self):
        object.__setattr__(self, "log", [])

    def __getattribute__(self, name):
        if name != "log":
            object.__getattribute__(self, "log").append(name)
        return object.__getattribute__(self, name)

    x = 3

    def m(self):
        return 1

    def __call__(self):
        return 1

    def __iter__(self):
        return iter([1])

    def __len__(self):
        return 3


def logged(c, n):
    t = 0
    for i in range(n):
        t += c.x + c.m() + c() + len(c) + isinstance(c, list)
        for z in c:
            t += z
        c.y = 3
    return t


logging = Logging()
print(logged(logging, 12), logging.log)


class Pretender:
    asked = 0

    @property
    def __class__(self):
        Pretender.asked += 1
        return list

    x = 3

    def m(self):
        return 1

    def __call__(self):
        return 1


def pretended(c, n):
    t = 0
    for i in range(n):
        t += c.x + c.m() + c()
        c.z = i
    return t


print(pretended(Pretender(), 12), Pretender.asked)


class Watching(type):
    log = []

    def __getattribute__(self, name):
        if name not in ("n", "log"):
            Watching.log.append(name)
        return type.__getattribute__(self, name)


class Watched(metaclass=Watching):
    x = 3

    def m(self):
        return 1

    def __call__(self):
        return 1

    def __iadd__(self, other):
        return self

    def __iter__(self):
        return iter([1])


def watched(c, n):
    t = 0
    for i in range(n):
        t += c.x + c.m() + c() + (c == i)
        c.z = i
        c += 2
        for z in c:
            t += z
    return t


print(watched(Watched(), 12), Watching.log)


class NoHash:
    def __init__(self):
        self.n = 0

    def __hash__(self):
        print("asked for a hash")
        raise ValueError

    def __eq__(self, other):
        print("compared")
        return False

    def __call__(self, *args):
        self.n += 1
        return self.n


def call(c, n):
    t = 0
    for i in range(n):
        t += c(i) + c(j for j in range(2))
    return t


print(call(NoHash(), 12), call(NoHash(), 12))


class Text(str):
    pass


class Formatted:
    def __init__(self, v):
        self.v = v

    def __format__(self, spec):
        return self.v


def formatted(xs):
    out = []
    for x in xs:
        y = f"{x}"
        out.append((type(y).__name__, y == "ab", y.upper()))
    return out


print(formatted([Formatted("ab")] * 8), formatted([Formatted("ab"), Formatted(Text("ab")), Formatted(Text("b"))]))
