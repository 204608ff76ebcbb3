"""isinstance() of values of builtin types and of classes that change meanwhile."""


class Plain:
    pass


class Liar:
    @property
    def __class__(self):
        return int


class HeirOfLiar(Liar):
    pass


class Later:
    pass


class Base1:
    pass


class Base2:
    pass


class Moved(Base1):
    pass


VALUES = [1, 1.5, "a", b"b", (1,), [1], {1: 2}, {1}, None, True, range(3), 1j, Plain(), Liar(), HeirOfLiar(), int, Later()]
CLASSES = [int, float, str, tuple, (int, str), (tuple, list), object, Plain, Liar, Later, type, bool]


def table(n):
    rows = []
    for c in CLASSES:
        for v in VALUES:
            count = 0
            for _ in range(n):
                if isinstance(v, c):
                    count += 1
            rows.append(count)
    return rows


def mixed(n):
    count = 0
    for i in range(n):
        v = VALUES[i % len(VALUES)]
        if isinstance(v, tuple):
            count += 1
        elif isinstance(v, int):
            count += 100
        elif isinstance(v, (Plain, float)):
            count += 10000
    return count


def changes(n):
    later, moved = Later(), Moved()
    out = []
    for i in range(n):
        out.append((isinstance(later, int), isinstance(moved, Base2)))
        if i == n // 2:
            Later.__class__ = property(lambda self: int)
        if i == n // 3:
            Moved.__bases__ = (Base2,)
    return out.count((False, False)), out.count((True, True)), out.count((False, True)), out


print(table(80))
print(mixed(3000))
print(changes(3000)[:3])
