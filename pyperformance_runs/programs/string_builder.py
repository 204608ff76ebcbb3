"""Building, splitting, joining and replacing strings."""

import sys

SIZE = 900000


def encode(text):
    """Return the run-length encoding."""
    out = []
    i = 0
    while i < len(text):
        j = i
        while j < len(text) and text[j] == text[i]:
            j += 1
        out.append(f"{j - i}{text[i]}")
        i = j
    return "".join(out)


def run(n: int) -> tuple:
    """Return checksums of texts of about n characters."""
    chunks = []
    for start in range(0, n, 1000):
        chunk = ""
        for i in range(start, start + 1000):
            chunk += "ab cd"[i * i % 5]
        chunks.append(chunk)
    text = "".join(chunks)
    words = text.split(" ")
    line = []
    lines = []
    width = 0
    for word in words:
        if width + len(word) > 60:
            lines.append(" ".join(line))
            line = []
            width = 0
        line.append(word.replace("a", "xy").upper())
        width += len(word) + 1
    lines.append(" ".join(line))
    wrapped = "\n".join(lines)
    letters = 0
    for ch in wrapped:
        if ch.isalpha():
            letters += ord(ch)
    return len(wrapped), letters, len(encode(text))


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
