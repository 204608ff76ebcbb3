"""Chained exceptions raised in hot loops: context, cause, suppression and notes, uncaught at the end."""


def parse(i):
    try:
        return int("12" if i % 1200 else "zwölf")
    except ValueError as exc:
        if i < 2000:
            return 0
        raise RuntimeError(f"row {i}") from exc


def lookup(d, i):
    try:
        return d[i % 10]
    except KeyError:
        return d["missing"]


def contexts(n):
    d = dict.fromkeys(range(9), 1)
    s = 0
    out = []
    for i in range(n):
        try:
            s += lookup(d, i)
        except KeyError as exc:
            if i > n - 20:
                out.append((repr(exc), repr(exc.__context__), exc.__cause__, exc.__suppress_context__))
    return s, out


def suppressed(n):
    kinds = []
    for i in range(n):
        try:
            try:
                1 // (i % 1000)
            except ZeroDivisionError:
                raise ValueError(i) from None
        except ValueError as exc:
            kinds.append((exc.args, exc.__suppress_context__, type(exc.__context__).__name__))
            exc.add_note(f"note {i}")
            last = exc
    return kinds, last.__notes__


print(contexts(3000))
print(suppressed(3000))
total = 0
for k in range(5000):
    total += parse(k)
print("never", total)
