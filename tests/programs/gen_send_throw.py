"""send, throw and close on generators, from hot loops."""


def averager():
    total = 0.0
    n = 0
    average = None
    while True:
        value = yield average
        total += value
        n += 1
        average = total / n


def tolerant():
    caught = 0
    while True:
        try:
            x = yield caught
            if x is None:
                continue
        except ValueError as exc:
            caught += exc.args[0]
        except GeneratorExit:
            print("closing", caught)
            raise


def resisting():
    for i in range(3):
        try:
            yield i
        except GeneratorExit:
            pass


avg = averager()
next(avg)
for i in range(6000):
    last = avg.send(i)
print(last)

tol = tolerant()
next(tol)
for i in range(4000):
    if i % 3 == 0:
        r = tol.throw(ValueError(i))
    else:
        r = tol.send(i)
print(r)
tol.close()
print(list(tol))
try:
    tol.throw(KeyError("after close"))
except KeyError as exc:
    print(exc)

g = resisting()
next(g)
try:
    g.close()
except RuntimeError as exc:
    print(exc, list(g))


def outer():
    while True:
        try:
            yield from tolerant()
        except KeyError as exc:
            print("outer caught", exc)


o = outer()
next(o)
for i in range(3000):
    o.send(i)
    if i == 2500:
        o.throw(KeyError("to the inner"))
    if i % 100 == 0:
        o.throw(ValueError(1))
o.close()


def raises(n):
    for i in range(n):
        yield i
    raise LookupError("end of data")


s = 0
try:
    for v in raises(3000):
        s += v
except LookupError as exc:
    print(s, exc)


def stop_inside():
    for i in range(3000):
        yield i
        if i == 2000:
            raise StopIteration


try:
    for v in stop_inside():
        pass
except RuntimeError as exc:
    print(v, exc, repr(exc.__cause__))


def reenter():
    yield from (next(me) for _ in range(1))


me = reenter()
try:
    next(me)
except ValueError as exc:
    print(exc)
try:
    averager().send(5)
except TypeError as exc:
    print(exc)
