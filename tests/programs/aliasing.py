"""Two names for one container: writes through one must be seen through the other."""


def two_names(n):
    a = [0] * 10
    b = a
    s = 0
    for i in range(n):
        a[i % 10] = i
        b[i % 10] += 1
        s += a[i % 10]
    return s, a is b, a


def rows(n):
    grid = [[0] * 3] * 3
    for i in range(n):
        grid[i % 3][i % 2] += 1
    return grid


class Node:
    """A thing with two fields."""

    def __init__(self, v):
        self.v = v
        self.w = v


def objects(n):
    a, b = Node(1), Node(2)
    s = 0
    for i in range(n):
        if i % 1000 == 999:
            a, b = b, (a if i % 2000 == 999 else b)
        a.v = i
        s += b.v
        b.w += a.v
    return s, a is b, b.w


def move(a, b, n):
    for i in range(n):
        a[0] = b[1] + 1
        b[1] = a[0] * 2 % 1009
        a[1] = b[0] - 1
    return a, b


def inplace_list(n):
    a = []
    b = a
    for i in range(n):
        a += [i]
    c = a
    for i in range(5):
        a = a + [i]
    return len(a), len(b), c is b


def argument(x, y):
    x.v += 1
    r = y.v
    x.v += 1
    return r


def call_alias(n):
    p, q = Node(0), Node(0)
    s = 0
    for i in range(n):
        s += argument(p, p if i % 7 == 0 else q)
    return s, p.v, q.v


print(two_names(5000))
print(rows(3000))
print(objects(6000))
print(move([1, 2], [3, 4], 3000))
same = [1, 2]
print(move(same, same, 3000))
print(inplace_list(4000))
print(call_alias(5000))
self_ref = []
self_ref.append(self_ref)
depth = 0
node = self_ref
for _ in range(3000):
    node = node[0]
    depth += node is self_ref
print(depth, self_ref)
