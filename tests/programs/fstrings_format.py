"""f-strings, format, % and str of numbers and objects in hot loops."""


class Money:
    """Formats itself."""

    def __init__(self, v):
        self.v = v

    def __format__(self, spec):
        return f"${self.v:{spec or '.2f'}}"

    def __str__(self):
        return f"{self.v} dollars"

    def __repr__(self):
        return f"Money({self.v!r})"


def fstrings(n):
    total = 0
    last = ""
    for i in range(n):
        m = Money(i / 4)
        last = f"{i}{i!r:>6}{i / 3:8.3f}{m}{m!s}{m!r}{m:>8.1f}{i:0{5}d}{i % 2 == 0}{'x' * (i % 3)}"
        total += len(last)
    return total, last


def percents(n):
    total = 0
    last = ""
    for i in range(n):
        last = "%d %s %5.2f %r %x %c %%" % (i, i, i / 7, str(i), i, 65 + i % 26)
        last += "{} {0!r}".replace("{}", "{0}").format(i) + "{a:>{w}}".format(a=i, w=6)
        total += len(last)
    return total, last


def numbers(n):
    total = 0
    x = 1.0
    for i in range(n):
        x = x * 1.37 if x < 1e300 else 1e-300
        total += len(str(x)) + len(repr(-x)) + len(str(i**9)) + len(f"{x:e}") + len(f"{x:.3g}") + len(f"{i:b}")
    return total, repr(x)


def errors(n):
    out = set()
    for i in range(n):
        try:
            if i % 500 == 100:
                f"{'a':d}"
            elif i % 500 == 200:
                "%d" % "x"  # noqa: B018
            elif i % 500 == 300:
                "%d %d" % (i,)  # noqa: B018, F507
            elif i % 500 == 400:
                "{1}".format(i)  # noqa: F523, F524
            else:
                f"{i:5}"
        except (ValueError, TypeError, IndexError) as exc:
            out.add(f"{type(exc).__name__}: {exc}")
    return sorted(out)


print(fstrings(3000))
print(percents(3000))
print(numbers(2500))
for e in errors(2500):
    print(e)
