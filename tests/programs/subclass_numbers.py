"""Subclasses of int and float among plain ones, with and without operators of their own."""


class Loud(int):
    """An int that counts how often it was added."""

    adds = 0

    def __add__(self, other):
        Loud.adds += 1
        return Loud(int(self) + int(other))

    def __radd__(self, other):
        Loud.adds += 100
        return int(other) + int(self)


class Quiet(int):
    """An int with nothing of its own."""


class Metre(float):
    """A float that keeps its unit over a product."""

    def __mul__(self, other):
        return Metre(float(self) * float(other))

    def __repr__(self):
        return f"{float(self):.3f} m"


def total(items, n):
    s = 0
    for i in range(n):
        s = s + items[i % len(items)]
    return s, type(s).__name__


print(total([1, 2, 3], 3000))
print(total([1, 2, Quiet(3)], 3000))
print(total([1, 2, Loud(3)], 3000), Loud.adds)
x = Loud(1)
for _ in range(3000):
    x += 1
print(x, type(x).__name__, Loud.adds)
length = Metre(1.0)
for i in range(3000):
    length = length * (1.001 if i % 2 else 0.999)
print(repr(length), type(length + 1).__name__)
y = 0
for i in range(5000):
    y = y + (i if i != 4000 else Loud(i))
print(y, type(y).__name__, Loud.adds)
compare = 0
for i in range(5000):
    if Quiet(i % 10) == i % 10 and Quiet(3) < i:
        compare += 1
print(compare)
