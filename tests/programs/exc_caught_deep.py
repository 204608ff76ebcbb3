"""Exceptions raised one, two and three calls deep and caught at every level."""

import traceback


class Stop(Exception):
    """The exception of this program."""


def three(i):
    if i % 701 == 700:
        raise Stop("three", i)
    return i


def two(i):
    if i % 501 == 500:
        raise Stop("two", i)
    return three(i) + 1


def one(i):
    try:
        return two(i) + 1
    except Stop as exc:
        if exc.args[0] == "two":
            return -1
        raise


def run(n):
    s = 0
    caught = []
    for i in range(n):
        try:
            s += one(i)
        except Stop as exc:
            lines = []
            tb = exc.__traceback__
            while tb:
                lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
                tb = tb.tb_next
            caught.append((exc.args, lines))
    return s, caught


total, found = run(4000)
print(total, len(found))
for item in found:
    print(item)
for i in range(2500):
    try:
        one(i)
    except Stop:
        if i > 2000:
            print(traceback.format_exc())
