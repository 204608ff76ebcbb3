"""Exception classes with state, raised as control flow, groups and except* in hot loops."""


class Skip(Exception):
    """Skip an item, with a cost."""

    def __init__(self, cost):
        super().__init__(cost)
        self.cost = cost

    def __str__(self):
        return f"skip({self.cost})"


class Deeper(Skip):
    """A subclass."""


def visit(i):
    if i % 5 == 0:
        raise Skip(i)
    if i % 7 == 0:
        raise Deeper(i * 2)
    return i


def run(n):
    kept = skipped = deeper = 0
    for i in range(n):
        try:
            kept += visit(i)
        except Deeper as exc:
            deeper += exc.cost
        except Skip as exc:
            skipped += exc.cost
    return kept, skipped, deeper


def groups(n):
    values = lookups = 0
    for i in range(n):
        try:
            if i % 3 == 0:
                raise ExceptionGroup("both", [ValueError(i), KeyError(i)])
            if i % 3 == 1:
                raise ValueError(i)
        except* ValueError as group:
            values += len(group.exceptions)
        except* KeyError as group:
            lookups += len(group.exceptions)
    return values, lookups


def stop_iteration(n):
    s = 0
    it = iter(())
    for i in range(n):
        try:
            s += next(it)
        except StopIteration:
            it = iter((i, i + 1))
    return s


def bad_raise(n):
    found = []
    for i in range(n):
        try:
            raise (i if i % 1000 == 999 else ValueError)
        except ValueError:
            pass
        except TypeError as exc:
            found.append(str(exc))
    return found


print(run(5000))
print(groups(2000))
print(stop_iteration(4000))
print(bad_raise(3000))
shared = ValueError("one object")
for i in range(3000):
    try:
        raise shared
    except ValueError as exc:
        depth = 0
        tb = exc.__traceback__
        while tb:
            depth += 1
            tb = tb.tb_next
        exc.__traceback__ = None
print(depth)
raise Skip(42)
