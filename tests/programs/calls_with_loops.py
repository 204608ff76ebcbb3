"""Functions with loops, called from hot loops: exits, errors, frames and changes in the middle of an inlined loop."""

import sys
import traceback


def escape(cr, ci, limit):
    zr = zi = 0.0
    for step in range(limit):
        zr2 = zr * zr
        zi2 = zi * zi
        if zr2 + zi2 > 4.0:
            return step
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
    return limit


def mandelbrot(n):
    total = 0
    for y in range(n):
        for x in range(n):
            total += escape(3.0 * x / n - 2.0, 2.0 * y / n - 1.0, 40)
    return total


print(mandelbrot(60))


def collatz(n):
    steps = 0
    while n != 1:
        if n % 2:
            n = 3 * n + 1
        else:
            n //= 2
        steps += 1
    return steps


print([max((collatz(i), i) for i in range(1, top)) for top in (50, 500, 1500)])


def longest(top):
    best = 0
    for i in range(1, top):
        best = max(best, collatz(i))
    return best


print(longest(3000))


# short loops, constant and not


def window(grid, x, y, n):
    count = 0
    for dy in (-1, 0, 1):
        row = grid[(y + dy) % n]
        for dx in (-1, 0, 1):
            if dx or dy:
                count += row[(x + dx) % n]
    return count


def life(n):
    grid = [[(x * y + x) % 3 == 0 for x in range(n)] for y in range(n)]
    return [sum(window(grid, x, y, n) for x in range(n)) for y in range(n)]


print(life(24))


def digits(n):
    out = []
    while n:
        out.append(n % 10)
        n //= 10
    return out


def all_digits(top):
    total = 0
    for i in range(top):
        for d in digits(i * 7919):
            total += d
    return total


print(all_digits(4000))


# nested loops inside the callee, and a callee of the callee


def dot(a, b):
    total = 0
    for x, y in zip(a, b):
        total += x * y
    return total


def product(a, b):
    out = []
    for row in a:
        line = []
        for col in b:
            line.append(dot(row, col))
        out.append(line)
    return out


def matrices(n, times):
    a = [[(i * j) % 7 for j in range(n)] for i in range(n)]
    for _ in range(times):
        a = [[x % 1000 for x in row] for row in product(a, a)]
    return a


print(matrices(12, 30)[3])


# types that change between calls, big ints, variables that are not bound


def total_of(items, start):
    result = start
    for item in items:
        result += item
        last = item
    return result, last


def mixed():
    out = []
    for i in range(400):
        out.append(total_of(range(20), 0))
        if i % 3 == 0:
            out.append(total_of([0.5] * 20, 0.0))
        if i % 50 == 0:
            out.append(total_of([2**62] * 20, i))
            out.append(total_of("abcdefghijklmnopqrst", ""))
    return out


r = mixed()
print(len(r), r[0], r[1], r[2], r[3], r[-1])


def unbound(n, start):
    for i in range(start, start + n):
        if i % 10 == 3:
            value = i
        if i % 10 == 2 and i > 50:
            del value
    return value


def call_unbound():
    out = []
    for i in range(300):
        try:
            out.append(unbound(40, i))
        except UnboundLocalError as e:
            out.append(str(e)[:30])
    return out


r = call_unbound()
print(r[:4], r[50:60], len(set(map(str, r))))


# errors raised in the loop: traceback lines and locals


def checked(items, limit):
    done = 0
    for item in items:
        done += 100 // (limit - item)
    return done


def call_checked(n):
    total = 0
    for i in range(n):
        total += checked(range(15), 50 if i != n - 2 else 11)
    return total


try:
    call_checked(300)
except ZeroDivisionError:
    traceback.print_exc(file=sys.stdout)
    tb = sys.exc_info()[2]
    while tb.tb_next:
        tb = tb.tb_next
    print(sorted(tb.tb_frame.f_locals.items(), key=str), tb.tb_frame.f_back.f_code.co_name, tb.tb_frame.f_back.f_lineno)


def handled(items):
    errors = 0
    for item in items:
        try:
            errors += 10 // (item % 7)
        except ZeroDivisionError:
            errors += 1000
    return errors


