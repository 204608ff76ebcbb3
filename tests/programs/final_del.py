"""__del__ and weakref callbacks run at CPython's moment, seen by the order of the output."""

import weakref


class Noisy:
    """Tells when it goes."""

    def __init__(self, name):
        self.name = name

    def __del__(self):
        if self.name % 1000 == 0:
            print("del", self.name)


def temporaries(n):
    s = 0
    for i in range(n):
        s += Noisy(i).name
        if i % 1000 == 0:
            print("after temporary", i)
    return s


def rebinding(n):
    obj = None
    for i in range(n):
        if i % 1000 == 0:
            print("before rebinding", i)
        obj = Noisy(i)
        if i % 1000 == 0:
            print("after rebinding", i)
    print("loop done")
    return obj.name


def callee(i):
    local = Noisy(i)
    if i % 1000 == 0:
        print("in callee", i)
    return local.name + 1


def callees(n):
    s = 0
    for i in range(n):
        s += callee(i)
        if i % 1000 == 0:
            print("back from callee", i)
    return s


def weak(n):
    gone = []
    alive = 0
    for i in range(n):
        obj = Noisy(i * 1000 + 1)
        ref = weakref.ref(obj, lambda r, i=i: gone.append(i))
        alive += ref() is obj
        before = len(gone)
        obj = None
        alive += 10 * (ref() is None) + 100 * (len(gone) - before)
    return alive, len(gone), gone[-1]


def explicit_del(n):
    for i in range(0, n):
        x = Noisy(i)
        y = x
        del x
        if i % 1000 == 0:
            print("still there", i)
        del y
        if i % 1000 == 0:
            print("gone", i)


def in_list(n):
    items = [Noisy(1) for _ in range(3)]
    for i in range(n):
        if i % 1000 == 0:
            print("overwrite", i)
        items[i % 3] = Noisy(i if i % 3 == 0 else 1)
    print("end of in_list")


def exception_holds(n):
    for i in range(n):
        try:
            local = Noisy(i)
            if i % 1000 == 0:
                raise ValueError
        except ValueError as exc:
            print("in handler", local.name, exc.__traceback__ is not None)
            local = None
            print("dropped", i)


print(temporaries(2500))
print(rebinding(2500))
print(callees(2500))
print(weak(2000))
explicit_del(2500)
in_list(2500)
exception_holds(2500)
print("end")
