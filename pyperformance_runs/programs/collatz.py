"""The longest Collatz sequence."""

import sys

SIZE = 45000


def run(n: int) -> tuple:
    """Return the start below n with the longest sequence, and its length."""
    best = best_start = 0
    for start in range(1, n):
        x = start
        steps = 1
        while x != 1:
            if x % 2 == 0:
                x //= 2
            else:
                x = 3 * x + 1
            steps += 1
        if steps > best:
            best = steps
            best_start = start
    return best_start, best


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
