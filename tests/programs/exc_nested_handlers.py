"""Handlers within handlers, sys.exc_info at every point, re-raising, and the name's deletion."""

import sys


def info():
    kind, value, tb = sys.exc_info()
    return kind.__name__ if kind else None, str(value), tb.tb_lineno if tb else None


def run(n):
    log = []
    for i in range(n):
        try:
            if i % 1000 == 999:
                raise ValueError(i)
        except ValueError:
            log.append(info())
            try:
                [][i]
            except IndexError:
                log.append(info())
                try:
                    {}[i]
                except KeyError:
                    log.append(info())
                log.append(info())
            log.append(info())
        if i % 1000 == 999:
            log.append(info())
    return log


def reraise(n):
    count = 0
    lines = set()
    for i in range(n):
        try:
            try:
                int("x" if i % 5 == 0 else "1")
            except ValueError:
                count += 1
                raise
        except ValueError as exc:
            lines.add(exc.__traceback__.tb_lineno)
    try:
        exc  # noqa: B018, F821
    except UnboundLocalError as gone:
        return count, lines, str(gone)


def loop_in_handler(n):
    try:
        raise LookupError("outer")
    except LookupError:
        s = 0
        for i in range(n):
            try:
                s += 1 // (i % 500)
            except ZeroDivisionError as exc:
                s += len(repr(exc.__context__))
        return s, info()


def handler_kinds(n):
    names = {}
    raisers = [ValueError, KeyError, IndexError, ZeroDivisionError, OSError, StopIteration, None]
    for i in range(n):
        kind = raisers[i % 7]
        try:
            if kind:
                raise kind(i)
            where = "none"
        except (KeyError, IndexError) as exc:
            where = "lookup " + type(exc).__name__
        except ArithmeticError:
            where = "arithmetic"
        except Exception as exc:
            where = "other " + type(exc).__name__
        names[where] = names.get(where, 0) + 1
    return names


for line in run(3000):
    print(line)
print(reraise(4000))
print(loop_in_handler(3000))
print(handler_kinds(7000))
print(info())
