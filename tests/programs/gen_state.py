"""Generators left half-way: inspected frames, finalized at the right moment, uncaught inside."""

import inspect


def worker(name, n):
    try:
        for i in range(n):
            yield i
    finally:
        print("finally", name)


def first(n):
    s = 0
    for k in range(n):
        for v in worker("never", 5) if k < 0 else iter((1, 2)):
            s += v
            break
    return s


print(first(2000))
for v in worker("abandoned in a loop", 5000):
    if v == 3000:
        break
print("after break", v)
g = worker("deleted", 5000)
for _ in range(2000):
    next(g)
print(inspect.getgeneratorstate(g), g.gi_frame.f_locals["i"], g.gi_frame.f_lineno)
del g
print("after del")
h = worker("exhausted", 2000)
n = sum(1 for _ in h)
print(n, inspect.getgeneratorstate(h), h.gi_frame)

held = [worker(f"number {i}", 3) for i in range(3)]
for i in range(3):
    next(held[i])
held.pop(1)
print("popped")
held.pop()  # at exit the collector finalizes in an order of its own: one is left


def boom(n):
    for i in range(n):
        yield 10 // (2000 - i)


total = 0
for v in boom(3000):
    total += v
print("never")
