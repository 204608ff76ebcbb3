"""Items of lists that change places, in the middle of everything else."""

import sys
import weakref


class D:
    alive = 0

    def __init__(self, k):
        self.k = k
        D.alive += 1

    def __del__(self):
        D.alive -= 1


def numbers(n):
    a = [k * 1000 for k in range(20)]
    seed = 1
    for i in range(n):
        seed = seed * 1103515245 + 12345 & 0x7FFFFFFF
        j, k = seed % 20, (seed >> 8) % 20
        a[j], a[k] = a[k], a[j]
    return a


def objects(n):
    a = [D(k) for k in range(12)]
    for i in range(n):
        j, k, m = i % 12, i * 7 % 12, i * 5 % 12
        a[j], a[k] = a[k], a[j]
        a[j], a[k], a[m] = a[m], a[j], a[k]
    return [d.k for d in a], D.alive, {sys.getrefcount(d) for d in a}


def mixed(n):
    a = [1, 2.5, "s", None, D(5), 1 << 80, (1, 2), [3]]
    for i in range(n):
        j, k = i % 8, i * 3 % 8
        a[j], a[k] = a[k], a[j]
        if i == n // 2:
            a[i % 8] = D(i)
    return [x.k if isinstance(x, D) else x for x in a], D.alive


def temporary(n):
    a = [float(k) for k in range(9)]
    for i in range(n):
        j = i % 8
        t = a[j]
        a[j] = a[j + 1]
        a[j + 1] = t
    return a, t


def reverse(a):
    i, j = 0, len(a) - 1
    while i < j:
        a[i], a[j] = a[j], a[i]
        i += 1
        j -= 1


def reversals(n):
    a = [k + 300 for k in range(9)]
    for i in range(n):
        b = a[: i % 9 + 1]
        reverse(b)
        a[: i % 9 + 1] = b
    return a


def two_lists(n):
    a, b = [D(k) for k in range(5)], [D(-k) for k in range(5)]
    for i in range(n):
        j = i % 5
        a[j], b[j] = b[j], a[j]
        a[j], b[4 - j] = b[4 - j], a[j]
    return [d.k for d in a], [d.k for d in b], D.alive


def short(n):
    a = [D(k) for k in range(4)]
    refs = [weakref.ref(d) for d in a]
    try:
        for i in range(n):
            k = i % 4 if i < n - 1 else 4
            a[i % 3], a[k] = a[k], a[i % 3]
    except IndexError as e:
        print(e, e.__traceback__.tb_lineno - short.__code__.co_firstlineno)
    return [d.k for d in a], [r() is not None for r in refs]


def changing(n):
    a = [500 + k for k in range(6)]
    for i in range(n):
        a[i % 6], a[(i + 1) % 6] = a[(i + 1) % 6], a[i % 6]
        if i == n - 20:
            a[2] = 0.5
        if i == n - 10:
            a[4] = D(1)
    return [x.k if isinstance(x, D) else x for x in a], D.alive


for f in (numbers, objects, mixed, temporary, reversals, two_lists, short, changing):
    print(f.__name__, f(5000))
