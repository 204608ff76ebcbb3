"""Comprehensions of all kinds, nested, with conditions, walrus and captured variables."""


def lists(n):
    a = [i * i for i in range(n)]
    b = [x for x in a if x % 3 == 1]
    c = [(i, j) for i in range(40) for j in range(i) if (i + j) % 3]
    d = [[j for j in range(i % 5)] for i in range(n // 10)]
    e = [y for x in range(n) if (y := x % 17) > 8]
    return len(a), sum(b), len(c), sum(map(len, d)), sum(e), y


def dicts(n):
    d = {i: i * 2 for i in range(n)}
    inv = {v: k for k, v in d.items()}
    s = {i % 97 for i in range(n)}
    return sum(inv.values()), len(s), sum(d[k] for k in s)


def capture(n):
    k = 3
    fs = [lambda x: x * k + i for i in range(5)]
    k = 10
    return sum(f(j) for j in range(n) for f in fs)


def shadow(n):
    i = "outer"
    s = sum([i for i in range(n)])
    return i, s


def raising(n):
    try:
        return [10 // (2000 - i) for i in range(n)]
    except ZeroDivisionError as exc:
        return exc.__traceback__.tb_frame.f_code.co_name, [i for i in range(3)]


def in_loop(n):
    s = 0
    for i in range(n):
        s += sum([j * i for j in range(5)])
        s += len({j for j in (i, i, 1)})
    return s


print(lists(4000))
print(dicts(4000))
print(capture(500))
print(shadow(3000))
print(raising(1500)[:3], raising(3000))
print(in_loop(3000))
print(sum(x for x in (y for y in (z for z in range(4000) if z % 2) if y % 3) if x % 5))
grid = [[(r * c) % 7 for c in range(30)] for r in range(30)]
print([sum(col) for col in zip(*grid)][:8], [max(row) for row in grid][:8])
