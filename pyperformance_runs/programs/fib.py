"""Fibonacci numbers, by plain recursion."""

import sys

SIZE = 32


def fib(n):
    """Return the n-th Fibonacci number."""
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def run(n: int) -> int:
    """Return the n-th Fibonacci number."""
    return fib(n)


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
