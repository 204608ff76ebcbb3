"""Deep and wide recursion: fib, ackermann, hanoi, mutual recursion, flattening."""

import sys


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


def hanoi(n, a, b, c):
    if n == 0:
        return 0
    return hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)


def flatten(x, out):
    for item in x:
        if isinstance(item, list):
            flatten(item, out)
        else:
            out.append(item)
    return out


def nest(depth):
    x = [depth]
    for i in range(depth):
        x = [i, x, i]
    return x


def total(node):
    if node is None:
        return 0
    left, value, right = node
    return total(left) + value + total(right)


def build(lo, hi):
    if lo >= hi:
        return None
    mid = (lo + hi) // 2
    return build(lo, mid), mid, build(mid + 1, hi)


sys.setrecursionlimit(5000)
print(fib(19))
print(ackermann(2, 40))
print(sum(is_even(i % 50) for i in range(500)), is_odd(2001))
print(hanoi(12, "a", "b", "c"))
print(sum(flatten(nest(800), [])))
print(total(build(0, 3000)))
print(fib(15.0))
