"""sys._getframe from called functions: names, line numbers and locals of all callers."""

import sys


def where(depth):
    out = []
    frame = sys._getframe(1)
    for _ in range(depth):
        out.append((frame.f_code.co_name, frame.f_lineno))
        frame = frame.f_back
        if frame is None:
            break
    return out


def caller_local(name):
    return sys._getframe(1).f_locals[name]


def inner(i):
    x = i * 2
    if i % 1000 == 999:
        print(where(10))
        print(caller_local("x"), sys._getframe().f_back.f_locals["i"])
    return x


def middle(i):
    y = (
        inner(i)
        + inner(
            i + 1
        )
    )
    return y


def run(n):
    s = 0
    for i in range(n):
        s += middle(i)
        if i % 1000 == 998:
            s += len(where(2)); print(where(2))  # noqa: E702
    return s


def own_line(n):
    lines = set()
    for i in range(n):
        lines.add(sys._getframe().f_lineno)
        if i % 2:
            lines.add(
                sys._getframe().f_lineno
            )
    return sorted(lines)


def depth():
    d = 0
    frame = sys._getframe()
    while frame:
        d += 1
        frame = frame.f_back
    return d


def depths(n):
    base = depth()
    return {depth() - base for _ in range(n)}


def globals_of_caller(n):
    count = 0
    for _ in range(n):
        count += sys._getframe(0).f_globals is globals()
        count += sys._getframe(1).f_code.co_name == "<module>"
    return count


print(run(2100))
print(own_line(3000))
print(depths(2000))
print(globals_of_caller(2000))
