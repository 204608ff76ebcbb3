"""Objects of descriptors' and callables' classes whose __init__ or __setstate__ is called again while a loop looks through them."""

import functools
import operator
import types


def f(a=0, b=0):
    return 1


def g(a=0, b=0):
    return 1000


def case(function):
    try:
        print(function.__name__, function())
    except Exception as e:
        print(function.__name__, type(e), e)


def twice(make, change, n=40):
    """A loop of n, n/2 of them before the change."""
    out = []
    for _ in range(2):
        it = make()
        for i in range(n):
            if i == n // 2:
                change()
            out.append(it(i))
    return sum(out), len(out)


@case
def static():
    class C:
        m = staticmethod(f)

    c = C()
    d = C.__dict__["m"]
    t = 0
    for i in range(60):
        if i == 30:
            staticmethod.__init__(d, g)
        t += c.m(i) + C.m(i)
    return t


@case
def static_inherited():
    class B:
        m = staticmethod(f)

    class C(B):
        pass

    d = B.__dict__["m"]
    t = 0
    for i in range(60):
        if i % 20 == 19:
            d.__init__(g if i % 40 == 19 else f)
        t += C().m(i) + C.m(i)
    return t


@case
def static_new():
    class C:
        def __new__(cls, x):
            return object.__new__(cls)

        x = 1

    def other(cls, x):
        self = object.__new__(cls)
        self.x = 1000
        return self

    d = C.__dict__["__new__"]
    t = 0
    for i in range(60):
        if i == 30:
            d.__init__(other)
        t += C(i).x
    return t


@case
def class_method():
    class C:
        @classmethod
        def m(cls, i):
            return 1

    d = C.__dict__["m"]
    c = C()
    t = 0
    for i in range(60):
        if i == 30:
            classmethod.__init__(d, g)
        t += c.m(i) + C.m(i)
    return t


@case
def class_method_of_method():
    class C:
        @classmethod
        def m(cls, i):
            return i

        def n(self, i):
            return i

        k = classmethod(f)

    t = 0
    for i in range(60):
        if i == 30:
            C.__dict__["k"].__init__(len)
        try:
            t += C.k()
        except TypeError as e:
            t += len(str(e))
    return t


@case
def prop():
    class C:
        p = property(f)

    d = C.__dict__["p"]
    c = C()
    t = 0
    for i in range(60):
        if i == 30:
            d.__init__(g)
        t += c.p
    return t


@case
def prop_setter():
    log = []

    class C:
        p = property(f, lambda self, v: log.append(v))

    d = C.__dict__["p"]
    c = C()
    for i in range(60):
        if i == 30:
            property.__init__(d, g, lambda self, v: log.append(-v))
        c.p = i
    return sum(log), len(log)


@case
def prop_gone():
    class C:
        p = property(f)

    d = C.__dict__["p"]
    c = C()
    t = 0
    for i in range(60):
        if i == 30:
            d.__init__()
        try:
            t += c.p
        except AttributeError as e:
            t += len(str(e))
    return t


@case
def partial_state():
    p = functools.partial(f, 1)
    t = 0
    for i in range(60):
        if i == 30:
            p.__setstate__((g, (), {}, {}))
        t += p(i)
    return t


@case
def partial_global():
    global P
    P = functools.partial(f, 1)
    t = 0
    for i in range(60):
        if i == 30:
            P.__setstate__((g, (), {}, {}))
        t += P(i)
    return t


@case
def partial_class():
    class C:
        p = functools.partial(f, 1)

    t = 0
    for i in range(60):
        if i == 30:
            C.p.__setstate__((operator.add, (i,), {}, {}))
        t += C.p(i) + C().p(i)
    return t


@case
def static_call():
    s = staticmethod(f)
    t = 0
    for i in range(60):
        if i == 30:
            s.__init__(g)
        t += s(i)
    return t


@case
def call_static():
    class C:
        __call__ = staticmethod(f)

    c = C()
    d = C.__dict__["__call__"]
    t = 0
    for i in range(60):
        if i == 30:
            d.__init__(g)
        t += c(i)
    return t


@case
def call_class_method():
    class C:
        @classmethod
        def __call__(cls, i):
            return 1

    c = C()
    d = C.__dict__["__call__"]
    t = 0
    for i in range(60):
        if i == 30:
            d.__init__(g)
        t += c(i)
    return t


class Callable:
    def __call__(self, *a):
        return None


@case
def init_callable():
    class C:
        __init__ = Callable()

    t = 0
    for i in range(60):
        if i == 30:
            Callable.__call__ = lambda self, *a: 5
        try:
            C(i)
            t += 1
        except TypeError as e:
            t += len(str(e))
    del Callable.__call__
    Callable.__call__ = lambda self, *a: None
    return t


