"""Quicksort in place, written by hand."""

import sys

SIZE = 130000


def quicksort(items, low, high):
    """Sort items[low:high + 1] in place."""
    while low < high:
        pivot = items[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while items[i] < pivot:
                i += 1
            while items[j] > pivot:
                j -= 1
            if i <= j:
                items[i], items[j] = items[j], items[i]
                i += 1
                j -= 1
        if j - low < high - i:
            quicksort(items, low, j)
            low = i
        else:
            quicksort(items, i, high)
            high = j


def run(n: int) -> tuple:
    """Return a checksum of n sorted numbers."""
    items = []
    x = 42
    for _ in range(n):
        x = (x * 1103515245 + 12345) % 2147483648
        items.append(x)
    quicksort(items, 0, n - 1)
    for a, b in zip(items, items[1:]):  # noqa: RUF007
        assert a <= b
    return items[0], items[n // 2], items[-1]


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
