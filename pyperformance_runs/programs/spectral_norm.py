"""The spectral norm of an infinite matrix, by the power method."""

import sys

SIZE = 200


def element(i, j):
    """Return the matrix's element."""
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    """Return the matrix times the vector."""
    result = []
    for i in range(len(vector)):
        total = 0.0
        for j, v in enumerate(vector):
            total += element(i, j) * v
        result.append(total)
    return result


def times_transposed(vector):
    """Return the transposed matrix times the vector."""
    result = []
    for i in range(len(vector)):
        total = 0.0
        for j, v in enumerate(vector):
            total += element(j, i) * v
        result.append(total)
    return result


def run(n: int) -> str:
    """Return the norm of the leading n by n part."""
    u = [1.0] * n
    v = u
    for _ in range(10):
        v = times_transposed(times(u))
        u = times_transposed(times(v))
    uv = vv = 0.0
    for a, b in zip(u, v):
        uv += a * b
        vv += b * b
    return f"{(uv / vv) ** 0.5:.9f}"


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
