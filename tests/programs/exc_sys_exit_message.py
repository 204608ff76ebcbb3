"""sys.exit with a message out of a generator in a hot loop: message on stderr, exit status 1."""

import sys


def gen(n):
    try:
        for i in range(n):
            if i == 2500:
                sys.exit(f"stopped at {i}")
            yield i
    finally:
        print("generator closed")


total = 0
for v in gen(5000):
    total += v
print("never", total)
