"""Loops at module level: STORE_NAME, globals read and written by callees, deletes, star imports."""

import math as m
from operator import *  # noqa: F403

total = 0
for i in range(20000):
    total += i * 3 % 7
print(total, i)
n = 0
while n < 10000:
    n += 1
    if n % 2:
        continue
    last_even = n
else:
    print("else", n, last_even)
matrix = [[r * c for c in range(20)] for r in range(20)]
trace = 0
for r in range(20):
    for c in range(20):
        if r == c:
            trace += matrix[r][c]
        elif c > r:
            break
print(trace, r, c)


def bump():
    global counter
    counter += 1
    return counter


counter = 0
for k in range(5000):
    counter += 1
    if bump() != counter:
        print("lost", k)
print(counter)
acc = 0.0
for k in range(3000):
    acc += m.sqrt(k) + add(k, 1)  # noqa: F405
print(round(acc, 6))
for k in range(3000):
    temp = k
    del temp
print("temp" in globals())
names = 0
for name in list(globals()):
    names += not name.startswith("_")
for k in range(3000):
    globals()["dynamic"] = k
    acc += dynamic  # noqa: F405, F821
print(round(acc, 3), names > 10)
len = lambda v: 5  # noqa: A001, E731
s = 0
for k in range(4000):
    s += len("ab")
    if k == 2000:
        del len
print(s)
x: int = 0
for x in range(3000):
    y: float = x / 2
print(x, y, __annotations__["x"].__name__)
for matrix[0][3] in range(2000):
    pass
print(matrix[0][:5])
