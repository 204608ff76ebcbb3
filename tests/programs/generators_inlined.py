"""Generators whose bodies run inside of the loops that consume them."""

import gc
import sys
import weakref


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1


def total(n):
    t = 0
    for x in count(n):
        t += x
    return t


def named(n):
    g = count(n)
    t = 0
    for x in g:
        t += x
        if x == n // 2:
            break
    rest = 0
    for x in g:
        rest += x
    return t, rest, next(g, "end")


def shared(n):
    g = count(n)
    out = 0
    for x in g:
        for y in g:
            out += x * y
            if y % 3 == 2:
                break
    return out


def kinds(xs):
    for x in xs:
        yield x
        yield x * 2


def mixed():
    out = []
    for x in kinds([1, 2.5, "a", (1,), True, 10**30] * 30):
        out.append(x)
    return out[:14], len(out)


def evens(n):
    for i in range(n):
        if i % 2 == 0:
            yield i


def sparse(n, step):
    i = 0
    while i < n:
        if i % step == 0:
            yield i
        i += 1


def filtered(n):
    t = 0
    for x in evens(n):
        t += x
    for x in sparse(n, 37):
        t -= x
    return t


def chain(n):
    a = (x + 1 for x in range(n))
    b = (x * 2 for x in a if x % 3)
    c = (x - 1 for x in b)
    t = 0
    for x in c:
        t += x
    return t


def tree(depth):
    return None if depth == 0 else (tree(depth - 1), depth, tree(depth - 1))


def walk(t):
    if t is not None:
        yield from walk(t[0])
        yield t[1]
        yield from walk(t[2])


def walk_all(t):
    s = 0
    for x in walk(t):
        s += x
    return s


def delegate(n):
    r = yield from count(n)
    yield r
    r = yield from [1, 2, 3]
    yield r
    r = yield from returning(4)
    yield r


def returning(n):
    for i in range(n):
        yield i
    return "returned %d" % n


def delegated(n):
    out = []
    for x in delegate(n):
        out.append(x)
    return out[-12:], len(out)


def average():
    n, t = 0, 0.0
    while True:
        x = yield t / n if n else None
        n += 1
        t += x


def sending(n):
    g = average()
    next(g)
    r = 0
    for i in range(n):
        r = g.send(float(i))
    return r


def nexts(n):
    g = count(n)
    t = 0
    try:
        while True:
            t += next(g)
    except StopIteration as e:
        return t, e.value


def cleanup(log):
    try:
        i = 0
        while True:
            yield i
            i += 1
    finally:
        log.append(("closed", i))


def broken_off(n):
    log = []
    for k in range(n):
        for x in cleanup(log):
            if x == 3 + k % 2:
                break
    return len(log), log[-3:]


def failing(n):
    for i in range(n):
        yield 10 // (n - 3 - i)


def failures(n):
    t = 0
    try:
        for x in failing(n):
            t += x
    except ZeroDivisionError as e:
        tb, where = e.__traceback__, []
        while tb is not None:
            where.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
            tb = tb.tb_next
        return t, where
    return None


def stops(n):
    i = 0
    while True:
        if i == n:
            raise StopIteration
        yield i
        i += 1


def stopped(n):
    t = 0
    try:
        for x in stops(n):
            t += x
    except RuntimeError as e:
        return t, str(e), type(e.__cause__).__name__
    return None


def throwing(n):
    def body():
        caught = 0
        while True:
            try:
                yield caught
            except ValueError:
                caught += 1

    g = body()
    t = 0
    for i in range(n):
        t += next(g)
        if i % 5 == 4:
            t += g.throw(ValueError)
    g.close()
    return t, list(g)


def inside(n):
    """A generator that looks at its caller and at itself."""
    for i in range(n):
        f = sys._getframe()
        yield f.f_code.co_name, f.f_lineno, f.f_back.f_code.co_name if f.f_back else None, i


def looked_at(n):
    out = None
    for item in inside(n):
        out = item
    return out


class Looker:
    def __init__(self):
        self.seen = []

    def __add__(self, other):
        f = sys._getframe(1)
        names = []
        while f is not None:
            names.append((f.f_code.co_name, f.f_lineno))
            f = f.f_back
        self.seen.append(names)
        return other


def uses(look, n):
    for i in range(n):
        yield look + i


