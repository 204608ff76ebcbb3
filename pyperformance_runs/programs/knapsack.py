"""The 0/1 knapsack problem by dynamic programming."""

import sys

SIZE = 380


def run(n: int) -> tuple:
    """Return the best value with n items, and the items taken."""
    weights = [(i * 37) % 101 + 5 for i in range(n)]
    values = [(i * 53) % 97 + 1 for i in range(n)]
    capacity = n * 20
    table = [[0] * (capacity + 1)]
    for i in range(n):
        previous = table[-1]
        weight = weights[i]
        value = values[i]
        row = previous[:]
        for c in range(weight, capacity + 1):
            candidate = previous[c - weight] + value
            if candidate > row[c]:
                row[c] = candidate
        table.append(row)
    taken = []
    c = capacity
    for i in range(n - 1, -1, -1):
        if table[i + 1][c] != table[i][c]:
            taken.append(i)
            c -= weights[i]
    return table[-1][capacity], len(taken), sum(taken)


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
