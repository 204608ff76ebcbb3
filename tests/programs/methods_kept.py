"""Bound methods of builtin objects that are kept in variables; list.pop(i), list.insert(i, x) and stepped slices, with their errors and bounds."""

import sys


def kept(n):
    a, b = [], [1, 2, 3]
    add, pop, insert, get = a.append, b.pop, b.insert, {1: 2, 3: 4}.get
    join = "-".join
    s = 0
    for i in range(n):
        add(i)
        insert(i % 5, i)
        if i % 7 == 6:
            add = a.append if i % 2 else b.append
        s += pop(0) + pop()
        insert(-1, i)
        insert(100, i)
        s += get(i % 4, 5)
    return s, len(a), a[-5:], b[:9], join(map(str, b[:4]))


def other_method(n):
    a = list(range(20))
    methods = [a.append, a.remove, a.count, a.index, a.insert, a.pop]
    out = []
    for i in range(n):
        f = methods[0] if i < n - 20 else methods[i % 6]
        try:
            out.append(f(i % 9))
        except (TypeError, ValueError, IndexError) as exc:
            out.append(str(exc))
    return len(a), out[-25:]


def pops(n):
    a = list(range(50))
    errors = 0
    out = 0
    for i in range(n):
        k = (0, -1, 3, -4, 2)[i % 5] if i % 61 else 10**20 if i % 2 else 99
        try:
            out += a.pop(k) * (i % 3)
        except (IndexError, OverflowError) as exc:
            errors += len(str(exc))
        while len(a) < 5:
            a.insert(len(a) // 2, i)
            a.insert(-2, i + 1)
            a.insert(0, -i)
    return out, errors, a


class Tracked:
    alive = 0

    def __init__(self):
        Tracked.alive += 1

    def __del__(self):
        Tracked.alive -= 1


def counts(n):
    marker = object()
    a = [marker, Tracked(), marker, 3, 4]
    before = sys.getrefcount(marker)
    for i in range(n):
        x = a.pop(i % len(a))
        a.insert(i % 3, x)
        b = a[::-1]
        b = b[3::-2]
        x = None
    after = sys.getrefcount(marker)
    alive = [Tracked.alive]
    b = None
    alive.append(sys.getrefcount(marker) - before)
    for i in range(n):
        x = a.pop(0)
        a.append(Tracked())
        if i % 50 == 0:
            alive.append(Tracked.alive)
    x = None
    alive.append(Tracked.alive)
    return after - before, alive, len(a)


def steps(n):
    a = list(range(12))
    s = []
    big = 1 << 62
    for i in range(n):
        k = i % 14 - 1
        s.append(sum(a[k::-1]) + len(a[:k:-1]) + len(a[::2]) + sum(a[k::3]) + len(a[1:k:2]) + len(a[-k:k:-3]))
        s.append(len(a[big:-big:-1]) + len(a[-big:big:big]) + len(a[::-big]))
        step = 1 + i % 3 if i % 31 else -1 - i % 2
        s.append(tuple(a[k::step])[:3])
        a[: k + 1] = a[k::-1] if k >= 0 else a[:0]
        try:
            a[:: i % 9]
        except ValueError as exc:
            s.append(str(exc))
    return len(s), s[-12:], a


def flips(p):
    n = 0
    while p[0]:
        k = p[0]
        p[: k + 1] = p[k::-1]
        n += 1
    return n


def rotated(n):
    p = list(range(7))
    insert, pop = p.insert, p.pop
    total = 0
    for i in range(n):
        insert(i % 6 + 1, pop(0))
        total += flips(p[:])
    return total, p


N = 1500
print(kept(N), other_method(N))
print(pops(N))
print(counts(N))
print(steps(N))
print(rotated(N))
