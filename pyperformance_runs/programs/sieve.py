"""The sieve of Eratosthenes on a list of bools."""

import sys

SIZE = 2500000


def run(n: int) -> tuple:
    """Return the number and the sum of the primes below n."""
    flags = [True] * n
    flags[0] = flags[1] = False
    i = 2
    while i * i < n:
        if flags[i]:
            for j in range(i * i, n, i):
                flags[j] = False
        i += 1
    count = total = 0
    for i in range(n):
        if flags[i]:
            count += 1
            total += i
    return count, total


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
