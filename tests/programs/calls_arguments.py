"""Default, keyword, star and positional-only arguments, and the errors of wrong calls."""

import functools


def full(a, b=2, *args, c=3, d, **kw):
    return a + b * 2 + sum(args) * 3 + c * 4 + d * 5 + sum(kw.values()) * 6


def posonly(a, /, b, *, c=1):
    return a - b + c


def spread(n):
    s = 0
    args = (1, 2, 3)
    kw = {"d": 4, "e": 5}
    for i in range(n):
        s += full(i, d=1)
        s += full(i, 1, 2, 3, d=i)
        s += full(*args, **kw)
        s += full(i, *args, c=i, **kw)
        s += posonly(i, b=2) + posonly(i, 3, c=4)
    return s


def collect(*args, **kw):
    return args, kw


def fresh(n):
    seen = []
    d = {"x": 1}
    for i in range(n):
        args, kw = collect(i, i + 1, **d)
        kw["y"] = i
        if i % 1000 == 0:
            seen.append((args, kw))
    return seen, d


def wrong(n):
    errors = {}
    for i in range(n):
        try:
            match i % 7:
                case 0:
                    posonly(1)
                case 1:
                    posonly(a=1, b=2)
                case 2:
                    full(1, 2)
                case 3:
                    posonly(1, 2, 3)
                case 4:
                    posonly(1, 2, d=3)
                case 5:
                    full(1, d=1, **{"d": 2})
                case 6:
                    errors(i)
        except TypeError as exc:
            errors[i % 7] = str(exc)
    return errors


class Adder:
    """A callable object."""

    def __init__(self, k):
        self.k = k

    def __call__(self, x, y=1):
        return x * self.k + y


def callables(n):
    bound = Adder(3).__call__
    part = functools.partial(full, 1, d=2)
    fns = [Adder(2), bound, abs, part, lambda v: v, int, Adder(1)]
    s = 0
    for i in range(n):
        f = fns[i % 7]
        s += f(i)
    return s


def evaluated_order(n):
    log = []

    def t(x):
        log.append(x)
        return x

    for _ in range(n):
        full(t(1), t(2), *[t(3)], c=t(4), **{"d": t(5)})
    return log[-5:], len(log)


print(spread(2000))
print(fresh(2500))
for k, v in sorted(wrong(3500).items()):
    print(k, v)
print(callables(4200))
print(evaluated_order(1500))


def default_order(n):
    s = 0
    for i in range(n):
        def f(x, y=i, *, z=i * 2):
            return x + y + z
        s += f(1) + f(1, 2) + f(1, z=3)
    return s


print(default_order(2500))
