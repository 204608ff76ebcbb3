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


for _ in range(4):
    print(kept(3000), compared(3000))
