"""The n queens problem, with loops and lists only."""

import sys

SIZE = 11


def run(n: int) -> tuple:
    """Return the number of solutions and a checksum over them."""
    cols = [False] * n
    up = [False] * (2 * n)
    down = [False] * (2 * n)
    place = [-1] * n
    row = count = checksum = 0
    while row >= 0:
        col = place[row]
        if col >= 0:
            cols[col] = up[row + col] = down[row - col + n] = False
        col += 1
        while col < n and (cols[col] or up[row + col] or down[row - col + n]):
            col += 1
        if col == n:
            place[row] = -1
            row -= 1
            continue
        place[row] = col
        cols[col] = up[row + col] = down[row - col + n] = True
        if row + 1 < n:
            row += 1
            continue
        count += 1
        for r in range(n):
            checksum = (checksum * 31 + r * place[r]) % 1000003
    return count, checksum


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
