"""Heat flow over a plate: a stencil on two lists of lists."""

import sys

SIZE = 160


def run(n: int) -> str:
    """Return the total heat of an n by n plate after 100 steps."""
    plate = [[0.0] * n for _ in range(n)]
    for i in range(n):
        plate[0][i] = 100.0
        plate[i][0] = 75.0
    other = [row[:] for row in plate]
    for _ in range(100):
        for y in range(1, n - 1):
            above, row, below = plate[y - 1], plate[y], plate[y + 1]
            target = other[y]
            for x in range(1, n - 1):
                target[x] = row[x] + 0.2 * (above[x] + below[x] + row[x - 1] + row[x + 1] - 4.0 * row[x])
        plate, other = other, plate
    return f"{sum(map(sum, plate)):.6f} {plate[n // 4][n // 4]:.9f}"


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
