"""sys.exit from within a callee in a hot loop: finally blocks, atexit, exit status 7."""

import atexit
import sys

atexit.register(print, "atexit ran")


def check(i):
    if i == 3000:
        sys.exit(7)
    return i


def run(n):
    s = 0
    try:
        for i in range(n):
            try:
                s += check(i)
            except Exception:
                print("must not be caught here")
    finally:
        print("finally", s)


for code in (None, "text", 3):
    try:
        for i in range(2000):
            if i == 1999:
                sys.exit(code)
    except SystemExit as exc:
        print("caught", exc.code)
run(5000)
