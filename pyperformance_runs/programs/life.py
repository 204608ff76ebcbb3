"""Conway's game of life on a torus of lists."""

import sys

SIZE = 96


def neighbours(grid, x, y, n):
    """Return the number of living cells around one."""
    count = 0
    for dy in (-1, 0, 1):
        row = grid[(y + dy) % n]
        for dx in (-1, 0, 1):
            if dx != 0 or dy != 0:
                count += row[(x + dx) % n]
    return count


def step(grid, n):
    """Return the next generation."""
    result = []
    for y in range(n):
        row = []
        for x in range(n):
            count = neighbours(grid, x, y, n)
            if count == 3 or (count == 2 and grid[y][x]):
                row.append(1)
            else:
                row.append(0)
        result.append(row)
    return result


def run(n: int) -> tuple:
    """Return the living cells after 50 generations on an n by n torus."""
    grid = []
    seed = 42
    for _ in range(n):
        row = []
        for _ in range(n):
            seed = (seed * 1103515245 + 12345) % 2147483648
            row.append(seed >> 20 & 1)
        grid.append(row)
    for _ in range(50):
        grid = step(grid, n)
    return sum(map(sum, grid)), sum(x * y * grid[y][x] for x in range(n) for y in range(n))


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
