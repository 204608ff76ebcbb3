"""KeyboardInterrupt in a hot loop, caught, then uncaught: status and traceback as CPython's."""

import signal


def run(n):
    s = 0
    try:
        for i in range(n):
            s += i
            if i == 2000:
                signal.raise_signal(signal.SIGINT)
            s += 1
    finally:
        print("finally", i)
    return s


try:
    run(5000)
except KeyboardInterrupt:
    print("caught")


def quiet(n):
    for i in range(n):
        try:
            if i % 1000 == 999:
                raise KeyboardInterrupt(i)
        except Exception:
            print("must not be caught as Exception")
        except BaseException as exc:
            print(type(exc).__name__, exc)


quiet(3000)
for i in range(4000):
    if i == 3000:
        raise KeyboardInterrupt("by hand")
