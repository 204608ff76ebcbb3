"""What the program drops dies at once, though a compiled trace has seen it."""

import functools
import gc
import types
import weakref

log = []
gc.disable()  # what dies in cycles is not what this is about


class Helper:
    def __init__(self, name):
        self.name = name
        self.x = 1

    def __del__(self):
        log.append(self.name)

    def one(self):
        return 1

    def __call__(self, i):
        return i

    def __getitem__(self, i):
        return i

    def __contains__(self, i):
        return i == 3

    def __len__(self):
        return 5


def watch(thing, name):
    weakref.finalize(thing, log.append, name).atexit = False


def once(function, k):
    gc.collect()
    log.clear()
    function(f"{function.__name__}{k}")
    print(function.__name__, k, log)


def case(function):
    """No loop: it would be hot for its collections."""
    once(function, 0)
    once(function, 1)
    once(function, 2)


def run(body, space, n=60):
    """Runs a loop in a function of its own."""
    source = f"def loop(n):\n  t = 0\n  for i in range(n):\n    {body}\n  return t\n"
    exec(source, space)
    loop = space["loop"]
    return loop(n) + loop(n)


def mark(what):
    log.append(what)


@case
def class_attribute_by_instance(name):
    class C:
        h = Helper(name)

    run("t += c.h.x", {"c": C()})
    mark("before")
    C.h = None
    mark("after")


@case
def class_attribute_by_class(name):
    class C:
        h = Helper(name)

    run("t += C.h.x", {"C": C})
    mark("before")
    del C.h
    mark("after")


@case
def class_attribute_called(name):
    class C:
        h = Helper(name)

    run("t += C.h(i) + C.h.one() + C.h[i] + (i in C.h) + len(C.h)", {"C": C})
    mark("before")
    del C.h
    mark("after")


@case
def class_attribute_of_base(name):
    class B:
        h = Helper(name)

    class C(B):
        pass

    run("t += c.h.x + C.h.x", {"C": C, "c": C()})
    mark("before")
    B.h = 3
    mark("after")


@case
def class_attribute_list(name):
    class C:
        h = [Helper(name)]

    run("t += c.h[0].x + C.h[0].x", {"C": C, "c": C()})
    mark("before")
    C.h = 3
    mark("after")


@case
def class_attribute_tuple(name):
    class C:
        h = (Helper(name), 4)

    run("t += c.h[0].x + C.h[0].x + len(C.h)", {"C": C, "c": C()})
    mark("before")
    C.h = 3
    mark("after")


@case
def class_attribute_bound_method(name):
    class C:
        h = Helper(name).one

    run("t += c.h() + C.h()", {"C": C, "c": C()})
    mark("before")
    C.h = 3
    mark("after")


@case
def class_attribute_partial(name):
    class C:
        h = functools.partial(Helper(name), 3)

    run("t += C.h()", {"C": C, "c": C()})
    mark("before")
    C.h = 3
    mark("after")


@case
def init_replaced(name):
    class C:
        def __init__(self, h=Helper(name)):
            self.h = h

    run("t += C().h.x", {"C": C})
    mark("before")
    C.__init__ = lambda self: None
    mark("after")


@case
def default_replaced(name):
    def f(x, h=Helper(name)):
        return h.x + x

    run("t += f(i)", {"f": f})
    mark("before")
    f.__defaults__ = (None,)
    mark("after")


@case
def default_deleted(name):
    def f(x, h=Helper(name)):
        return h.one() + x

    run("t += f(i)", {"f": f})
    mark("before")
    del f.__defaults__
    mark("after")


@case
def kwdefault_replaced(name):
    def f(x, *, h=Helper(name)):
        return h.x + x

    run("t += f(i)", {"f": f})
    mark("before")
    f.__kwdefaults__ = {"h": None}
    mark("after")


@case
def kwdefault_in_place(name):
    def f(x, *, h=Helper(name)):
        return h.x + x

    run("t += f(i)", {"f": f})
    mark("before")
    f.__kwdefaults__["h"] = Helper("other")
    mark("after")
    f.__kwdefaults__["h"].x = 100
    print(run("t += f(i)", {"f": f}))
    f.__kwdefaults__.clear()


@case
def closure_rebound(name):
    h = Helper(name)

    def f(x):
        return h.x + x

    def change():
        nonlocal h
        h = None

    run("t += f(i)", {"f": f})
    mark("before")
    change()
    mark("after")


@case
def closure_deleted(name):
    h = Helper(name)

    def loop(n):
        t = 0
        for _ in range(n):
            t += h.x + h.one()
        return t

    loop(50)
    loop(50)
    mark("before")
    del h
    mark("after")


@case
def module_attribute(name):
    m = types.ModuleType("m")
    m.h = Helper(name)
    run("t += m.h.x + m.h.one()", {"m": m})
    mark("before")
    m.h = 4
    mark("after")


@case
def module_function(name):
    m = types.ModuleType("m")
    exec("def f(x): return x", m.__dict__)
    watch(m.f, "f")
    run("t += m.f(i)", {"m": m})
    mark("before")
    del m.f
    mark("after")


@case
def global_object(name):
    space = {"h": Helper(name)}
    run("t += h.x + h.one()", space)
    mark("before")
    del space["h"]
    mark("after")


@case
def global_tuple(name):
    space = {"h": (Helper(name), 3)}
    run("t += h[0].x + h[1]", space)
    mark("before")
    del space["h"]
    mark("after")


