"""Exceptions that begin in inlined functions: tracebacks, contexts, handlers, with statements, generators."""

import sys, traceback


class E1(Exception):
    pass


def thrower(i):
    if i % 3 == 0:
        raise E1(i)
    if i % 5 == 0:
        raise ValueError("v", i) from E1("cause")
    return i


def mid(i):
    try:
        return thrower(i)
    finally:
        seen.append(i)


def mid2(i):
    try:
        return mid(i)
    except ValueError as e:
        assert type(e.__cause__) is E1
        raise KeyError(i)
    else:
        return -1


def outer(n):
    total = 0
    for i in range(n):
        try:
            total += mid2(i)
        except E1 as e:
            tb = e.__traceback__
            depth = 0
            names = []
            while tb:
                names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
                tb = tb.tb_next
            total += len(names)
            kinds.add(tuple(names))
        except KeyError as e:
            total -= 1
            c = e.__context__
            kinds.add(
                (
                    type(c).__name__,
                    tuple(f.name for f in traceback.extract_tb(c.__traceback__)),
                    tuple(f.lineno for f in traceback.extract_tb(e.__traceback__)),
                )
            )
    return total


seen = []
kinds = set()
print(outer(400), len(seen), sorted(map(str, kinds)))


def unwound(n):
    out = []
    for i in range(n):
        x = [i]
        try:
            try:
                x.append(thrower(i))
            except E1:
                x.append("e1")
                if i % 2:
                    raise
            else:
                x.append("else")
            finally:
                x.append("f")
        except Exception as e:
            x.append(type(e).__name__)
        out.append(tuple(x))
    return hash(str(out)) if 0 else str(out)[-300:]


print(unwound(600))


def ctx(n):
    r = []
    for i in range(n):
        try:
            try:
                1 // (i % 2)
            except ZeroDivisionError:
                [][i]
        except IndexError as e:
            r.append(type(e.__context__).__name__)
        assert sys.exc_info() == (None, None, None)
    return r.count("ZeroDivisionError"), len(r)


print(ctx(500))


class CM:
    def __init__(self, s):
        self.s = s

    def __enter__(self):
        return self

    def __exit__(self, t, v, tb):
        log.append(t and t.__name__)
        return self.s and t is E1


log = []


def withs(n):
    k = 0
    for i in range(n):
        try:
            with CM(i % 2) as a, CM(0):
                thrower(i)
                k += 1
        except (E1, ValueError) as e:
            k += 1000
    return k


print(withs(500), len(log), {str(x): log.count(x) for x in set(log)}.__len__())


def genexc(n):
    def g():
        for i in range(n):
            try:
                yield i
            except E1:
                yield "caught"

    it = g()
    out = 0
    for x in it:
        if x != "caught" and x % 7 == 0:
            assert it.throw(E1()) == "caught"
            out += 1
    return out


print(genexc(500))


def deep(n):
    if n == 0:
        raise E1("deep")
    try:
        return deep(n - 1)
    except E1 as e:
        if n % 4 == 0:
            raise E1(n) from e
        raise


def chain():
    try:
        deep(17)
    except E1 as e:
        k = []
        while e:
            k.append(e.args[0])
            e = e.__cause__
        return k


print([chain() for _ in range(60)][-1])


def assertion(n):
    c = 0
    for i in range(n):
        try:
            assert i % 4, f"msg {i}"
        except AssertionError as e:
            c += len(str(e))
    return c


print(assertion(1000))


def stopit(n):
    t = 0
    for i in range(n):
        it = iter([1, 2])
        try:
            while True:
                t += next(it)
        except StopIteration as e:
            t += e.value is None
    return t


print(stopit(300))


def group(n):
    c = 0
    for i in range(n):
        try:
            raise ExceptionGroup("g", [ValueError(i), TypeError(i)])
        except* ValueError as eg:
            c += len(eg.exceptions)
        except* TypeError:
            c += 10
    return c


print(group(200))
