"""Walrus, chained comparison, conditional expressions, and/or/not, in, is, del, pass, global order."""

log = 0


def side(v):
    global log
    log += 1
    return v


def chained(n):
    s = 0
    for i in range(n):
        s += 10 < i < 20
        s += 1 <= side(i % 7) <= 5
        s += i % 3 == i % 5 == 0
        s += 0 < i % 4 > 1 < 3
        s += (i < 5) == False != True  # noqa: E712
        s += 0.5 < i / n < 0.75 != 1
    return s, log


def walrus(n):
    s = 0
    while (k := n % 1009) and n > 0:
        s += k
        n -= (step := 1 + k % 3)
        s += step
    if (m := s % 10) > 3:
        s += m
    return s, k, step, m


def logic(n):
    s = 0
    for i in range(n):
        a = i % 2 and i % 3 or i % 5
        b = not a and "x" or ""
        c = (i or None) and [] or i
        s += a + len(b) + c
        s += 1 if a else 2 if b else 3
        s += (None or 0 or False) is False
        s += (i % 3 if i % 2 else -1) in (0, -1)
        s += i is not None and (i % 4 is not None)
    return s


def identity(n):
    a, b = [], []
    s = 0
    for i in range(n):
        c = a if i % 2 else b
        s += (c is a) + 2 * (c is b) + 4 * (c == a) + 8 * (a is not b)
        s += (i in range(5, 50)) + (str(i) in "123456789") + ("a" not in {"a": 1})
        s += (True is (i == i)) + (None is None)
    return s


def errors(n):
    found = set()
    things = [1, "a", None, [], 2.0, 1j]
    for i in range(n):
        try:
            things[i % 6] < things[(i + 1 + i // 6) % 6]  # noqa: B015
        except TypeError as exc:
            found.add(str(exc))
        try:
            i in things[i % 3]  # noqa: B015
        except TypeError as exc:
            found.add(str(exc))
    return sorted(found)


print(chained(4000))
print(walrus(6000))
print(logic(4000))
print(identity(4000))
for e in errors(2500):
    print(e)