def call_handled():
    total = 0
    for i in range(300):
        total += handled(range(i, i + 20))
    return total


print(call_handled())


# frames seen from inside


def spy(tag):
    f = sys._getframe(1)
    g = f.f_back
    return f.f_code.co_name, f.f_lineno, f.f_locals.get("k"), g.f_code.co_name, g.f_lineno, g.f_locals.get("i"), tag


def watched(n, i):
    seen = None
    for k in range(n):
        if k == 17 and i % 90 == 5:
            seen = spy(k)
    return seen


def call_watched():
    out = []
    for i in range(300):
        s = watched(20, i)
        if s:
            out.append(s)
    return out


print(call_watched())


# the function, a global and a default change while their loops run

factor = 2


def scaled(n, extra=1):
    total = 0
    for k in range(n):
        total += k * factor + extra
    return total


def call_scaled():
    global factor
    out = []
    for i in range(400):
        out.append(scaled(15))
        if i == 200:
            factor = 3
        if i == 300:
            scaled.__defaults__ = (5,)
    return sum(out), out[0], out[-1], out[201]


print(call_scaled())


def swap_in_the_middle(n, i):
    total = 0
    for k in range(n):
        total += k
        if i == 350 and k == 10:
            globals()["swap_in_the_middle"] = lambda n, i: -n
    return total


def call_swap():
    return sum(swap_in_the_middle(20, i) for i in range(400))


print(call_swap())


def call_swap_loop():
    total = 0
    for i in range(400):
        total += swap_in_the_middle(20, i)
    return total


print(call_swap_loop())


# finalizers and identity


class Noisy:
    alive = 0

    def __init__(self, n):
        self.n = n
        Noisy.alive += 1

    def __del__(self):
        Noisy.alive -= 1


def churn(n, outer):
    kept = None
    peak = 0
    for k in range(n):
        kept = Noisy(k)
        if Noisy.alive > peak:
            peak = Noisy.alive
        if outer is kept:
            return "same"
    return peak


def call_churn():
    peaks = set()
    for i in range(300):
        mine = Noisy(-1)
        peaks.add(churn(12, mine))
    return sorted(peaks), Noisy.alive


print(call_churn(), Noisy.alive)


# methods, closures, defaults; a loop that never ends but by return


class Bag:
    def __init__(self, items):
        self.items = items

    def index(self, x):
        k = 0
        while True:
            if self.items[k] == x:
                return k
            k += 1

    def count(self, want=0, *, step=1):
        n = 0
        for k in range(0, len(self.items), step):
            n += self.items[k] == want
        return n


def call_bag():
    bag = Bag([i * 3 % 17 for i in range(17)])
    total = 0
    for i in range(600):
        total += bag.index(i % 17) + bag.count(i % 17) + bag.count(want=3, step=1 + i % 2)
    return total


print(call_bag())


def adder(step):
    def add(n):
        total = 0
        for k in range(n):
            total += k * step
        return total

    return add


def call_closure():
    f, g = adder(3), adder(4)
    total = 0
    for i in range(300):
        total += f(20) + g(11) + adder(i)(9)
    return total


print(call_closure())


# module level: names that are held while an inlined loop runs

count = 0
for index in range(300):
    count += collatz(27 + index % 5)
    if index == 250:
        print(index, count)
print(index, count)


def reader(n):
    total = 0
    for k in range(n):
        total += count
    return total


acc = 0
for index in range(300):
    count = index
    acc += reader(20)
print(acc)


# many calls of one function from different places


def ones(n):
    total = 0
    for k in range(n):
        total += 1
    return total


def many():
    total = 0
    for i in range(300):
        total += ones(10) + ones(11) + ones(12) + ones(13) + ones(14) + ones(15) + ones(16) + ones(17) + ones(18) + ones(19) + ones(20)
    return total


print(many())


# recursion through a loop


def walk(tree):
    total = 1
    for child in tree:
        total += walk(child)
    return total


def grow(depth, width):
    return [grow(depth - 1, width) for _ in range(width)] if depth else []


print(walk(grow(4, 7)), [walk(grow(2, w)) for w in range(1, 12)])
