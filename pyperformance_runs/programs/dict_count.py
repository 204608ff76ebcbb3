"""Counting words and pairs of words in dicts."""

import sys

SIZE = 300000


def words(n):
    """Yield n words with a skewed distribution."""
    x = 1
    for _ in range(n):
        x = (x * 48271) % 2147483647
        yield f"w{(x % 1000) * (x % 7) % 700}"


def run(n: int) -> tuple:
    """Return the most frequent word and pair of n words."""
    counts = {}
    pairs = {}
    previous = ""
    for word in words(n):
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
        pair = (previous, word)
        pairs[pair] = pairs.get(pair, 0) + 1
        previous = word
    top = max(counts, key=lambda w: (counts[w], w))
    best = max(pairs.items(), key=lambda item: (item[1], item[0]))
    return len(counts), top, counts[top], len(pairs), best


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
