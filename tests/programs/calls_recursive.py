"""Functions that call themselves: results, errors, frames, limits, and changes in the middle of a recursion."""

import sys
import threading
import traceback


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


print([fib(n) for n in range(20)], fib(23))


def ack(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ack(m - 1, 1)
    return ack(m - 1, ack(m, n - 1))


print([ack(2, n) for n in range(12)], ack(1, 300))


def power(x, n):
    if n == 0:
        return 1.0
    half = power(x, n // 2)
    return half * half * x if n % 2 else half * half


print(sum(power(1.0 + i / 1000, i % 40) for i in range(3000)))


class Node:
    def __init__(self, left, right):
        self.left = left
        self.right = right

    def check(self):
        if self.left is None:
            return 1
        return 1 + self.left.check() + self.right.check()


def make(depth):
    if depth == 0:
        return Node(None, None)
    return Node(make(depth - 1), make(depth - 1))


print([make(d).check() for d in range(12)])


# big ints, None, changing result types


def double(n):
    if n == 0:
        return 1
    return 2 * double(n - 1)


print([double(n) for n in range(200)][-3:], double(63), double(62))


def mixed(n):
    if n < 3:
        return (n, 1.5, "x")[n]
    r = mixed(n - 1)
    if n % 7 == 0:
        return None
    return n if r is None else r * 2 if type(r) is not str else r + "y"


print([repr(mixed(n))[:40] for n in range(25)], len({repr(mixed(n % 30))[:30] for n in range(2000)}))


def maybe(n):
    if n <= 0:
        return None
    left = maybe(n - 2)
    if left is None:
        return n
    return left + 1


print([maybe(n) for n in range(30)], sum(maybe(n % 30) or 0 for n in range(3000)))


def floats(n, x):
    if n == 0:
        return x
    return floats(n - 1, x + 0.5)


print(sum(floats(n % 20, 1.0) for n in range(1000)), floats(3, 2), floats(2, 2**80), sum(floats(i % 9, i) for i in range(300)))


# errors: tracebacks through native calls, handlers on the way


def fails(n, at):
    if n == at:
        return 1 // (n - at)
    return 1 + fails(n - 1, at)


for i in range(300):
    try:
        fails(12, i % 7 + 2)
    except ZeroDivisionError as e:
        if i in (0, 150, 299):
            traceback.print_exc(file=sys.stdout)
            tb, names = e.__traceback__, []
            while tb:
                f = tb.tb_frame
                back = f.f_back
                names.append((f.f_code.co_name, tb.tb_lineno, f.f_locals.get("n"), back and (back.f_lineno, back.f_locals.get("n"))))
                tb = tb.tb_next
            print(names[1:])


def rescued(n):
    try:
        if n == 0:
            raise KeyError(n)
        return rescued(n - 1) + 1
    except KeyError as e:
        if n % 3:
            raise
        return 1000 + len(e.args)
    finally:
        seen[n] = seen.get(n, 0) + 1


seen = {}
print([rescued(n) for n in range(0, 30, 3)], sum(rescued(3 * (n % 9)) for n in range(300)))
print(sorted(seen.items())[:5])


# the recursion limit


def deep(n):
    if n == 0:
        return 0
    return 1 + deep(n - 1)


def reach(limit):
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(limit)
    try:
        low, high = 1, limit + 10
        while low < high:
            mid = (low + high + 1) // 2
            try:
                deep(mid)
                low = mid
            except RecursionError:
                high = mid - 1
        return limit - low
    finally:
        sys.setrecursionlimit(old)


for _ in range(400):
    deep(50)
print([reach(limit) for limit in (120, 200, 500, 977, 3000)])


def endless(n):
    return endless(n + 1) + 1


def catch(n):
    try:
        endless(n)
    except RecursionError as e:
        depth, tb = 0, e.__traceback__
        while tb:
            depth += 1
            tb = tb.tb_next
        return depth, str(e)[:32]


print(catch(0), catch(0), catch(1))
sys.setrecursionlimit(40000)
print(deep(30000), sum(deep(2000 + i) for i in range(20)))
sys.setrecursionlimit(1000)


# who looks at the frames


def depth_of(frame):
    n = 0
    while frame:
        n += 1
        frame = frame.f_back
    return n


def looks(n, log):
    if n == 0:
        f = sys._getframe()
        log.append((depth_of(f), f.f_lineno, f.f_back.f_lineno, f.f_back.f_locals["n"], f.f_back.f_back.f_locals["n"]))
        return 0
    return looks(n - 1, log) + 1


log = []
for i in range(400):
    looks(6 + i % 3, log)
print(len(log), sorted(set(log)))


def caller_line():
    return sys._getframe(1).f_lineno, sys._getframe(1).f_locals["n"], sys._getframe(2).f_code.co_name


def nested(n, out):
    if n == 0:
        return 0
    a = nested(n - 1, out)
    out.append(caller_line())
    b = nested(n - 2, out) if n > 1 else 0
    return a + b + 1


for i in range(60):
    out = []
    r = nested(7, out)
print(r, len(out), out[:3], out[-3:])


# changes in mid-recursion

scale = 1


def scaled(n):
    if n == 0:
        return scale
    return scaled(n - 1) + scale


def change(n, what):
    global scale
    if n == 0:
        scale = what
        return scale
    return change(n - 1, what) + scale


r = []
for i in range(300):
    r.append(scaled(10))
    if i % 100 == 50:
        change(8, i)
print(r[0], r[60], r[-1])


def replaced(n):
    if n == 5 and swap:
        globals()["replaced"] = lambda n: -n
    if n == 0:
        return 0
    return replaced(n - 1) + 1


swap = False
print(sum(replaced(20) for _ in range(300)))
swap = True
print(replaced(20), replaced(3))


def recoded(n):
    if n == 4 and swap:
        recoded.__code__ = other.__code__
    if n == 0:
        return 0
    return recoded(n - 1) + 1


def other(n):
    return 100 * n


swap = False
print(sum(recoded(20) for _ in range(300)))
swap = True
print(recoded(20), recoded(3))


def defaulted(n, step=1):
    if n <= 0:
        return 0
    return defaulted(n - step) + 1


print(sum(defaulted(20) for _ in range(300)))
defaulted.__defaults__ = (2,)
print(defaulted(20), defaulted(20, 4), defaulted(n=9), sum(defaulted(n, step=3) for n in range(300)))


# finalizers and references


class Noisy:
    alive = 0
    log = []

    def __init__(self, n):
        self.n = n
        Noisy.alive += 1

    def __del__(self):
        Noisy.alive -= 1
        if self.n == 3:
            Noisy.log.append(sys._getframe(1).f_code.co_name)


def churn(n):
    mine = Noisy(n)
    if n == 0:
        return Noisy.alive
    r = churn(n - 1)
    mine = None
    return r + Noisy.alive


print([churn(n) for n in range(10)], sum(churn(n % 10) for n in range(500)), Noisy.alive, set(Noisy.log), len(Noisy.log))


def consume(items, n):
    items = items[1:]
    if n == 0 or not items:
        return len(items)
    return consume(items, n - 1) + len(items)


print(sum(consume(list(range(30)), n % 25) for n in range(500)))


# closures, methods, callbacks, keys


def outer(base):
    def inner(n):
        if n == 0:
            return base
        return inner(n - 1) + 1

    return sum(inner(n % 15) for n in range(200))


print([outer(b) for b in range(6)])


class Tree:
    def __init__(self, value, children=()):
        self.value = value
        self.children = children

    def total(self, factor=1):
        t = self.value * factor
        for c in self.children:
            t += c.total(factor)
        return t

    def depth(self):
        return 1 + max([c.depth() for c in self.children], default=0)


def grow(n):
    return Tree(n, [grow(n - 1), grow(n - 2)] if n > 1 else ())


t = grow(13)
print(t.total(), t.total(2), t.depth())
print(sorted(range(300), key=lambda x: deep(x % 40))[:5], max(range(300), key=lambda x: -deep(abs(x - 100))))


def gcd(a, b):
    return a if b == 0 else gcd(b, a % b)


print(sum(gcd(a, b) for a in range(1, 80) for b in range(1, 80)), gcd(2**100, 6**50), gcd(True, 5))


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


print(sum(even(n % 50) for n in range(2000)))


def hanoi(n, a, b, c, moves):
    if n == 0:
        return 0
    k = hanoi(n - 1, a, c, b, moves)
    moves.append((a, c))
    return k + 1 + hanoi(n - 1, b, a, c, moves)


moves = []
print(hanoi(11, "a", "b", "c", moves), len(moves), moves[:4], moves[-2:])


def permutations(items, k, out):
    if k == len(items):
        out.append(tuple(items))
        return 1
    total = 0
    for i in range(k, len(items)):
        items[k], items[i] = items[i], items[k]
        total += permutations(items, k + 1, out)
        items[k], items[i] = items[i], items[k]
    return total


out = []
print(permutations(list("abcdef"), 0, out), len(set(out)), out[77])


# threads


def work(results, n):
    results.append((fib(18 + n % 3), deep(300), sum(power(1.5, i % 20) for i in range(200))))


results = []
ts = [threading.Thread(target=work, args=(results, n)) for n in range(8)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(results))

threading.stack_size(256 * 1024)
results = []
t = threading.Thread(target=lambda: results.append(deep(900)))
t.start()
t.join()
print(results)


# tracing is switched on inside

events = []


def tracer(frame, event, arg):
    events.append((frame.f_code.co_name, event, frame.f_lineno))
    return tracer


def traced(n, on):
    if n == 0:
        if on:
            sys.settrace(tracer)
        return 0
    return traced(n - 1, on) + 1


for i in range(300):
    traced(6, False)
traced(6, True)
x = traced(2, False)
sys.settrace(None)
print(x, len(events), events[:8])

endless(0)
