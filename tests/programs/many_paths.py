"""Loops with many paths that part and meet again: exits of the same shape share their bridges."""


def paths(n, m):
    a = b = c = 0
    text = []
    for i in range(n):
        if i % 2:
            a += 1
        if i % 3:
            b += a
        if i % 5 == 0:
            c -= b
            text.append(c)
        if i % 7 < m:
            a, b = b % 1000, a
        if i % 11 == 3:
            c = c * 3 % 10007
        if len(text) > 20:
            text = [sum(text) % 99991]
    return a, b, c, text


def kinds(values):
    """The same point with numbers that are ints or floats, and the same values in other places."""
    x = y = z = 0
    for v in values:
        if v % 3 == 0:
            x, y, z = y, z, v
        elif v % 3 == 1:
            x, z = z, x + 1
        else:
            x += v
        if v % 4 == 0:
            y = x - z
        if v % 8 == 5:
            z = float(z) if v % 16 == 5 else int(z)
        if x > 10000:
            x = x % 977
        if abs(y) > 10000:
            y = y % 977
        if z > 10000:
            z = z % 977
    return x, y, z


def swap(items):
    """Quicksort's inner loops."""
    low, high = 0, len(items) - 1
    stack = [(low, high)]
    while stack:
        low, high = stack.pop()
        if low >= high:
            continue
        i, j = low, high
        pivot = items[(low + high) // 2]
        while i <= j:
            while items[i] < pivot:
                i += 1
            while items[j] > pivot:
                j -= 1
            if i <= j:
                items[i], items[j] = items[j], items[i]
                i, j = i + 1, j - 1
        stack.append((low, j))
        stack.append((i, high))
    return items


print(paths(60000, 3), paths(60000, 5))
print(kinds(range(50000)))
items = swap([i * 7919 % 20011 for i in range(20000)])
print(items == sorted(items), items[:5], items[-5:])
