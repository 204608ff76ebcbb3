"""os.kill and signal.raise_signal from inside hot loops: the handler's moment and its frame."""

import os
import signal

log = []


def handler(signum, frame):
    log.append((frame.f_code.co_name, frame.f_lineno))


def run(n):
    s = 0
    for i in range(n):
        s += i
        if i % 1000 == 999:
            signal.raise_signal(signal.SIGUSR1)
        s ^= 1
    return s


def kill(n):
    seen = 0
    for i in range(n):
        if i % 1000 == 999:
            os.kill(os.getpid(), signal.SIGUSR1)
            while len(log) == seen:
                pass
        seen = len(log)
    return seen


def raising(signum, frame):
    raise LookupError(signum == signal.SIGUSR2)


signal.signal(signal.SIGUSR1, handler)
signal.signal(signal.SIGUSR2, raising)
print(run(3000), len(log), {name for name, _ in log})
log.clear()
print(kill(3000))
caught = 0
for i in range(3000):
    try:
        if i % 100 == 0:
            signal.raise_signal(signal.SIGUSR2)
            caught += 1000000
    except LookupError as exc:
        caught += exc.args[0]
print(caught)
