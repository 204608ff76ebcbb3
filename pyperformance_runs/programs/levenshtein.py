"""The edit distance of strings, with two rows."""

import sys

SIZE = 1600


def distance(a, b):
    """Return how many edits lead from one string to the other."""
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a):
        current = [i + 1]
        for j, y in enumerate(b):
            if x == y:
                cost = previous[j]
            else:
                cost = 1 + min(previous[j], previous[j + 1], current[j])
            current.append(cost)
        previous = current
    return previous[-1]


def run(n: int) -> int:
    """Return the distance of two strings of about n characters."""
    a = "".join(chr(97 + (i * i + 3 * i) % 26) for i in range(n))
    b = "".join(chr(97 + (i * i + 5 * i) % 23) for i in range(n - n // 10))
    return distance(a, b)


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