@case
def global_bound_method(name):
    space = {"h": Helper(name).one}
    run("t += h()", space)
    mark("before")
    del space["h"]
    mark("after")


@case
def global_callable(name):
    space = {"h": Helper(name)}
    run("t += h(i)", space)
    mark("before")
    del space["h"]
    mark("after")


@case
def isinstance_tuple(name):
    class A:
        pass

    space = {"kinds": (A, int), "A": None}
    watch(A, "A")
    space["a"] = A()
    del A
    run("t += isinstance(a, kinds)", space)
    mark("before")
    space.clear()
    mark("after")


@case
def local_partial(name):
    def loop(n, f):
        t = 0
        for _ in range(n):
            t += f()
        return t

    f = functools.partial(Helper(name), 4)
    loop(50, f)
    loop(50, f)
    mark("before")
    del f
    mark("after")


@case
def local_method(name):
    def loop(n, f):
        t = 0
        for _ in range(n):
            t += f()
        return t

    f = Helper(name).one
    loop(50, f)
    loop(50, f)
    mark("before")
    del f
    mark("after")


@case
def local_class(name):
    def loop(n, f):
        t = 0
        for _ in range(n):
            t += f().x
        return t

    class C:
        x = 1
        h = Helper(name)

    loop(50, C)
    loop(50, C)
    mark("before")
    del C.h
    mark("after")


@case
def local_object_compared(name):
    def loop(n, a, b):
        t = 0
        for _ in range(n):
            if a is b:
                t += 1
            t += a.x
        return t

    h = Helper(name)
    loop(50, h, h)
    loop(50, h, h)
    mark("before")
    del h
    mark("after")


@case
def match_class(name):
    class P:
        __match_args__ = ("x",)

        def __init__(self):
            self.x = 1

    P.h = Helper(name)
    space = {"P": P, "p": P()}
    run("match p:\n      case P(x): t += x", space)
    mark("before")
    del P.h
    mark("after")


@case
def slot_descriptor(name):
    class C:
        __slots__ = ("a",)

    c = C()
    c.a = Helper(name)
    run("t += c.a.x", {"c": c})
    mark("before")
    del c.a
    mark("after")


@case
def dict_item(name):
    d = {"k": Helper(name)}
    run("t += d['k'].x", {"d": d})
    mark("before")
    del d["k"]
    mark("after")


@case
def exec_code(name):
    space = {"h": Helper(name)}
    exec("def f(x): return x + h.x\nfor i in range(60): f(i)\n", space)
    mark("before")
    del space["h"]
    mark("after")


@case
def replaced_in_the_loop(name):
    class C:
        h = Helper(name)

    c = C()
    t = 0
    for i in range(60):
        t += c.h.x + C.h.one()
        if i % 10 == 9:
            C.h = Helper(f"{name}.{i}")
            mark(i)
    mark(t)


@case
def replaced_by_a_callee(name):
    class C:
        h = Helper(name)

        def change(self, i):
            if i % 20 == 19:
                C.h = Helper(f"{name}.{i}")
                mark(i)
            return self.h.x

    c = C()
    t = 0
    for i in range(60):
        h = c.h
        t += c.change(i) + h.x + c.h.x
    mark(t)


@case
def replaced_by_its_finalizer(name):
    class Again(Helper):
        def __del__(self):
            mark(run("t += c.h.x", {"c": C()}, 5))
            C.h = Helper("another")
            mark("end")

    class C:
        h = Again(name)

    run("t += c.h.x", {"c": C()})
    mark("before")
    C.h = Helper("next")
    mark("after")
    mark(run("t += c.h.x", {"c": C()}, 5))


@case
def default_changed_by_the_function(name):
    def f(i, h=Helper(name)):
        if i == 40:
            f.__defaults__ = (Helper("new"),)
            mark("changed")
        return h.x

    t = 0
    for i in range(60):
        t += f(i)
    mark(t)


@case
def kwdefault_changed_by_the_function(name):
    def f(i, *, h=Helper(name)):
        if i == 40:
            f.__kwdefaults__["h"] = Helper("new")
            mark("changed")
        return h.x

    t = 0
    for i in range(60):
        t += f(i)
    mark(t)


@case
def given_up_while_it_runs(name):
    class C:
        h = Helper(name)

    def loop(n):
        t = 0
        for i in range(n):
            t += C.h.x if i != 30 else drop()
            if i == 30:
                C.h = Helper("new")
        return t

    def drop():
        del C.h
        mark("dropped")
        return 5

    loop(20)
    mark(loop(50))


@case
def bases_changed(name):
    class A:
        h = Helper(name)

    class B:
        h = Helper(name + "b")

    class C(A):
        pass

    c = C()
    run("t += c.h.x", {"c": c})
    C.__bases__ = (B,)
    mark("before")
    A.h = 1
    mark("after")
    run("t += c.h.x", {"c": c})
    del B.h
    mark("end")


@case
def shadowed(name):
    class C:
        h = Helper(name)

    c = C()

    def loop(n):
        t = 0
        for i in range(n):
            t += c.h.x
            if i == 30:
                c.h = Helper(name + "own")
            if i == 40:
                C.h = None
                mark("class")
            if i == 45:
                c.h = Helper(name + "last")
        return t

    mark(loop(60))
    mark("end")
