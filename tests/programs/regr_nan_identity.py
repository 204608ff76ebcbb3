"""A nan that a loop only reads is still the same object afterwards: containers find it by identity."""


def kept(n):
    nan = float("nan")
    items = [nan, n]
    t = 0
    for i in range(n):
        t += i
    return nan in items, nan is items[0], items.index(nan), items.count(nan), t


def compared(n):
    nan = float("nan")
    items = [nan]
    k = 0
    while k < n:
        x = nan
        k += 1
        if x is not items[0]:
            return "another", k
    return nan in items, nan == nan


def handled(n):
    """The handler that goes on with the loop stands behind what follows the loop."""
    x = float("nan")
    items = [x]
    hits = 0
    for i in range(n):
        try:
            if i % 3 == 0:
                int("x")
            hits += x in items
        except ValueError:
            continue
    y = x
    x = 3.0
    return hits, x, y in items


def seldom(n):
    """The loop might store to it, but does not."""
    x = float("nan")
    items = [x]
    hits = 0
    for i in range(n):
        if i == n:
            x = 2.0
        hits += x in items
    return hits, x in items


def later(x, n):
    """A nan in a loop that was compiled for numbers."""
    items = [x]
    hits = 0
    for i in range(n):
        if i == n - 1:
            x = x + 1.0
        hits += x in items
    return hits


def outer(n):
    x = float("nan")
    items = [x]
    hits = 0
    for i in range(n):
        for _ in range(20):
            if i > n:
                x = 1.0
            hits += x in items
    return hits


def inner(x, items, n):
    hits = 0
    for i in range(n):
        if i == n:
            x = 1.0
        hits += x in items
    return hits


def inlined(n):
    x = float("nan")
    items = [x]
    return sum(inner(x, items, 30) for _ in range(n)), [inner(x, items, 30) for _ in range(n)].count(30)


for _ in range(4):
    print(handled(3000), seldom(3000), outer(200), inlined(100))
    print([later(x, 200) for x in (1.0, 2.5, float("nan"), 3.0)])
name = float("nan")
names = [name]
found = 0
for k in range(3000):
    if k == 5000:
        name = 1.0
    found += name in names
print(found, name in names)
for _ in range(4):
    print(kept(3000), compared(3000))
