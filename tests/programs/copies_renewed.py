"""Copies of lists, made again and again under one name: of all lengths, kept by others, with items that see their death."""

import sys

log = []


class D:
    def __init__(self, k):
        self.k = k

    def __del__(self):
        frame = sys._getframe(1)
        log.append((self.k, frame.f_code.co_name, len(frame.f_locals.get("b", ()))))


def plain(n):
    a = list(range(1000, 1009))
    total = 0
    b = a[:]
    for i in range(n):
        b = a[:]
        b[i % 9], b[i % 4] = b[i % 4], b[i % 9]
        a[i % 9] = total % 1013 + 300
        total += b[3] * 3 + len(b)
    return total, a, b


def lengths(n):
    a = [k * 1.5 for k in range(40)]
    total = 0.0
    b = []
    for i in range(n):
        b = a[i % 7 : 40 - i % 31]
        total += sum(b[:3]) + len(b)
        if i % 11 == 0:
            b.append(total)
            b.pop(0)
    return total, b


def kept(n):
    a = [1.5, "x", 1 << 70, None]
    out = []
    b = a[:]
    for i in range(n):
        b = a[:]
        a[0] = i * 0.5
        if i % 50 == 3:
            out.append(b)
        if i % 50 == 7:
            b.append(out[-1])
    return len(out), out[:3], out[-1]


def itself(n):
    b = [k + 500 for k in range(30)]
    total = 0
    for i in range(n):
        b = b[1:]
        total += b[0] + len(b)
        if len(b) < 3:
            b = [k + i for k in range(30)]
    return total, b


def seen(n):
    a = [1, 2, 3]
    b = a[:]
    for i in range(n):
        b = a[:]
        if i % 700 == 9:
            b[1] = D(i)
        if i % 700 == 19:
            b[2] = [D(-i)]
    return len(b)


def iterated(n):
    a = [700, 800, 900]
    total = 0
    b = a[:]
    it = iter(b)
    for i in range(n):
        b = a[:]
        a[i % 3] += 1
        if i % 40 == 0:
            it = iter(b)
        total += next(it, 5)
    return total, list(it)


def items(n):
    a = [1000.5, 2000.5, 3000.5]
    b = a[:]
    total = 0.0
    for i in range(n):
        x = b[1]
        b = a[:]
        a[1] = total
        total = x + 1.0
    return total, a, b


print(plain(6000), lengths(6000))
print(kept(6000), itself(6000))
print(seen(6000), log)
print(iterated(6000), items(6000))
