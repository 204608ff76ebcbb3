"""Functions, and what they hold, die before the next call when the program drops them, though a compiled trace has inlined them."""

import gc
import sys
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
def class_attribute_staticmethod(name):
    class C:
        h = staticmethod(Helper(name))

    run("t += c.h(i) + C.h(i)", {"C": C, "c": C()})
    mark("before")
    C.h = 3
    mark("after")


@case
def method_replaced(name):
    class C:
        def m(self, h=Helper(name)):
            return h.x

    watch(C.m, "m")
    run("t += c.m()", {"C": C, "c": C()})
    mark("before")
    C.m = 3
    mark("after")


@case
def method_deleted(name):
    class C:
        def m(self):
            return 1

    watch(C.m, "m")
    watch(C.m.__code__, "code")
    run("t += c.m()", {"C": C, "c": C()})
    mark("before")
    del C.m
    mark("after")


@case
def property_replaced(name):
    class C:
        @property
        def p(self, h=Helper(name)):
            return h.x

    run("t += c.p", {"c": C()})
    mark("before")
    C.p = 3
    mark("after")


@case
def operator_replaced(name):
    class C:
        def __add__(self, other, h=Helper(name)):
            return h.x + other

    run("t += c + 1", {"c": C()})
    mark("before")
    del C.__add__
    mark("after")


@case
def function_deleted(name):
    def f(x, h=Helper(name)):
        return h.x + x

    watch(f, "f")
    space = {"f": f}
    del f
    run("t += f(i)", space)
    mark("before")
    del space["f"]
    mark("after")


@case
def function_rebound(name):
    def f(x):
        return 1 + x

    watch(f, "f")
    space = {"f": f}
    del f
    run("t += f(i)", space)
    mark("before")
    space["f"] = len
    mark("after")


@case
def function_with_attributes(name):
    def f(x):
        return 1 + x

    f.h = Helper(name)
    space = {"f": f}
    del f
    run("t += f(i)", space)
    mark("before")
    space["f"] = len
    mark("after")


@case
def function_with_closure(name):
    def make(h):
        def f(x):
            return h.x + x

        return f

    space = {"f": make(Helper(name))}
    run("t += f(i)", space)
    mark("before")
    space["f"] = len
    mark("after")


@case
def function_code_replaced(name):
    def f(x):
        return 1 + x

    watch(f.__code__, "code")
    space = {"f": f}
    old = f.__code__.replace(co_name="copy")
    f.__code__ = old
    watch(old, "copy")
    del old
    run("t += f(i)", space)
    mark("before")
    f.__code__ = (lambda x: x).__code__
    mark("after")


@case
def module_deleted(name):
    m = types.ModuleType("m")
    m.h = Helper(name)
    space = {"m": m}
    watch(m, "module")
    del m
    run("t += m.h.x", space)
    mark("before")
    del space["m"]
    mark("after")


@case
def generator_function(name):
    def g(n, h=Helper(name)):
        for i in range(n):
            yield h.x + i

    watch(g, "g")
    space = {"g": g}
    del g
    run("t += sum(g(5))", space)
    mark("before")
    del space["g"]
    mark("after")


@case
def namespace_cleared(name):
    space = {"h": Helper(name), "f": lambda x: x}
    watch(space["f"], "f")
    run("t += h.x + f(i)", space)
    mark("before")
    space.clear()
    mark("after")


@case
def staticmethod_function(name):
    class C:
        @staticmethod
        def m(x, h=Helper(name)):
            return x + h.x

    watch(C.m, "m")
    run("t += C.m(i)", {"C": C})
    mark("before")
    del C.m
    mark("after")


@case
def classmethod_function(name):
    class C:
        @classmethod
        def m(cls, x, h=Helper(name)):
            return x + h.x

    run("t += C.m(i) + C().m(i)", {"C": C})
    mark("before")
    del C.m
    mark("after")


@case
def super_method(name):
    class B:
        def m(self, h=Helper(name)):
            return h.x

    class C(B):
        def m(self):
            return super().m()

    run("t += c.m()", {"c": C()})
    mark("before")
    del B.m
    mark("after")


@case
def state_of_a_finalizer(name):
    """Recursion limit, tracing and frames are the program's."""

    class Sees(Helper):
        def __del__(self):
            frame = sys._getframe(1)
            names = []
            while frame is not None:
                names.append(frame.f_code.co_name)
                frame = frame.f_back
            log.append([n for n in names if n not in ("mark", "state_of_a_finalizer", "once", "case", "<module>")])
            log.append(deep(0) < 1100)
            run("t += i", {})

    def deep(k):
        try:
            return deep(k + 1)
        except RecursionError:
            return k

    def f(x, h=Sees(name)):
        return h.x + x

    space = {"f": f}
    del f
    run("t += f(i)", space)
    del space["f"]
    mark("after")
