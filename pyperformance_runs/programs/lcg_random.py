"""A linear congruential generator with 64-bit wrap-around, and the statistics of its output."""

import sys

SIZE = 1200000


class Generator:
    """Knuth's generator."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        """Return the next 32 bits."""
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return self.state >> 32


def run(n: int) -> tuple:
    """Return a histogram and a checksum of n numbers."""
    generator = Generator(42)
    histogram = [0] * 16
    check = 0
    for _ in range(n):
        value = generator.next()
        histogram[value >> 28] += 1
        check ^= value
    return max(histogram), min(histogram), check


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
