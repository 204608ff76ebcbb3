"""and, or, xor and invert over small, large and negative numbers."""


def popcount(n):
    total = 0
    for i in range(n):
        x = i * 2654435761
        while x:
            x &= x - 1
            total += 1
    return total


def mixed(n):
    a = -1
    b = 1 << 70
    c = 0
    for i in range(n):
        a = (a ^ (i << 40)) | (i & 0xFF)
        b = (b & ~i) ^ (i << 60)
        c = (c | i) & (a ^ b)
        if i % 1000 == 0:
            a = -a
    return a, b, c


def crc(data):
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            if value & 1:
                value = (value >> 1) ^ 0xEDB88320
            else:
                value >>= 1
    return value ^ 0xFFFFFFFF


def bools(n):
    count = 0
    for i in range(n):
        x = (i > 5) & (i % 2 == 0)
        y = (i > 5) | (i % 3 == 0)
        z = x ^ y
        if type(z) is bool and z:
            count += 1
        count += z | 4
    return count


print(popcount(3000))
print(mixed(10000))
print(hex(crc(b"the quick brown fox jumps over the lazy dog" * 20)))
print(bools(10000))
