"""Recursion of all kinds: limits, mutual, in methods, generators, containers, decorators and caches."""

import sys


def d(n):
    return 1 + d(n + 1)


def lim(n):
    out = []
    for k in (60, 100, 200, 1000, 150):
        sys.setrecursionlimit(k)
        try:
            d(0)
        except RecursionError as e:
            out.append((k, str(e)))

        def depth(i):
            try:
                return depth(i + 1)
            except RecursionError:
                return i

        out.append(depth(0))
    sys.setrecursionlimit(1000)
    return out


print([lim(0) for _ in range(6)][-1])


def ack(m, n):
    return n + 1 if m == 0 else ack(m - 1, 1) if n == 0 else ack(m - 1, ack(m, n - 1))


print([ack(2, k) for k in range(8)])


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


print([even(k) for k in range(300)].count(True))


def hanoi(n, a, b, c):
    return [] if n == 0 else hanoi(n - 1, a, c, b) + [(a, c)] + hanoi(n - 1, b, a, c)


print(len(hanoi(10, 1, 2, 3)), hanoi(10, "a", "b", "c")[500])


def perms(l):
    return [[x] + p for i, x in enumerate(l) for p in perms(l[:i] + l[i + 1 :])] if l else [[]]


print(len(perms([1, 2, 3, 4, 5, 6])), perms(list("abc"))[-1])


class Node:
    def __init__(s, v, l=None, r=None):
        s.v, s.l, s.r = v, l, r

    def insert(s, v):
        if v < s.v:
            if s.l is None:
                s.l = Node(v)
            else:
                s.l.insert(v)
        elif s.r is None:
            s.r = Node(v)
        else:
            s.r.insert(v)

    def __iter__(s):
        if s.l:
            yield from s.l
        yield s.v
        if s.r:
            yield from s.r

    def depth(s):
        return 1 + max(s.l.depth() if s.l else 0, s.r.depth() if s.r else 0)


r = Node(500)
for i in range(1500):
    r.insert(i * 7919 % 1009)
print(len(list(r)), list(r) == sorted(list(r)), r.depth())


def mixed(n, acc=None, *, k=1):
    acc = [] if acc is None else acc
    if n <= 0:
        return acc
    acc.append(n * k)
    return mixed(n - 2, acc, k=-k)


print([sum(mixed(i)) for i in range(60)][-5:])


def fibm(n, memo={}):
    if n in memo:
        return memo[n]
    memo[n] = n if n < 2 else fibm(n - 1) + fibm(n - 2)
    return memo[n]


print(fibm(300))


def typ(x):
    if isinstance(x, list):
        return sum(typ(y) for y in x)
    if isinstance(x, dict):
        return sum(typ(v) for v in x.values()) + len(x)
    if isinstance(x, float):
        return int(x) + 1
    if x is None:
        return 1000
    return x


print([typ([1, [2, 3.5, {"a": [None, 4, k]}], []]) for k in range(200)][-1])


def big(n):
    return 1 if n < 2 else n * big(n - 1)


print(big(25), big(200) % 10**9 + 7, [big(k) for k in range(30)][-1])


def fl(n):
    return 1.0 if n == 0 else fl(n - 1) / (n if n % 5 else 0.5)


print([fl(k) for k in range(60)][-1])


def ex(n):
    if n == 0:
        raise ValueError(n)
    try:
        return ex(n - 1)
    finally:
        cnt[0] += 1


cnt = [0]
for k in range(100):
    try:
        ex(k % 30)
    except ValueError:
        pass
print(cnt)


def changes(n):
    global changes
    if n == 5 and not sw:
        sw.append(1)
        old = changes
        changes = lambda n: -100
    return n if n < 1 else 1 + changes(n - 1)


sw = []
orig = changes
for k in range(40):
    r = changes(k % 12)
print(r)
changes = orig
print([changes(k % 12) for k in range(40)][-1])


def cnt2(n):
    if n > 0:
        cnt2(n - 1)
        cnt2(n - 2)
    c[0] += 1


c = [0]
cnt2(15)
print(c)


def ret(n):
    return None if n == 0 else (n, ret(n - 1)) if n % 2 else ret(n - 1)


print([ret(k) for k in range(60)][7])


def kw(a, b=2, /, c=3, *, d=4):
    return a if a <= 0 else kw(a - 1, b + 1, d=c, c=d) + b - d


print([kw(k) for k in range(100)][-1])


def star(*a):
    return 0 if not a else a[0] + star(*a[1:])


print([star(*range(k % 20)) for k in range(200)][-1])


def gen(n):
    if n:
        yield n
        yield from gen(n - 1)


print(sum(sum(gen(k % 30)) for k in range(100)))
import functools


@functools.lru_cache(None)
def lc(n):
    return n if n < 2 else lc(n - 1) + lc(n - 2)


print(lc(200))


@functools.cache
def grid(x, y):
    return 1 if x == 0 or y == 0 else grid(x - 1, y) + grid(x, y - 1)


print(grid(30, 30))


def deco(f):
    @functools.wraps(f)
    def w(*a):
        calls[0] += 1
        return f(*a)

    return w


calls = [0]


@deco
def df(n):
    return 0 if n == 0 else df(n - 1) + 1


print([df(k % 50) for k in range(200)][-1], calls)
