"""traceback.print_exc, format_exc, print_stack and extract_tb inside hot loops."""

import sys
import traceback


def fail(i):
    if i % 1500 == 1499:
        raise ArithmeticError(f"bad {i}")
    return i


def show_stack(i):
    if i == 2222:
        traceback.print_stack(file=sys.stdout)
    return i


def run(n):
    s = 0
    for i in range(n):
        try:
            s += fail(i)
        except ArithmeticError:
            traceback.print_exc()
            print(traceback.format_exc(limit=1))
            tb = traceback.extract_tb(sys.exc_info()[2])
            for frame in tb:
                print(frame.name, frame.lineno, frame.line, frame.colno, frame.end_colno)
        s += show_stack(i)
    return s


print(run(4000))
