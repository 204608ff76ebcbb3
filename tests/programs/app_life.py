"""Conway's game of life, on lists and on a set of cells."""


def step_grid(grid):
    h, w = len(grid), len(grid[0])
    new = []
    for y in range(h):
        row = []
        for x in range(w):
            n = 0
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    if dx or dy:
                        n += grid[(y + dy) % h][(x + dx) % w]
            row.append(1 if n == 3 or (n == 2 and grid[y][x]) else 0)
        new.append(row)
    return new


def step_set(cells):
    counts = {}
    for x, y in cells:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy:
                    key = (x + dx, y + dy)
                    counts[key] = counts.get(key, 0) + 1
    return {c for c, n in counts.items() if n == 3 or (n == 2 and c in cells)}


grid = [[1 if (x * y + x) % 3 == 0 else 0 for x in range(24)] for y in range(16)]
for _ in range(25):
    grid = step_grid(grid)
print(sum(map(sum, grid)))
print("\n".join("".join(".#"[v] for v in row) for row in grid))
cells = {(0, 0), (1, 0), (2, 0), (2, -1), (1, -2), (10, 10), (11, 10), (12, 10), (11, 11), (13, 12)}
for _ in range(60):
    cells = step_set(cells)
print(len(cells), sorted(cells)[:3])
