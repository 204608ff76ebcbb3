"""with in hot loops: classes, contextlib, suppression, nesting, exceptions on the way out."""

import contextlib


class Guard:
    """Counts entries and exits; swallows KeyErrors."""

    def __init__(self):
        self.log = [0, 0, 0]

    def __enter__(self):
        self.log[0] += 1
        return self

    def __exit__(self, kind, value, tb):
        self.log[1] += 1
        if kind is KeyError:
            self.log[2] += 1
            return True
        return False


@contextlib.contextmanager
def scaled(values, k):
    values.append(k)
    try:
        yield sum(values)
    except ZeroDivisionError:
        values.append(-1)
    finally:
        values.pop()


def plain(n):
    g = Guard()
    s = 0
    for i in range(n):
        with g as h:
            if i % 10 == 3:
                raise KeyError(i)
            if i % 10 == 5:
                continue
            s += h.log[0]
    return s, g.log


def leaves(n):
    g = Guard()
    for i in range(n):
        with g:
            if i == 1800:
                return "returned", i, g.log
            with g, g:
                if i == 2500:
                    break
    return "end", g.log


def generators(n):
    values = []
    s = 0
    for i in range(n):
        with scaled(values, i % 7) as total:
            s += total
            s += 10 // (i % 50)
    return s, len(values)


def suppressing(n):
    s = 0
    for i in range(n):
        with contextlib.suppress(IndexError, KeyError):
            s += [1, 2, 3][i % 5]
            s += 100
    return s


def stacked(n):
    out = []
    for i in range(n):
        with contextlib.ExitStack() as stack:
            for k in range(3):
                stack.callback(out.append, k)
            if len(out) > 100:
                stack.callback(out.clear)
    return len(out), out[:3]


class Bad:
    """Fails on the way out."""

    def __enter__(self):
        return 1

    def __exit__(self, *exc):
        raise RuntimeError("in exit")


def failing(n):
    contexts = []
    for i in range(n):
        try:
            with Bad():
                if i % 1000 == 0:
                    raise ValueError(i)
        except RuntimeError as exc:
            contexts.append(type(exc.__context__).__name__)
    return contexts.count("ValueError"), contexts.count("NoneType")


def no_protocol(n):
    for i in range(n):
        with Guard() if i < 1500 else i:
            pass


print(plain(4000))
print(leaves(1500), leaves(3000))
print(generators(2500))
print(suppressing(3000))
print(stacked(1200))
print(failing(2500))
try:
    no_protocol(2000)
except TypeError as exc:
    print(exc)
with Guard() as g:
    for i in range(3000):
        if i == 2999:
            {}[i]
print(g.log)
with Guard():
    for i in range(3000):
        1 // (2000 - i)
