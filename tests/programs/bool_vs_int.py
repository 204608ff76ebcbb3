"""bool and int are told apart by type, repr and identity, though equal."""


def accumulate(n):
    total = True
    for i in range(n):
        total = total + (i % 3 == 0)
    return total, type(total).__name__


def alternate(n):
    kinds = {}
    x = True
    for i in range(n):
        key = (type(x).__name__, repr(x) if i < 4 else "")
        kinds[key] = kinds.get(key, 0) + 1
        x = (i & 1) if i % 4 < 2 else bool(i & 1)
    return sorted(kinds.items())


def flip(n):
    flag = False
    changes = 0
    for i in range(n):
        flag = not flag
        if flag is True:
            changes += 1
        if flag == 1:
            changes += 1
    return flag, changes


def arithmetic(n):
    out = []
    for i in range(n):
        a = i % 5 == 0
        b = i % 7 == 0
        v = (a + b, a * b, a - b, -a, ~int(a), a & b, a | 2, a / 1 if a else 0)
        if i in (0, 5, 7, 35, n - 1):
            out.append([(x, type(x).__name__) for x in v])
    return out


def index_by_bool(n):
    pair = ["no", "yes"]
    s = 0
    for i in range(n):
        s += len(pair[i % 3 == 0])
    return s


print(accumulate(5000))
for row in alternate(5000):
    print(row)
print(flip(5001))
for row in arithmetic(3000):
    print(row)
print(index_by_bool(5000))
d = {}
for i in range(3000):
    d[i % 2 == 0 if i < 1500 else i % 2] = i
print(d)
