"""A timer signal's handler ends loops that would never end, by exception and by flag."""

import signal


class Timeout(Exception):
    """Raised by the handler."""


def handler(signum, frame):
    raise Timeout(frame.f_code.co_name)


def forever():
    n = 0
    while True:
        n = (n + 1) & 0xFFFF


def forever_empty():
    while True:
        pass


def step(n):
    return n + 1


def forever_calls():
    n = 0
    while True:
        n = step(n) & 0xFF


def forever_generator():
    def gen():
        while True:
            yield 1

    for _ in gen():
        pass


signal.signal(signal.SIGALRM, handler)
for fn in (forever, forever_empty, forever_calls, forever_generator):
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        fn()
    except Timeout as exc:
        where = str(exc)
        print(fn.__name__, where in (fn.__name__, "step", "gen"))

fired = 0


def count(signum, frame):
    global fired
    fired += 1


signal.signal(signal.SIGALRM, count)
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
n = 0
while fired < 10:
    n += 1
signal.setitimer(signal.ITIMER_REAL, 0)
print(fired, n > 10)


def local_flag():
    done = []
    signal.signal(signal.SIGALRM, lambda s, f: done.append(f.f_locals.get("i") is not None))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    i = 0
    while not done:
        i += 1
    return done, i > 1


print(local_flag())
