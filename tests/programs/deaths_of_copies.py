"""Containers that hold the same object many times, and nobody else holds it: its finalizer sees the frames."""

import sys

log = []


class D:
    def __init__(self, k):
        self.k = k

    def __del__(self):
        frame = sys._getframe(1)
        log.append((self.k, frame.f_code.co_name, frame.f_locals.get("i")))


def lists(n):
    for i in range(n):
        a = [i] * 3
        if i % 700 == 7:
            a = [D(i)] * 100
        if i % 700 == 8:
            a = [[D(i)] * 50, (D(-i),) * 60]
        if i % 700 == 9:
            a = {1: [D(i)] * 40}
        a = None
    return a


lists(9000)
print(len(log), log[:9])
