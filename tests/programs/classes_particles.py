"""Many small objects: creation in hot loops, linked structures, slots, polymorphic calls."""


class Shape:
    """The base."""

    def area(self):
        raise NotImplementedError

    def double(self):
        return self.area() * 2


class Square(Shape):
    """A square."""

    def __init__(self, a):
        self.a = a

    def area(self):
        return self.a * self.a


class Circle(Shape):
    """A circle."""

    def __init__(self, r):
        self.r = r

    def area(self):
        return 3 * self.r * self.r


class Odd(Shape):
    """Has no area."""


class Link:
    """A node of a list."""

    __slots__ = ("value", "next")

    def __init__(self, value, next=None):
        self.value = value
        self.next = next


class Tree:
    """A binary search tree."""

    def __init__(self, key):
        self.key = key
        self.left = self.right = None

    def insert(self, key):
        node = self
        while True:
            if key < node.key:
                if node.left is None:
                    node.left = Tree(key)
                    return
                node = node.left
            elif key > node.key:
                if node.right is None:
                    node.right = Tree(key)
                    return
                node = node.right
            else:
                return

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.key
        if self.right:
            yield from self.right


class Particle:
    """Moves and bounces."""

    def __init__(self, x, v):
        self.x = x
        self.v = v

    def move(self, dt):
        self.x += self.v * dt
        if self.x < 0 or self.x > 10:
            self.v = -self.v
            return 1
        return 0


def polymorphic(n):
    shapes = [Square(2), Circle(3), Square(1.5), Circle(0.5)]
    s = 0
    for i in range(n):
        s += shapes[i % 4].double()
    shapes.append(Odd())
    try:
        for i in range(n):
            s += shapes[i % (4 if i < 2000 else 5)].double()
    except NotImplementedError:
        return s, i


def links(n):
    head = None
    for i in range(n):
        head = Link(i, head)
    prev = None
    node = head
    while node is not None:
        node.next, prev, node = prev, node, node.next
    s = k = 0
    node = prev
    while node:
        s += node.value * k
        k += 1
        node = node.next
    return s, k


def particles(n):
    ps = [Particle(i, 1 + i / 3) for i in range(8)]
    hits = 0
    for _ in range(n):
        for p in ps:
            hits += p.move(0.125)
    return hits, [repr(p.x) for p in ps[:3]]


def escaping(n):
    kept = []
    s = 0
    for i in range(n):
        p = Particle(i, -i)
        s += p.move(1)
        if i % 700 == 0:
            kept.append(p)
    return s, [(p.x, p.v) for p in kept]


def attributes_vary(n):
    s = 0
    for i in range(n):
        p = Particle(i, 1)
        if i % 3 == 0:
            p.extra = i
        if i % 5 == 0:
            del p.v
        s += getattr(p, "extra", 1) + len(vars(p)) + hasattr(p, "v")
    return s


print(polymorphic(4000))
print(links(4000))
tree = Tree(500)
x = 7
for _ in range(1500):
    x = x * 7919 % 10007
    tree.insert(x)
keys = list(tree)
print(len(keys), keys == sorted(keys), keys[::300])
print(particles(1500))
print(escaping(3500))
print(attributes_vary(4000))
