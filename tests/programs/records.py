"""namedtuple, dataclass, enum and slots objects in hot loops."""

import enum
from collections import namedtuple
from dataclasses import dataclass, field, replace

Point = namedtuple("Point", "x y")


@dataclass
class Particle:
    """A mutable record."""

    x: float
    v: float = 1.0
    tags: list = field(default_factory=list)


@dataclass(frozen=True, order=True, slots=True)
class Key:
    """An immutable, ordered record."""

    a: int
    b: int = 0


class Color(enum.Enum):
    """An enumeration."""

    RED = 1
    GREEN = 2
    BLUE = 3


class Flag(enum.IntFlag):
    """Flags that are ints."""

    R = 4
    W = 2
    X = 1


def points(n):
    p = Point(0, 1)
    s = 0
    for i in range(n):
        p = Point(p.x + 1, p.y * 3 % 1009)
        x, y = p
        s += x * y + p[0] + p[-1] + len(p)
        if i % 100 == 0:
            p = p._replace(x=0)
    return p, s


def particles(n):
    ps = [Particle(float(i)) for i in range(5)]
    for i in range(n):
        p = ps[i % 5]
        p.x += p.v * 0.01
        p.v -= p.x * 0.01
        if i % 500 == 0:
            p.tags.append(i)
    return ps


def keys(n):
    d = {}
    best = Key(0)
    for i in range(n):
        k = Key(i % 7, i % 3)
        d[k] = d.get(k, 0) + 1
        if k > best:
            best = k
    try:
        best.a = 5
    except AttributeError as exc:
        print(type(exc).__name__, exc)
    return best, len(d), d[Key(1, 1)], replace(best, b=9)


def enums(n):
    counts = {c: 0 for c in Color}
    for i in range(n):
        c = Color(i % 3 + 1)
        counts[c] += 1
        if c is Color.GREEN:
            counts[Color.RED] += 1
    return [(c.name, v) for c, v in counts.items()]


def flags(n):
    acc = Flag(0)
    s = 0
    for i in range(n):
        acc ^= Flag.R if i % 2 else Flag.W | Flag.X
        s += acc.value + (Flag.R in acc)
    return acc, s


print(points(3000))
print(particles(3000))
print(keys(2500))
print(enums(2000))
print(flags(1000))
