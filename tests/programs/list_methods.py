"""List methods in hot loops: append, pop, insert, remove, extend, sort, reverse, index, count."""


def stack(n):
    s = []
    out = 0
    for i in range(n):
        s.append(i)
        if i % 3 == 2:
            out += s.pop() + s.pop()
    return out, len(s), s[-1]


def queue(n):
    q = [1]
    out = 0
    for i in range(n):
        v = q.pop(0)
        out += v
        q.append(i)
        if len(q) < 20:
            q.insert(0, v % 5)
    return out, q[:5]


def methods(n):
    a = []
    s = 0
    for i in range(n):
        a.extend((i % 7, i % 5))
        if len(a) > 30:
            a.remove(i % 5)
            a.reverse()
            s += a.index(i % 7) + a.count(3)
            a.sort()
            del a[5:]
        b = a.copy()
        b += [1]
        b *= 2
        s += len(b)
    a.clear()
    return s, a


def pop_empty(n):
    a = list(range(n // 2))
    errors = 0
    for _ in range(n):
        try:
            a.pop()
        except IndexError as exc:
            errors += 1
            text = str(exc)
    return errors, text


def append_alias(n):
    a = []
    add = a.append
    for i in range(n):
        add(i)
        if i == 2000:
            a = []
    return len(a), add.__self__[-1]


def bubble(items):
    a = items[:]
    for i in range(len(a)):
        for j in range(len(a) - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return a


def sieve(n):
    flags = [True] * (n + 1)
    flags[0] = flags[1] = False
    for i in range(2, int(n**0.5) + 1):
        if flags[i]:
            for j in range(i * i, n + 1, i):
                flags[j] = False
    return sum(flags)


def prefix(n):
    a = [0] * n
    for i in range(1, n):
        a[i] = a[i - 1] + i
    for i in range(n):
        a[i] += 0.5 if i % 100 == 0 else 0
    return a[-1], a[100], sum(a)


def in_test(n):
    a = list(range(0, 50, 3))
    return sum(i % 60 in a for i in range(n)) + sum(i % 60 not in a for i in range(n)) * 1000


print(stack(6000))
print(queue(4000))
print(methods(2000))
print(pop_empty(4000))
print(append_alias(4000))
data = [(i * 7919) % 211 for i in range(120)]
print(bubble(data) == sorted(data), bubble(data)[:10])
print(sieve(20000))
print(prefix(5000))
print(in_test(3000))
print([1, 2] < [1, 2, 3], [1, 3] > [1, 2, 9], sum([i, 1] < [1000, 0] for i in range(3000)))
