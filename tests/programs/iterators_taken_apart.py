"""Iterators of nested loops: hidden ones, named ones, shared ones, ones that something else advances."""


def nested(n, lst):
    t = 0
    for i in range(n):
        for x in lst:
            for k in range(3):
                t += x * k
        for a in (1, 2, 3):
            t += a
    return t


def kept(n):
    t = 0
    its = []
    for i in range(n):
        it = iter(range(5))
        for k in it:
            t += k
            if k == 3:
                its.append(it)
                break
        del it
    return t, [list(i) for i in its[:3]]


def advanced(n):
    it, jt = iter(range(n)), iter(list(range(n)))
    t = 0
    for a in it:
        t += a
        if a % 1000 == 0:
            t += next(it)
    for a in jt:
        t += a
        if a % 1000 == 0:
            t += next(jt)
    return t, list(it), list(jt)


def grows(l):
    t = 0
    for x in l:
        for y in l:
            t += x * y
            if x == 77 and y == 50 and len(l) < 120:
                l.append(-1)
    return t, len(l)


def escapes(n, keep):
    """A name of the iterator that is given up later; sometimes somebody else has it."""
    found = []
    for i in range(n):
        it = iter([i, i + 1, i + 2])
        keep(it, i, found)
        t = 0
        for x in it:
            it = None
            t += x
            if x % 7 == 0:
                break
        found.append(t)
        if len(found) > 50:
            found = [sum(f if isinstance(f, int) else sum(f) for f in found) % 1000003]
    return found


def keep(it, i, found):
    if i % 97 == 0:
        found.append(it)


def stops(n):
    """Exceptions and breaks with several iterators on the stack."""
    t = 0
    for i in range(n):
        try:
            for a in [1, 2, 3]:
                for b in range(4):
                    for c in (5, 6):
                        t += a * b * c
                        if (i + a + b) % 11 == 0:
                            raise KeyError(i)
        except KeyError:
            t -= 1
    return t


print(nested(5000, [1, 2, 3, 4]))
print(kept(5000))
print(advanced(10000))
print(grows(list(range(100))), grows(list(range(100))))
print(escapes(6000, keep))
print(stops(3000))
