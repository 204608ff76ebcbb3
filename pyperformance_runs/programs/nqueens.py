"""The n queens problem, with recursive generators."""

import sys

SIZE = 10


def extend(board, n):
    """Yield all ways to complete the board, a row at a time."""
    row = len(board)
    if row == n:
        yield board
        return
    for col in range(n):
        if all(col != c and abs(col - c) != row - r for r, c in enumerate(board)):
            yield from extend(board + [col], n)


def run(n: int) -> tuple:
    """Return the number of solutions and a checksum over them."""
    count = checksum = 0
    for board in extend([], n):
        count += 1
        for row, col in enumerate(board):
            checksum = (checksum * 31 + row * col) % 1000003
    return count, checksum


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
