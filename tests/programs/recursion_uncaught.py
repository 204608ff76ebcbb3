"""A RecursionError that nobody catches: status 1, the last line of the traceback, repeated lines."""

import sys


def down(n):
    if n % 2:
        return down(n + 1) + 1
    return down(n + 1)


def hook(kind, value, tb):
    n = 0
    names = set()
    while tb:
        n += 1
        names.add((tb.tb_frame.f_code.co_name, tb.tb_lineno))
        tb = tb.tb_next
    print(kind.__name__, value, sorted(names), n > 900)


sys.excepthook = hook
for i in range(2000):
    pass
down(0)
