"""Closures with nonlocal state, decorators, callbacks that change what the loop reads."""

import functools


def accumulator():
    total = 0

    def add(v):
        nonlocal total
        total += v
        return total

    return add


def traced(fn):
    calls = 0

    @functools.wraps(fn)
    def wrapper(*args, **kw):
        nonlocal calls
        calls += 1
        wrapper.calls = calls
        return fn(*args, **kw)

    return wrapper


@traced
def square(x):
    """Squares."""
    return x * x


def changed_by_callee(n):
    limit = 10
    s = 0

    def lower():
        nonlocal limit, s
        limit -= 1
        s += 1000

    for i in range(n):
        if i % 300 == 299:
            lower()
        s += limit
    return s, limit


def while_changed(n):
    i = 0

    def skip():
        nonlocal i
        i += 5

    steps = 0
    while i < n:
        i += 1
        steps += 1
        if i % 10 == 0:
            skip()
    return i, steps


def stop_flag(n):
    running = True
    count = 0

    def stop():
        nonlocal running
        running = False

    while running:
        count += 1
        if count == n:
            stop()
    return count


def type_by_callee(n):
    x = 0

    def spoil(i):
        nonlocal x
        x = ["list"] if i == 2500 else x

    for i in range(n):
        x = x + 1
        spoil(i)
    return x


def compose(*fns):
    def composed(x):
        for f in fns:
            x = f(x)
        return x

    return composed


def curried(a):
    return lambda b: lambda c: a * b + c


add = accumulator()
other = accumulator()
for i in range(4000):
    add(i)
    if i % 2:
        other(add(0) % 10)
print(add(0), other(0))
print(sum(square(i) for i in range(3000)), square.calls, square.__name__, square.__doc__)
print(changed_by_callee(3000))
print(while_changed(4000))
print(stop_flag(5000))
try:
    type_by_callee(3000)
except TypeError as exc:
    print(exc)
f = compose(lambda v: v + 1, lambda v: v * 2, curried(3)(4))
try:
    print(f(1))
except TypeError as exc:
    print(exc)
f = compose(lambda v: v + 1, lambda v: v * 2, curried(3)(4))
print(sum(compose(lambda v: v + i, abs)(-i) for i in range(2000)))
s = 0
for i in range(3000):
    s += curried(i)(2)(1)
print(s)
