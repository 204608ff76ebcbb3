"""Subclasses of list, tuple and dict that override access, mixed with plain ones."""


class Ring(list):
    """A list whose indices wrap."""

    def __getitem__(self, i):
        return list.__getitem__(self, i % len(self))


class Counting(list):
    """A list that counts appends and its length looks."""

    calls = 0

    def append(self, item):
        Counting.calls += 1
        list.append(self, item)

    def __len__(self):
        Counting.calls += 1000
        return list.__len__(self)


class Pair(tuple):
    """A tuple that iterates backwards."""

    __slots__ = ()

    def __iter__(self):
        return reversed(tuple(self[i] for i in range(2)))


class Zero(dict):
    """A dict with a default."""

    def __missing__(self, key):
        return 0


def read(seq, n):
    s = 0
    for i in range(n):
        s += seq[i % 3]
    return s


def wrap(seq, n):
    s = 0
    for i in range(n):
        s += seq[i]
    return s


print(read([1, 2, 3], 3000), read(Ring([1, 2, 3]), 3000), wrap(Ring([1, 2, 3]), 3000))
try:
    wrap([1, 2, 3] * 500, 3000)
except IndexError as exc:
    print("IndexError", exc)
box = Counting()
for i in range(3000):
    box.append(i)
print(len(box), Counting.calls, sum(box))
s = 0
for i in range(3000):
    a, b = Pair((i, 1)) if i % 2 else (i, 1)
    s += a * 2 + b
print(s)
z = Zero()
for i in range(3000):
    z[i % 10] += i
print(sorted(z.items()))
seqs = [[1, 2, 3], (4, 5, 6), Ring([7, 8, 9]), range(10, 13), "abc"]
t = 0
for i in range(5000):
    item = seqs[i % 5][i % 3]
    t += item if isinstance(item, int) else ord(item)
print(t)
