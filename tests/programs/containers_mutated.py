"""Containers that change while they are iterated, searched, sliced or aliased."""


def listgrow(n):
    l = [1]
    t = 0
    for x in l:
        t += x
        if len(l) < n:
            l.append(x + 1)
    return t


print(listgrow(1000))


def listshrink(n):
    l = list(range(n))
    out = []
    for x in l:
        out.append(x)
        if l and x % 2:
            l.pop()
        if x % 5 == 0 and l:
            l.remove(l[0]) if 0 else l.pop(0)
    return len(out), out[-5:], len(l)


print(listshrink(2000))


def dictmut(n):
    errs = 0
    for i in range(n):
        d = {k: k for k in range(5)}
        try:
            for k in d:
                if k == i % 7:
                    d[100 + k] = 1
                if i % 5 == 0:
                    d[k] = 3
        except RuntimeError as e:
            errs += len(str(e))
        try:
            for k in d:
                del d[k]
        except RuntimeError as e:
            errs += len(str(e))
        try:
            for k in list(d):
                del d[k]
            for k in d:
                d[k] = 1
        except RuntimeError as e:
            errs += 1
    return errs


print(dictmut(300))


def setmut(n):
    e = 0
    for i in range(n):
        s = set(range(6))
        try:
            for x in s:
                if x == i % 8:
                    s.add(99)
        except RuntimeError:
            e += 1
        try:
            for x in s:
                s.discard(x)
        except RuntimeError:
            e += 1
    return e


print(setmut(300))


def alias(n):
    a = [0] * 10
    b = a
    t = 0
    for i in range(n):
        a[i % 10] = i
        t += b[i % 10]
        if i == n // 2:
            b = a[:]
        if i == n // 2 + 10:
            a = b
            del b[5:]
            b.extend([7] * 5)
        b[-1] += 1
        t += a[-1]
    return t


print(alias(1000))


def replaced(n):
    l = [1, 2, 3]
    t = 0
    for i in range(n):
        l[0] = i if i % 3 else float(i)
        l[1:2] = [l[0], l[0]] if i % 2 else []
        t += l[0] + len(l)
        if len(l) > 50 or len(l) < 2:
            l = [1, 2, 3]
    return t


print(replaced(1000))


class Evil:
    def __init__(self, l):
        self.l = l

    def __eq__(self, o):
        self.l.clear()
        return False

    __hash__ = None


def evil(n):
    k = 0
    for i in range(n):
        l = []
        l += [Evil(l), 1, 2]
        try:
            k += 2 in l
        except Exception as e:
            k += 100
        l2 = []
        l2 += [Evil(l2)] * 3
        try:
            k += l2.index(5)
        except ValueError:
            k += 1
        k += l2.count(4)
    return k


print(evil(200))


def negidx(n):
    l = list(range(20))
    t = 0
    for i in range(n):
        j = i % 60 - 30
        try:
            t += l[j]
        except IndexError:
            t -= 1
        try:
            l[j] = i
        except IndexError:
            t -= 2
        try:
            l[2**70 if i % 50 == 0 else j // 2] += 1
        except IndexError:
            t -= 3
    return t, sum(l)


print(negidx(600))


def dicts(n):
    d = {}
    t = 0
    for i in range(n):
        k = (i % 10, "a") if i % 3 else str(i % 7)
        d[k] = d.get(k, 0) + i
        if i % 11 == 0:
            d.pop(k, None)
        t += k in d
        d.setdefault(i % 4, []).append(i)
        if len(d[i % 4]) > 5:
            del d[i % 4]
    return t, sorted(map(str, d.items()))[:5]


print(dicts(1000))


def itermut(n):
    out = 0
    for i in range(n):
        l = [1, 2, 3, 4]
        it = iter(l)
        next(it)
        l.clear()
        out += next(it, 50)
        l.extend([5, 6, 7])
        out += next(it, 60)
        r = reversed([1, 2])
        out += next(r) * next(r)
        out += next(r, 9)
        z = zip(l, iter(l))
        out += len(list(z))
    return out


print(itermut(300))


def unpack(n):
    t = 0
    for i in range(n):
        a, *b, c = range(i % 5 + 2)
        t += a + sum(b) * c
        try:
            a, b = [1] * (i % 4)
        except ValueError as e:
            t += len(str(e))
        (a, b), c = (i, i + 1), [2]
        t += a - b + c[0]
        x = y = z = [i]
        x += [1]
        t += len(z)
    return t


print(unpack(600))


def comp(n):
    return (
        sum(sum(x * y for y in [x for x in range(x % 5)]) for x in range(n)),
        len({x % 7: [x] for x in range(n)}),
        {x % 3 for x in range(n)},
    )


print(comp(500))


def slices(n):
    l = list(range(30))
    out = 0
    for i in range(n):
        out += sum(l[i % 30 :]) + sum(l[: -(i % 9)]) + sum(l[:: (i % 5) - 2 or 1]) + len(l[i % 40 : i % 13])
        l[i % 30 : i % 30 + 2] = (i, i)
        del l[i % 7]
        l.insert(i % 31 - 3, i)
    return out, len(l)


print(slices(500))


def tup(n):
    t = ()
    for i in range(n):
        t = (*t, i)[-5:]
        if t > (i - 3,):
            t = t + (0,)
    return t


print(tup(500))


def strs(n):
    s = ""
    c = 0
    for i in range(n):
        s += chr(65 + i % 26) if i % 10 else "é\U0001f600"
        c += s.count("A") + s.find("é") + (s[-1] == "\U0001f600") + len(s[i % 7 :: 3])
    return c, len(s), hash(s) == hash("" + s)


print(strs(600))
