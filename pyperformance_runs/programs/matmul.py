"""The product of two matrices of floats, as lists of lists."""

import sys

SIZE = 195


def matrix(n, seed):
    """Return an n by n matrix."""
    return [[(i * seed + j * 3) % 17 / 8.0 for j in range(n)] for i in range(n)]


def multiply(a, b):
    """Return the product."""
    n, m, p = len(a), len(b), len(b[0])
    c = [[0.0] * p for _ in range(n)]
    for i in range(n):
        for j in range(p):
            total = 0.0
            for k in range(m):
                total += a[i][k] * b[k][j]
            c[i][j] = total
    return c


def run(n: int) -> str:
    """Return the trace and the sum of the product."""
    c = multiply(matrix(n, 5), matrix(n, 7))
    return f"{sum(c[i][i] for i in range(n)):.6f} {sum(map(sum, c)):.6f}"


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
