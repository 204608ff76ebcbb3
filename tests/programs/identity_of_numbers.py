"""nan and identity: `in`, index, count, remove, ==, dict lookups and `is` on numbers that a trace makes, keeps unboxed or stores over each other."""

import math

nan = float("nan")


def case(function):
    print(function.__name__, function(50), function(50))


@case
def in_own_list(n):
    t = 0
    for i in range(n):
        x = nan if i % 3 else float(i)
        t += x in [x]
        t += x in (x, 1)
        t += x == x
        t += [x] == [x]
        t += (x, i) == (x, i)
    return t


@case
def made_nan(n):
    t = 0
    inf = math.inf
    for i in range(n):
        x = inf - inf
        y = x
        z = x + 0.0
        t += x in [x]
        t += (y in [x]) * 2
        t += (z in [x]) * 4
        t += ([x] == [y]) * 8 + ([x] == [z]) * 16
        t += ((x,) == (y,)) * 32 + ((x,) == (z,)) * 64
        t += [x, z].index(z) + [x, x].count(y) * 2 + [x, x].count(z)
    return t


@case
def nan_kept(n):
    items = []
    x = nan
    for i in range(n):
        x = x + 1.0
        items.append(x)
        y = items[-1]
        if y in items:
            i += 1
        items[0] = y
    return items.count(items[0]), items.index(items[-1]), sum(a is b for a in items for b in items)


@case
def dict_keys(n):
    d = {}
    t = 0
    inf = math.inf
    for i in range(n):
        x = inf - inf
        d[x] = i
        t += x in d
        t += d.get(x, -1)
        t += d[x]
        y = x * 1.0
        t += y in d
    return t, len(d)


@case
def nan_key(n):
    d = {nan: 1}
    s = {nan}
    t = 0
    for i in range(n):
        t += nan in d
        t += d[nan]
        t += nan in s
        t += (nan + 0.0) in d
        t += (nan,) in {(nan,)}
        d[nan] = d[nan] + i % 2
    return t, d


