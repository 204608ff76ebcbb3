"""SHA-256 in pure Python."""

import struct
import sys

SIZE = 120000
MASK = 0xFFFFFFFF


def constants(count, root):
    """Return the first 32 bits of the fractions of the primes' square (2) or cube (3) roots."""
    primes = []
    k = 2
    while len(primes) < count:
        if all(k % p for p in primes):
            primes.append(k)
        k += 1
    result = []
    for p in primes:
        low, high = 0, p << 32
        scaled = p << (32 * root)
        while low < high:
            mid = (low + high + 1) // 2
            if mid**root <= scaled:
                low = mid
            else:
                high = mid - 1
        result.append(low & MASK)
    return result


K = constants(64, 3)
START = constants(8, 2)


def rotate(x, n):
    """Rotate a 32-bit word to the right."""
    return ((x >> n) | (x << (32 - n))) & MASK


def compress(state, block):
    """Return the state after one block of 64 bytes."""
    w = list(struct.unpack(">16L", block))
    for i in range(16, 64):
        s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3)
        s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10)
        w.append((w[i - 16] + s0 + w[i - 7] + s1) & MASK)
    a, b, c, d, e, f, g, h = state
    for i in range(64):
        s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
        t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) & MASK
        s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
        t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) & MASK
        h, g, f, e, d, c, b, a = g, f, e, (d + t1) & MASK, c, b, a, (t1 + t2) & MASK
    return [(x + y) & MASK for x, y in zip(state, (a, b, c, d, e, f, g, h))]


def digest(data):
    """Return the hash as hex digits."""
    state = START
    length = len(data) * 8
    data += b"\x80" + b"\0" * ((55 - len(data)) % 64) + struct.pack(">Q", length)
    for i in range(0, len(data), 64):
        state = compress(state, data[i : i + 64])
    return "".join(f"{word:08x}" for word in state)


def run(n: int) -> str:
    """Return the hash of n bytes."""
    return digest(bytes(i * 7 & 255 for i in range(n)))


def main() -> None:
    """Print the checksum of one iteration; the size may be given as an argument."""
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE))


if __name__ == "__main__":
    main()
