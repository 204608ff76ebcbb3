"""Loop variables and intermediates have the right value after the loop, however it ends."""


def ends(n):
    for i in range(n):
        square = i * i
        half = i / 2
    return i, square, half


def broken(n):
    for i in range(n):
        before = i
        if i * i > 5000000:
            break
        after = i
    else:
        return "never"
    return i, before, after


def empty_second():
    i = "kept"
    for i in range(3000):
        pass
    for j in range(0):
        pass
    try:
        return i, j
    except UnboundLocalError as exc:
        return i, str(exc)


def nested(n):
    last = None
    for i in range(n):
        for j in range(i % 7):
            last = (i, j)
    return i, j, last


def rebind(n):
    out = []
    for i in range(n):
        i = i * 2
        if i % 1000 == 0:
            out.append(i)
    return i, out


def while_end(n):
    a, b = 0, n
    while a < b:
        a, b = a + 2, b - 1
    return a, b


def raised(n):
    i = -1
    try:
        for i in range(n):
            x = 100 // (n - 5 - i)
    except ZeroDivisionError:
        pass
    return i, x


print(ends(4000))
print(broken(4000), broken(2000))
print(empty_second())
print(nested(2000))
print(rebind(4000))
print(while_end(9000))
print(raised(4000))
for k in range(3000):
    pass
print(k)
squares = [k for k in range(10)]
print(k)
