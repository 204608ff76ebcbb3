"""Hot loops in class bodies, with names from the class, the globals and enclosing functions."""

offset = 10


class Table:
    """Filled by loops in its body."""

    size = 50
    squares = []
    for k in range(3000):
        squares.append(k * k + offset)
    total = 0
    for k in squares:
        total += k % size
    while total > 1000:
        total -= size
    doubled = [2 * v for v in squares]
    offset = 20
    for k in range(2000):
        offset += k

    def peek(self, n):
        s = 0
        for k in range(n):
            s += self.squares[k] + self.size
        return s


def make(limit):
    base = 100
    shift = base // 3

    class Local:
        """A class in a function."""

        acc = 0
        for i in range(limit):
            acc += shift + i
        step = 5
        for i in range(limit):
            acc += step + shift
        later = acc

    return Local


print(Table.total, Table.k, Table.offset, offset, len(Table.doubled))
print(Table().peek(2000))
print(make(2500).acc, make(10).later, sorted(k for k in vars(make(5)) if not k.startswith("__")))


class Namespace(dict):
    """Counts lookups of missing names."""

    misses = 0

    def __missing__(self, key):
        Namespace.misses += 1
        raise KeyError(key)


class Meta(type):
    """Prepares a namespace of its own."""

    @classmethod
    def __prepare__(mcls, name, bases):
        return Namespace()

    def __new__(mcls, name, bases, ns):
        return super().__new__(mcls, name, bases, dict(ns))


class Special(metaclass=Meta):
    """A loop over a namespace that is not a plain dict."""

    s = 0
    for i in range(2000):
        s += offset + len("ab")


print(Special.s, Namespace.misses)
try:
    class Fails:
        """Fails in the loop."""

        for i in range(3000):
            v = 1 // (2500 - i)
except ZeroDivisionError as exc:
    print(exc)