@case
def init_static():
    made = []

    class C:
        __init__ = staticmethod(lambda *a: made.append(len(a)))

    for i in range(60):
        if i == 30:
            C.__dict__["__init__"].__init__(lambda *a: made.append(1000 + len(a)))
        C(i)
    return sum(made), len(made)


@case
def init_class_method():
    made = []

    class C:
        @classmethod
        def __init__(cls, *a):
            made.append((cls.__name__, a))

    for i in range(60):
        C(i)
    return len(made), made[-1]


@case
def operators_static():
    class C:
        __add__ = staticmethod(f)
        __getitem__ = staticmethod(f)
        __len__ = staticmethod(f)
        __bool__ = staticmethod(lambda: True)
        __iter__ = staticmethod(lambda: iter((1, 2)))
        __eq__ = classmethod(lambda cls, other: cls is C)
        __contains__ = staticmethod(lambda x: x == 3)

    c = C()
    t = 0
    for i in range(60):
        if i == 30:
            for name in ("__add__", "__getitem__"):
                C.__dict__[name].__init__(g)
        t += (c + i) + c[i] + len(c) + (1 if c else 0) + sum(c) + (c == i) + (i in c)
    return t


@case
def super_state():
    class A:
        def m(self):
            return 1

    class B(A):
        def m(self):
            return 1000

    class C(B):
        pass

    c = C()
    s = super(B, c)
    t = 0
    for i in range(60):
        if i == 30:
            s.__init__(C, c)
        t += s.m()
    return t


@case
def method_set():
    class C:
        def m(self):
            return 1

    c = C()
    t = 0
    for i in range(60):
        if i == 30:
            c.m = lambda: 1000
        t += c.m()
    return t


@case
def method_wrapped():
    class D:
        def __init__(self, v):
            self.v = v

        def __get__(self, obj, cls):
            return self.v

    class C:
        d = D(1)

    c = C()
    t = 0
    for i in range(60):
        if i == 20:
            C.__dict__["d"].v = 10
        if i == 40:
            D.__get__ = lambda self, obj, cls: 100
        t += c.d + C.d
    return t


@case
def partial_method():
    class C:
        def m(self, a, b):
            return a + b

        p = functools.partialmethod(m, 1)

    c = C()
    t = 0
    for i in range(60):
        if i == 30:
            C.__dict__["p"].args = (1000,)
        t += c.p(i)
    return t


@case
def cached():
    calls = []

    class C:
        @functools.cached_property
        def p(self):
            calls.append(1)
            return len(calls)

    t = 0
    c = C()
    for i in range(60):
        if i % 7 == 0:
            c.__dict__.pop("p", None)
        t += c.p
    return t


@case
def types_method():
    m = types.MethodType(f, 3)
    t = 0
    for i in range(60):
        if i == 30:
            m = types.MethodType(g, 3)
        t += m()
    return t


@case
def enumerate_reinit():
    class It:
        def __init__(self, n):
            self.n = n

        def __iter__(self):
            return self

        def __next__(self):
            self.n -= 1
            if self.n < 0:
                raise StopIteration
            return self.n

    t = 0
    it = It(100)
    for x in it:
        t += x
        if x == 50:
            it.__init__(30)
    return t


@case
def itemgetter_state():
    get = operator.itemgetter(0)
    t = 0
    for i in range(60):
        if i == 30:
            get = operator.itemgetter(1)
        t += get((i, 1000))
    return t


@case
def kwdefaults():
    def h(x, *, k=1):
        return x + k

    t = 0
    for i in range(60):
        if i == 20:
            h.__kwdefaults__["k"] = 1000
        if i == 40:
            h.__kwdefaults__ = {"k": 5}
        t += h(i)
    return t


@case
def list_reinit():
    x = [1, 2, 3]
    t = 0
    for i in range(60):
        if i == 30:
            x.__init__((5, 6))
        t += len(x) + x[0]
    for v in x:
        t += v
        if len(x) < 50:
            x.__init__([1] * 60)
    return t


@case
def function_state():
    def h(x):
        return 1

    t = 0
    for i in range(90):
        if i == 30:
            h.__code__ = (lambda x: 1000).__code__
        if i == 60:
            h.__defaults__ = (7,)
        t += h() if i > 60 else h(1)
    return t


@case
def cell_contents():
    k = 1

    def h(x):
        return x + k

    t = 0
    for i in range(60):
        if i == 30:
            h.__closure__[0].cell_contents = 1000
        t += h(i)
    return t, k


@case
def type_bases():
    class A:
        def m(self):
            return 1

    class B:
        def m(self):
            return 1000

    class C(A):
        pass

    c = C()
    t = 0
    for i in range(60):
        if i == 30:
            C.__bases__ = (B,)
        t += c.m()
    return t
