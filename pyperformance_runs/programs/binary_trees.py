"""Building, walking and dropping binary trees."""

import sys

SIZE = 15


class Node:
    """A node with two children or none."""

    def __init__(self, left, right):
        self.left = left
        self.right = right

    def check(self):
        """Return the number of nodes."""
        if self.left is None:
            return 1
        return 1 + self.left.check() + self.right.check()


def make(depth):
    """Return a complete tree."""
    if depth == 0:
        return Node(None, None)
    return Node(make(depth - 1), make(depth - 1))


def run(n: int) -> list[int]:
    """Return the checks of many trees of growing depth."""
    checks = [make(n + 1).check()]
    kept = make(n)
    for depth in range(4, n + 1, 4):
        total = 0
        for _ in range(1 << (n - depth + 2)):
            total += make(depth).check()
        checks.append(total)
    checks.append(kept.check())
    return checks


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
