"""Matrix product, transposition, determinant and power on lists of lists."""


def identity(n):
    return [[1 if i == j else 0 for j in range(n)] for i in range(n)]


def product(a, b):
    n, m, p = len(a), len(b), len(b[0])
    out = [[0] * p for _ in range(n)]
    for i in range(n):
        for j in range(p):
            s = 0
            for k in range(m):
                s += a[i][k] * b[k][j]
            out[i][j] = s
    return out


def power(a, e):
    out = identity(len(a))
    while e:
        if e & 1:
            out = product(out, a)
        a = product(a, a)
        e >>= 1
    return out


def determinant(a):
    a = [row[:] for row in a]
    det = 1.0
    n = len(a)
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(a[r][i]))
        if a[pivot][i] == 0:
            return 0.0
        if pivot != i:
            a[i], a[pivot] = a[pivot], a[i]
            det = -det
        det *= a[i][i]
        for r in range(i + 1, n):
            f = a[r][i] / a[i][i]
            for c in range(i, n):
                a[r][c] -= f * a[i][c]
    return det


def transpose(a):
    return [list(col) for col in zip(*a)]


ints = [[(i * j + i) % 10 for j in range(24)] for i in range(24)]
floats = [[(i * j + i) % 10 / 3 for j in range(24)] for i in range(24)]
print(sum(map(sum, product(ints, ints))))
print(repr(sum(map(sum, product(floats, ints)))))
print(power([[1, 1], [1, 0]], 300)[0][1])
print(repr(determinant([[1 / (i + j + 1) + (i == j) for j in range(14)] for i in range(14)])))
print(transpose(transpose(ints)) == ints)
mixed = [[i if j % 2 else i / 2 for j in range(12)] for i in range(12)]
print(repr(sum(map(sum, product(mixed, mixed)))))
big = [[2**61 + i * j for j in range(10)] for i in range(10)]
print(sum(map(sum, product(big, big))))
try:
    product(ints, [[1, 2]] * 23 + [[None, 1]])
except TypeError as exc:
    print(exc)
