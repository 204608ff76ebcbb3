"""Functions with loops of few iterations, whose variables are looked at in all ways, before, inside and behind the loop."""

import inspect
import sys


def plain(n):
    total = 0
    for i in range(n):
        total += i
    return total


def with_locals(n):
    total = 0
    for i in range(n):
        total += i
    seen = locals()
    return total, sorted(seen), seen["total"]


def with_eval(n):
    total = 0
    for i in range(n):
        total = eval("total + i * n")
    return total, dir(), eval("[n for _ in 'ab']"), "total" in vars()


def caller():
    frame = sys._getframe(1)
    return sorted(frame.f_locals), frame.f_locals.get("i"), frame.f_code.co_name


def with_frames(n):
    seen = None
    for i in range(n):
        if i == 2:
            seen = caller()
    return seen, inspect.currentframe().f_locals["n"]


def with_exec(n):
    total = 0
    for i in range(n):
        total += i
        scope = {}
        exec("x = total + i", {}, scope | {"total": total, "i": i})
    return total


def with_error(n):
    total = 0
    for i in range(n):
        total += i
    raise ValueError(total)


def with_generator(n):
    def inner():
        for i in range(n):
            yield i, sorted(locals())

    out = None
    for out in inner():
        pass
    return out


def cells(n):
    total = 0

    def add(i):
        nonlocal total
        total += i

    for i in range(n):
        add(i)
    return total, sorted(locals())


def main():
    last = None
    for k in range(200000):
        plain(3 + k % 3)
        if k % 100 == 0:
            now = with_locals(4), with_eval(3), with_frames(4), with_exec(2), with_generator(3), cells(4)
            if now != last:
                print(now)
                last = now
            try:
                with_error(3)
            except ValueError as error:
                frame = error.__traceback__.tb_next.tb_frame
                if k % 20000 == 0:
                    print(error, sorted(frame.f_locals))
    frames = []
    for k in range(20000):
        with_locals(2 + k % 4)
        plain(4)
        frames.append(with_frames(3))
        del frames[:-3]
    print(frames[-1])


main()
