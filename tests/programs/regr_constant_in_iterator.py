"""An iterator over a constant tuple that lives in the middle of a trace, across exits and bridges."""

import sys


def around(grid, x, y, n):
    count = 0
    for dy in (-1, 0, 1):
        row = grid[(y + dy) % n]
        for dx in (-1, 0, 1):
            if dx != 0 or dy != 0:
                count += row[(x + dx) % n]
    return count


N = 24
grid = [[(x * 7 + y * 13) % 3 == 0 for x in range(N)] for y in range(N)]
constants = [c for c in around.__code__.co_consts if isinstance(c, tuple)]
before = [sys.getrefcount(c) for c in constants]
total = 0
for _ in range(12):
    for y in range(N):
        for x in range(N):
            total += around(grid, x, y, N)
after = [sys.getrefcount(c) for c in constants]
print(total, all(b - a < 200 for a, b in zip(before, after)))
