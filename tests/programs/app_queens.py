"""N-queens, sudoku and subset sums by backtracking."""


def queens(n, row=0, cols=0, left=0, right=0):
    if row == n:
        return 1
    count = 0
    free = ~(cols | left | right) & ((1 << n) - 1)
    while free:
        bit = free & -free
        free ^= bit
        count += queens(n, row + 1, cols | bit, (left | bit) << 1, (right | bit) >> 1)
    return count


def placements(n, board=()):
    if len(board) == n:
        yield board
        return
    for col in range(n):
        if all(col != c and abs(col - c) != len(board) - r for r, c in enumerate(board)):
            yield from placements(n, (*board, col))


def solve(grid):
    for pos in range(81):
        if grid[pos] == 0:
            row, col = divmod(pos, 9)
            used = set()
            for k in range(9):
                used.add(grid[row * 9 + k])
                used.add(grid[k * 9 + col])
                used.add(grid[(row // 3 * 3 + k // 3) * 9 + col // 3 * 3 + k % 3])
            for v in range(1, 10):
                if v not in used:
                    grid[pos] = v
                    if solve(grid):
                        return True
            grid[pos] = 0
            return False
    return True


def subsets(items, target):
    def go(i, rest):
        if rest == 0:
            return 1
        if i == len(items) or rest < 0:
            return 0
        return go(i + 1, rest - items[i]) + go(i + 1, rest)

    return go(0, target)


print([queens(n) for n in range(1, 9)])
print(sum(1 for _ in placements(6)), next(placements(8)))
puzzle = [int(c) for c in
          "530070000600195000098000060800060003400803001700020006060000280000419005000080079"]
print(solve(puzzle), "".join(map(str, puzzle)))
print(subsets(list(range(1, 17)), 40))
