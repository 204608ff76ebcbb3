"""Digits of pi by a spigot algorithm on big ints."""

import sys

SIZE = 2200


def digits():
    """Yield the digits of pi, without end."""
    q, r, t, k, d, m = 1, 0, 1, 1, 3, 3
    while True:
        if 4 * q + r - t < d * t:
            yield d
            q, r, d = 10 * q, 10 * (r - d * t), 10 * (3 * q + r) // t - 10 * d
        else:
            q, r, t, k, d, m = (q * k, (2 * q + r) * m, t * m, k + 1, (q * (7 * k + 2) + r * m) // (t * m), m + 2)


def run(n: int) -> tuple:
    """Return the sum of the first n digits and the last ten."""
    source = digits()
    found = [next(source) for _ in range(n)]
    return sum(found), "".join(map(str, found[-10:]))


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
