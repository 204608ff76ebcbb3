"""Branchy nests of short loops, often enough that their traces become one function: what they rely on changes, exceptions leave them, frames are looked at."""

import sys


def flips(p, k):
    n = 0
    while k:
        i, j = 0, k
        while i < j:
            p[i], p[j] = p[j], p[i]
            i += 1
            j -= 1
        n += 1
        k = p[0]
    return n


def all_flips(n):
    perm1 = list(range(n))
    count = [0] * n
    most = checksum = index = 0
    r = n
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        if perm1[0]:
            perm = perm1[:]
            k = perm[0]
            f = 0
            while k:
                i, j = 0, k
                while i < j:
                    perm[i], perm[j] = perm[j], perm[i]
                    i += 1
                    j -= 1
                f += 1
                k = perm[0]
            most = f if f > most else most
            checksum += f if index % 2 == 0 else -f
        index += 1
        while True:
            if r == n:
                return checksum, most
            first = perm1[0]
            for i in range(r):
                perm1[i] = perm1[i + 1]
            perm1[r] = first
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1


STEP = 1


def step():
    return STEP


def walk(n, change):
    """A global that the inner loop reads changes late."""
    global STEP
    STEP = 1
    total = 0
    for i in range(n):
        k = i % 5
        while k > 0:
            k -= step()
            total += k if k & 1 else 2 * k
        if i == change:
            STEP = 2
        elif i == change + 100:
            STEP = 1
    return total


class Shape:
    def __init__(self, size):
        self.size = size

    def area(self):
        return self.size * 2


class Other(Shape):
    def area(self):
        return self.size - 1


def shapes(n):
    items = [Shape(1), Shape(2), Other(3), Shape(4)]
    total = 0
    for i in range(n):
        k = i & 3
        while k >= 0:
            s = items[k]
            if s.size & 1:
                total += s.area()
            else:
                total -= s.area() // 2
            k -= 1
        if i == n // 2:
            Other.area = lambda self: self.size * 100
        elif i == n // 2 + n // 4:
            del Other.area
            items[1].__class__ = Other
    return total


def grows(n):
    """Numbers that no longer fit, at the end."""
    x, rounds = 1, 0
    for i in range(n):
        k = i % 4
        while k:
            if k & 1:
                x = (x * 3 + i) % 1000003
            else:
                x += k
            k -= 1
        rounds += x
    for _ in range(70):
        rounds *= 3
        k = 3
        while k:
            rounds += k
            k -= 1
    return rounds


def leaves(n):
    """Exceptions out of the innermost loop."""
    caught = []
    table = list(range(7))
    i = 0
    while i < n:
        try:
            while True:
                k = i % 9
                j = 0
                while j < k:
                    if table[j] != j:
                        raise RuntimeError(i)
                    j += 1
                if k == 8 and i % 3 == 0:
                    1 / (k - 8)
                i += 1
                if i >= n:
                    break
        except IndexError as exc:
            caught.append((i, str(exc), exc.__traceback__.tb_lineno))
            i += 1
        except ZeroDivisionError as exc:
            caught.append((i, str(exc)))
            i += 1
    return len(caught), caught[:3], caught[-3:]


def looks(depth=0):
    f = sys._getframe(1)
    return sorted(f.f_locals.items(), key=str)[:6]


def looked_at(n):
    seen = []
    total = 0
    for i in range(n):
        k = i % 6
        while k:
            if k % 2:
                total += k
            else:
                total -= 1
            k -= 1
            if i > n - 3:
                seen.append(str(looks()) if i % 2 else None)
                seen[-1] = len(seen[-1] or "")
    return total, seen[-4:]


def floats_come(n):
    x = 0
    for i in range(n):
        k = i % 5
        while k:
            x = x + k if k & 1 else x - 1
            k -= 1
        if i == n - 200:
            x = float(x)
    return x


class Noisy:
    log = []

    def __init__(self, i):
        self.i = i

    def __del__(self):
        Noisy.log.append(self.i)


def dies(n):
    kept = [None] * 4
    for i in range(n):
        k = i % 4
        while k:
            if k & 1:
                kept[k] = Noisy(i) if i % 50 == 0 else i
            k -= 1
    kept = None
    return len(Noisy.log), Noisy.log[:5], Noisy.log[-5:]


def counts(n):
    marker = object()
    before = sys.getrefcount(marker)
    items = [marker, 1, marker, 2.5]
    other = list(items)
    for i in range(n):
        k = i % 4
        j = 0
        while j < k:
            items[j], items[k] = items[k], items[j]
            if items[j] is marker:
                other[j] = items[k]
            else:
                other[k] = marker
            j += 1
    in_lists = sum(x is marker for x in items) + sum(x is marker for x in other)
    return sys.getrefcount(marker) - before - in_lists


N = 8000
print(all_flips(7))
print(sum(flips([3, 2, 4, 0, 1, 5], 3) for _ in range(4000)))
print(walk(N, N - 1500))
print(shapes(N))
print(grows(N))
print(leaves(N))
print(looked_at(N))
print(floats_come(N))
print(dies(N))
print(counts(N))
print(all_flips(6), walk(N, 20))
