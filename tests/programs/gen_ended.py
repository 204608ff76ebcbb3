"""Generators that have ended, while giving up what they walked over runs Python code or needs frames."""

import sys


class Walk:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if not self.n:
            raise StopIteration
        self.n -= 1
        return self.n

    def __del__(self):
        seen.append(sys._getframe(1).f_code.co_name)


seen = []


def carets(text, n):
    spaces = (c if c.isspace() else " " for c in text[:n])
    return "".join(spaces) + "^"


def shown(text, n):
    spaces = (c.upper() for c in text[:n])
    return [c for c in spaces], spaces.gi_frame, spaces.gi_running, repr(spaces.gi_code.co_name), list(spaces)


def walked(n):
    return sum(x * 2 for x in Walk(n))


def through(it):
    yield from (x + 1 for x in it)


def run(n):
    out = []
    for i in range(n):
        out.append(carets("ab c", i % 3 + 1))
        out.append(shown("xyz", i % 2 + 1))
        out.append(walked(i % 3))
        out.append(sum(through(iter("ab"[: i % 2 + 1].encode()))))
    return out


print(run(12))
print(run(40)[-8:])
print(len(seen), sorted(set(seen)))
