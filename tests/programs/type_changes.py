"""Variables whose type changes in the middle of a loop, once, often, and in cycles."""


def once(n):
    x = 0
    for i in range(n):
        if i == n // 2:
            x = float(x)
        x = x + 1
    return x


def cycle(n):
    values = [1, 2.5, True, 3, 10**20, 1j, 7]
    s = 0
    for i in range(n):
        s = s + values[i % len(values)]
    return s


def none_or_int(n):
    best = None
    changes = 0
    for i in range(n):
        v = (i * 7919) % 10007
        if best is None or v > best:
            best = v
            changes += 1
        if i % 1000 == 999:
            best = None
    return best, changes


def str_or_int(n):
    x = 0
    lengths = 0
    for i in range(n):
        if i % 3 == 0:
            x = str(i)
        else:
            x = i
        y = x * 2
        lengths += len(y) if isinstance(y, str) else y
    return lengths


def seq_kind(n):
    seqs = ([1, 2, 3], (4, 5, 6), range(7, 10), b"abc")
    s = 0
    for i in range(n):
        for v in seqs[i // 500 % 4]:
            s += v
    return s


def type_error(n):
    s = 0
    for i in range(n):
        v = i if i < n - 10 else "oops"
        s += v
    return s


def op(a, b):
    return a + b


def shared_callee(n):
    total = 0
    for i in range(n):
        total += op(i, 1)
        total += op(i * 0.5, 1)
        total += len(op("a", "b"))
        total += len(op([1], [2, 3]))
    return total


print(once(4000))
print(cycle(7000))
print(none_or_int(5500))
print(str_or_int(4000))
print(seq_kind(4000))
try:
    type_error(3000)
except TypeError as exc:
    print(exc)
print(shared_callee(3000))
