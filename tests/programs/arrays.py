"""array.array: items of every type read and written in loops; errors, aliases, views, growth, subclasses."""

from array import array

LIMITS = {
    "b": (-128, 127), "B": (0, 255), "h": (-(1 << 15), (1 << 15) - 1), "H": (0, (1 << 16) - 1), "i": (-(1 << 31), (1 << 31) - 1),
    "I": (0, (1 << 32) - 1), "l": (-(1 << 63), (1 << 63) - 1), "L": (0, (1 << 64) - 1), "q": (-(1 << 63), (1 << 63) - 1), "Q": (0, (1 << 64) - 1),
}


def ints(code, n):
    low, high = LIMITS[code]
    a = array(code, [0] * 8)
    s = 0
    for i in range(n):
        a[i % 8] = (i * 37) % 101
        a[-1 - i % 8] += i % 3
        s += a[i % 8] * 2 - a[(i * 3) % 8]
    a[0], a[1] = low, high
    for i in range(n):
        s += a[i % 2]
        a[2 + i % 2] = a[i % 2]
    return s, a


def limits(code, n):
    low, high = LIMITS[code]
    a = array(code, [5] * 4)
    errors = {}
    for i in range(n):
        v = (low, high, low - 1, high + 1, 1.5, None, True, 10**30)[i % 8]
        try:
            a[i % 4] = v
        except (OverflowError, TypeError) as exc:
            errors[type(exc).__name__, repr(v)] = str(exc)
    return a, sorted(errors.items())


def one_error(code, v, n):
    """A value that does not fit comes last, in a loop that has seen none before."""
    a = array(code, range(10))
    i = 0
    try:
        while i < n:
            a[i % 10] = i % 7 if i < n - 1 else v
            i += 1
    except (OverflowError, TypeError, IndexError) as exc:
        return i, a, type(exc).__name__, str(exc)
    return i, a


def floats(code, n):
    a = array(code, [0.5]) * 6
    for i in range(n):
        a[i % 6] = a[(i + 1) % 6] * 1.1 + i
        a[(i + 2) % 6] -= 0.1
        a[(i + 3) % 6] = i
        if i % 50 == 0:
            a[i % 6] = 1e300 * 1e300 if i % 100 else float("nan")
    a[0] = -0.0
    s = ""
    for i in range(n):
        s = repr(a[i % 6])
        a[i % 6] = True
    return s, a.tolist()


def aliases(n):
    a = array("d", range(8))
    b = a
    v = memoryview(a)
    w = v.cast("B").cast("q")
    total = 0.0
    for i in range(n):
        a[i % 8] = i * 0.5
        total += b[i % 8]
        v[(i + 1) % 8] = 2.5
        total += a[(i + 1) % 8]
        b[0] = 0.25
        total += a[0] + w[0] % 7
    return total, a


def two_types(n):
    arrays = [array("d", [1.5] * 4), array("i", [2] * 4), array("f", [0.1] * 4), [7, 8, 9, 10], array("Q", [1 << 63] * 4)]
    total = 0
    for i in range(n):
        a = arrays[i % len(arrays)] if i > n // 2 else arrays[0]
        total += a[i % 4]
    return total


def grows(n):
    a = array("i")
    s = 0
    for i in range(n):
        a.append(i)
        s += a[i % len(a)] + a[-1] + len(a)
        if i % 5 == 4:
            s -= a.pop(0)
        a[i // 2 % len(a)] = 1
        if len(a) > 60:
            del a[10:]
            a.extend(range(i, i * 2 + 1))
    return s, len(a)


def outside(n):
    a = array("d", [1.0, 2.0, 3.0])
    errors = {}
    s = 0.0
    for i in range(n):
        k = (0, 1, 2, -3, 3, -4, 10**30, True)[i % 8]
        try:
            s += a[k]
            a[k] = s % 5
        except IndexError as exc:
            errors[k] = str(exc)
    return s, errors


class Doubled(array):
    def __getitem__(self, i):
        return 2 * array.__getitem__(self, i)


class Counting(array):
    sets = 0

    def __setitem__(self, i, v):
        self.sets += 1
        super().__setitem__(i, v + 1)


def subclasses(n):
    d, c = Doubled("i", [1, 2, 3]), Counting("i", [0, 0, 0])
    s = 0
    for i in range(n):
        c[i % 3] = i
        s += d[i % 3] + c[i % 3]
    return s, c.sets, c


def iterated(n):
    a = array("h", range(50))
    s = 0
    for _ in range(n // 50):
        for k, x in enumerate(a):
            s += x * k
            a[k] = x % 7
        for x in a:
            s -= x
    return s


def hands_over(n):
    """The items of an array that is no longer the same one."""
    a = array("d", [1.0] * 10)
    s = 0.0
    for i in range(n):
        s += a[i % 10]
        if i % 40 == 39:
            a = array("d", [float(i)] * 10)
        elif i % 97 == 96:
            a[:] = array("d", [0.5] * 10)
    return s


N = 400
for code in LIMITS:
    print(code, ints(code, N), limits(code, N))
    print(one_error(code, LIMITS[code][1] + 1, N), one_error(code, LIMITS[code][0] - 1, N), one_error(code, 2.0, N), one_error(code, "x", N))
for code in "fd":
    print(code, floats(code, N), one_error(code, "x", N), one_error(code, 10**400, N), one_error(code, 2**63, N))
print(aliases(N), two_types(N), grows(N), outside(N))
print(subclasses(N), iterated(N), hands_over(N))