@case
def identity_floats(n):
    t = 0
    x = 1.5
    y = x
    prev = []
    for i in range(n):
        t += x is y
        x = x + 1.0
        z = x
        t += (z is x) * 2
        t += (x is y) * 4
        y = x
        prev.append(x)
        t += (prev[-1] is x) * 8
        t += (prev[i // 2] is x) * 16
    return t


@case
def identity_ints(n):
    t = 0
    x = 10**6
    for i in range(n):
        y = x
        x = x + 1
        t += (x is y)
        y = x
        t += (x is y) * 2
        s = i
        u = i + 0
        t += (s is u) * 4
        t += ((i & 7) is (i % 8)) * 8
        v = x - 1
        w = v + 1
        t += (w is x) * 16
        t += (x is not w) * 32
        k = [x, w]
        t += (k[0] is x) * 64 + (k[1] is x) * 128
    return t


@case
def identity_arith(n):
    """What CPython gives back itself: x + 0, x * 1, +x, int(x), x | 0, float(x) and so on."""
    t = [0] * 20
    x, f, b = 10**5, 2.5, 10**30
    for i in range(n):
        x += 1
        f += 1.0
        b += 1
        results = (
            x + 0 is x, x * 1 is x, +x is x, int(x) is x, x | 0 is x, x - 0 is x, x // 1 is x, x << 0 is x, x >> 0 is x, abs(x) is x, x & -1 is x, x ^ 0 is x,
            f + 0.0 is f, +f is f, float(f) is f, abs(f) is f, f * 1.0 is f, int(b) is b, +b is b, abs(b) is b,
        )
        for k, r in enumerate(results):
            t[k] += r
    return t


@case
def identity_minmax(n):
    t = 0
    for i in range(n):
        x, y = 1000.0 + i, 1000.0 + i
        m = min(x, y)
        t += m is x
        m = max(x, y)
        t += 4 * (m is x)
        m = max(x, nan)
        t += 32 * (m is x)
        t += 64 * ((x or y) is x) + 128 * ((x and y) is y)
        m = sorted([y, x])
        t += 256 * (m[0] is y)
        m = min([x, y], key=lambda v: -v)
        t += 512 * (m is x)
    return t


@case
def identity_complex(n):
    t = 0
    z = 1 + 2j
    for i in range(n):
        w = z
        z = z + 1
        t += (w is z) + 2 * (z is z) + 4 * (complex(z) is z) + 8 * (z in [z]) + 16 * (+z is z)
        c = complex(nan, 0)
        t += 32 * (c in [c]) + 64 * (c == c) + 128 * ([c] == [c])
    return t


@case
def stored_over(n):
    class C:
        pass

    c = C()
    c.x = 0.5
    kept = []
    for i in range(n):
        old = c.x
        c.x = c.x + 1.0
        if i % 5 == 0:
            kept.append(old)
        if c.x is old:
            kept.append("same")
        if i % 7 == 0:
            kept.append(c.x is c.x)
    return kept


@case
def list_over(n):
    a = [float(i) for i in range(10)]
    kept = []
    for i in range(n):
        k = i % 10
        old = a[k]
        a[k] = old + 1.0
        if old is a[k]:
            kept.append("same")
        if i % 11 == 0:
            kept.append((old, old in a, a.count(old)))
    return kept


@case
def ids(n):
    t = 0
    for i in range(n):
        x = i * 1.5
        a = id(x)
        y = x
        t += a == id(y)
        z = i * 1.5
        t += 2 * (id(z) == a)
        w = i + 1000
        t += 4 * (id(w) == id(w))
        p = (x, z)
        t += 8 * (id(p[0]) == a) + 16 * (id(p[1]) == a)
    return t


@case
def virtual_tuples(n):
    t = 0
    for i in range(n):
        x = nan
        p = (x, i)
        q = (x, i)
        t += (p is q) + 2 * (p == q) + 4 * (p[0] is q[0]) + 8 * (p in [q]) + 16 * ([p].index(q) == 0)
        e = ()
        t += 32 * (e is p[:0]) + 64 * (p[:] is p) + 128 * (tuple(p) is p) + 256 * (p + () is p) + 512 * (p * 1 is p)
    return t


@case
def removes(n):
    out = []
    for i in range(n):
        x = nan * i
        y = nan * 2
        a = [x, y, x]
        a.remove(y)
        out.append(len(a))
        try:
            a.remove(y)
        except ValueError:
            out.append("no")
        try:
            a.index(nan)
        except ValueError:
            out.append("none")
        out.append(a.count(x))
    return out[:6], out[-6:]


@case
def compared(n):
    t = 0
    for i in range(n):
        x = nan
        a, b = [x, 1], [x, 2]
        t += (a < b) + 2 * (a == b) + 4 * (a != b) + 8 * ((x,) <= (x,)) + 16 * ((x,) < (x,)) + 32 * ([nan + 1] <= [nan])
        t += 64 * ({1: x} == {1: x}) + 128 * ({1: x} == {1: x + 1}) + 256 * ({x} == {x})
    return t


@case
def true_is_one(n):
    t = 0
    for i in range(n):
        b = i % 2 == 0
        o = int(b)
        t += (b is True) + 2 * (o is True) + 4 * (o == b) + 8 * (b in [o]) + 16 * ((b + 0) is o) + 32 * (b is (not not o))
        d = {1: "one", True: "true"}
        t += len(d[b | 1])
        t += 64 * ((b & True) is b) + 128 * ((b | False) is b) + 256 * ((b ^ 0) is o)
    return t


@case
def match_nan(n):
    t = 0
    for i in range(n):
        x = nan if i % 2 else 1.0
        match x:
            case 1.0:
                t += 1
            case float(y) if y is x:
                t += 2
        match (x, i):
            case (1.0, _):
                t += 4
            case (a, b) if a is nan:
                t += 8
    return t


@case
def nan_chosen(n):
    t = 0
    things = [nan]
    for i in range(n):
        x = nan if i % 3 else 1.0 + i
        m = max(x, 2.0)
        t += (m in things) + 2 * (m is nan)
        m = min(things[0], x)
        t += 4 * (m in things) + 8 * (m is x)
        m = max(2.0, x, nan)
        t += 16 * (m in things)
    return t
