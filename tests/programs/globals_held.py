"""A loop of a module whose names are changed by what it calls: through C code, recursion, finalizers."""


def bump(k):
    global total
    if k % 100 == 99:
        total = total + 1000000
    return k


total = 0
for i in range(6000):
    total = total + 1
    list(map(bump, [i]))
print(total)


def deep(n, k):
    global total, last
    if n == 0:
        if k % 100 == 99:
            total = total + 1000000
            last = k
        return total
    return deep(n - 1, k)


total = last = seen = 0
for i in range(6000):
    total = total + 1
    seen += deep(4, i)
    last = last - 1
print(total, last, seen)


class Noisy:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        global total
        total += self.n % 3


total = 0
kept = None
for i in range(6000):
    kept = Noisy(i)
    total = total + 10
print(total)


def drop(k):
    global count
    if k == 5900:
        del count


count = 0
try:
    for i in range(6000):
        count = count + 1
        list(map(drop, [i]))
except NameError as e:
    print(i, e)


def retype(k):
    global value
    if k % 1000 == 999:
        value = str(k)


value = 0
log = []
for i in range(6000):
    list(map(retype, [i]))
    if type(value) is str:
        log.append(value)
        value = 0
    value = value + 1
print(log, value)