def callers(n):
    look = Looker()
    t = 0
    for x in uses(look, n):
        t += x
    return t, look.seen[0], look.seen[-1], len(look.seen)


def states(n):
    """The generator as others see it while its body runs."""
    seen = set()

    def body():
        for i in range(n):
            seen.add((g.gi_running, g.gi_frame.f_lineno, g.gi_suspended))
            try:
                next(g)
            except ValueError as e:
                seen.add(str(e))
            yield i

    g = body()
    t = 0
    for x in g:
        seen.add((g.gi_running, g.gi_suspended, g.gi_frame.f_locals["i"] == x))
        t += x
    return t, sorted(map(str, seen)), g.gi_frame


class Thing:
    alive = 0

    def __init__(self):
        Thing.alive += 1

    def __del__(self):
        Thing.alive -= 1


def holder(n):
    thing = Thing()
    for i in range(n):
        yield i
    del thing


def finalized(n):
    counts = []
    for k in range(n):
        for x in holder(5):
            if x == 3 and k % 2:
                break
        counts.append(Thing.alive)
    return sum(counts), Thing.alive


def weak(n):
    refs = []
    for k in range(n):
        g = count(5)
        refs.append(weakref.ref(g))
        for x in g:
            pass
    del g
    return sum(r() is not None for r in refs)


def written(n):
    """Locals of a suspended generator that are written from outside."""
    g = count(n)
    t = 0
    for x in g:
        t += x
        if x == 20 and sys.version_info >= (3, 13):
            g.gi_frame.f_locals["i"] = 30
        elif x == 20:
            t += sum(range(21, 31))
    return t - (sum(range(21, 31)) if sys.version_info < (3, 13) else 0)


def deleted(n):
    out = 0
    g = count(n)
    for x in g:
        out += x
        if x == 5:
            del g
        if x > 5 and "g" in locals():
            out += 1000000
    return out


def unbound(n):
    def body():
        for i in range(n):
            if i % 4 == 0:
                extra = i
            yield i
            if i % 4 == 0:
                del extra
    t = 0
    for x in body():
        t += x
    return t


def with_args(n, *args, k=3, **kw):
    for i in range(n):
        yield i * k + len(args) + len(kw)


def all_args(n):
    t = 0
    for j in range(n):
        for x in with_args(3, 1, 2, k=j, z=1):
            t += x
    return t


def closures(n):
    t = 0
    for j in range(n):
        def body(m):
            nonlocal t
            for i in range(m):
                t += j
                yield i
        for x in body(4):
            t += x
    return t


class Node:
    def __init__(self, value, children=()):
        self.value = value
        self.children = children

    def __iter__(self):
        yield self.value
        for c in self.children:
            yield from c


def nodes(n):
    root = Node(1, [Node(2, [Node(3), Node(4)]), Node(5), Node(6, [Node(7, [Node(8)])])])
    t = 0
    for _ in range(n):
        for v in root:
            t = (t * 3 + v) % 1000003
    return t


def scheduler(n):
    def task(k):
        for i in range(k):
            yield i * k

    from collections import deque
    ready = deque(task(k) for k in range(n))
    log = 0
    while ready:
        g = ready.popleft()
        try:
            log = (log * 31 + next(g)) % 1000003
        except StopIteration:
            continue
        ready.append(g)
    return log


def handled(n):
    """Yields inside of handlers."""
    def body():
        for i in range(n):
            try:
                if i % 2:
                    raise KeyError(i)
                yield i
            except KeyError as e:
                yield -e.args[0]
    t = []
    for x in body():
        t.append(x)
    return sum(t), t[-2:], sys.exc_info()


def swap_names(n):
    global helper
    t = 0
    helper = lambda x: x
    def body():
        for i in range(n):
            yield helper(i)
    for x in body():
        t += x
        if x == 50:
            helper = lambda x: x * 2
    return t


for _ in range(4):
    print(total(200), named(60), shared(60), mixed(), filtered(200), chain(100))
    print(walk_all(tree(6)), delegated(30), sending(100), nexts(50), broken_off(30))
    print(failures(30), stopped(30), throwing(50), looked_at(30), callers(30))
    print(states(30), finalized(30), weak(10), written(60), deleted(40), unbound(50))
    print(all_args(30), closures(20), nodes(30), scheduler(12), handled(40), swap_names(100))
    gc.collect()
