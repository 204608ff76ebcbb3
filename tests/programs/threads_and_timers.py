"""Threads in compiled loops, exceptions from other threads, and timers' signals."""

import threading, time, sys, queue, concurrent.futures, signal

sys.setswitchinterval(1e-4)


def count(n, out, k):
    t = 0
    for i in range(n):
        t += i % (k + 1)
    out[k] = t


def many():
    out = {}
    ts = [threading.Thread(target=count, args=(200000, out, k)) for k in range(6)]
    [t.start() for t in ts]
    [t.join() for t in ts]
    return sorted(out.items())


print(many())
stop = False
ticks = 0


def spin():
    global ticks
    n = 0
    while not stop:
        n += 1
    ticks = n


def stopper():
    global stop
    t = threading.Thread(target=spin)
    t.start()
    time.sleep(0.3)
    stop = True
    t.join(5)
    return t.is_alive(), ticks > 100


print(stopper())


class Shared:
    pass


def shared():
    s = Shared()
    s.go = True
    s.v = 0

    def reader():
        c = 0
        while s.go:
            c += s.v >= 0
        return c

    def writer():
        for i in range(50000):
            s.v = i
        s.go = False

    with concurrent.futures.ThreadPoolExecutor(3) as ex:
        f = [ex.submit(reader), ex.submit(reader), ex.submit(writer)]
        return [x.result() is None or x.result() >= 0 for x in f]


print(shared())


def lockinc():
    l = threading.Lock()
    c = [0]

    def inc():
        for _ in range(5000):
            with l:
                c[0] += 1

    ts = [threading.Thread(target=inc) for _ in range(4)]
    [t.start() for t in ts]
    [t.join() for t in ts]
    return c


print(lockinc())


def prodcons():
    q = queue.Queue(10)
    r = []

    def prod():
        for i in range(3000):
            q.put(i)
        q.put(None)

    def cons():
        while (x := q.get()) is not None:
            r.append(x)

    ts = [threading.Thread(target=prod), threading.Thread(target=cons)]
    [t.start() for t in ts]
    [t.join() for t in ts]
    return sum(r), r == list(range(3000))


print(prodcons())
loc = threading.local()


def tl():
    res = []

    def f(k):
        loc.x = 0
        for i in range(20000):
            loc.x += k
        res.append((k, loc.x))

    ts = [threading.Thread(target=f, args=(k,)) for k in range(4)]
    [t.start() for t in ts]
    [t.join() for t in ts]
    return sorted(res)


print(tl())
import ctypes


def asyncexc():
    started = threading.Event()
    got = []

    def f():
        started.set()
        try:
            n = 0
            while True:
                n += 1
        except ZeroDivisionError:
            got.append("zde")

    t = threading.Thread(target=f, daemon=True)
    t.start()
    started.wait()
    time.sleep(0.2)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(t.ident), ctypes.py_object(ZeroDivisionError))
    t.join(10)
    return got, t.is_alive()


print(asyncexc())


class Alarm(Exception):
    pass


def onalarm(s, f):
    raise Alarm


signal.signal(signal.SIGALRM, onalarm)


def alarm():
    c = 0
    for _ in range(8):
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        try:
            n = 0
            while True:
                n += 1
                if n % 2:
                    n += 0
        except Alarm:
            c += 1
    return c


print(alarm())
hits = 0


def onprof(s, f):
    global hits
    hits += 1
    names.add(f.f_code.co_name)


names = set()
signal.signal(signal.SIGALRM, onprof)


def prof():
    signal.setitimer(signal.ITIMER_REAL, 0.005, 0.005)

    def inner(x):
        return x * 2 + 1

    t = 0
    end = time.time() + 0.6
    while time.time() < end:
        for i in range(5000):
            t += inner(i)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return hits > 0, names <= {"prof", "inner", "onprof"}


print(prof())


def kbd():
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    x = 0
    try:
        while 1:
            x = x + 1 if x < 10**9 else 0
    except KeyboardInterrupt:
        return "kbd"


print(kbd())


def rec(n):
    return 0 if n == 0 else 1 + rec(n - 1)


def threadrec():
    r = []

    def f():
        try:
            rec(10**6)
        except RecursionError:
            r.append("re")
        r.append(rec(500))

    ts = [threading.Thread(target=f) for _ in range(3)]
    [t.start() for t in ts]
    [t.join() for t in ts]
    return r.count("re"), r.count(500)


print(threadrec())
