"""The Mandelbrot set, with complex numbers."""

import sys

SIZE = 200


def escape(c, limit):
    """Return after how many steps the point leaves the disc."""
    z = 0j
    for step in range(limit):
        if abs(z) > 2.0:
            return step
        z = z * z + c
    return limit


def run(n: int) -> int:
    """Return the sum of all steps over an n by n picture."""
    total = 0
    for y in range(n):
        for x in range(n):
            total += escape(complex(3.0 * x / n - 2.0, 2.0 * y / n - 1.0), 200)
    return total


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
