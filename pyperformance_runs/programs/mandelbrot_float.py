"""The Mandelbrot set, with real and imaginary parts as floats."""

import sys

SIZE = 210


def escape(cr, ci, limit):
    """Return after how many steps the point leaves the disc."""
    zr = zi = 0.0
    for step in range(limit):
        zr2 = zr * zr
        zi2 = zi * zi
        if zr2 + zi2 > 4.0:
            return step
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
    return limit


def run(n: int) -> int:
    """Return the sum of all steps over an n by n picture."""
    total = 0
    for y in range(n):
        for x in range(n):
            total += escape(3.0 * x / n - 2.0, 2.0 * y / n - 1.0, 200)
    return total


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
