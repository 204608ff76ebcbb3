"""bytes, bytearray, memoryview, array and struct in hot loops."""

import array
import struct


def checksum(data):
    a, b = 1, 0
    for byte in data:
        a = (a + byte) % 65521
        b = (b + a) % 65521
    return b << 16 | a


def fill(n):
    buf = bytearray(256)
    for i in range(n):
        buf[i & 255] = (buf[(i - 1) & 255] + i) & 255
    return bytes(buf[:10]), sum(buf)


def out_of_range(n):
    buf = bytearray(10)
    bad = []
    for i in range(n):
        try:
            buf[i % 10] = i % 1000 if i % 1000 < 256 or i % 500 == 300 else 0
        except ValueError as exc:
            bad.append((i, str(exc)))
    return bad, buf.hex()


def views(n):
    buf = bytearray(range(100))
    view = memoryview(buf)[10:90]
    s = 0
    for i in range(n):
        view[i % 80] = i & 127
        s += buf[10 + i % 80] + view[-1]
    return s


def arrays(n):
    ints = array.array("q", range(100))
    floats = array.array("d", [0.5] * 100)
    for i in range(n):
        ints[i % 100] += i
        floats[i % 100] += ints[(i + 1) % 100] / 3
    try:
        for i in range(n):
            ints[0] += 2**62 // 700
    except OverflowError as exc:
        print(i, exc)
    return sum(ints[1:]), repr(sum(floats))


def packs(n):
    s = 0
    for i in range(n):
        data = struct.pack("<IhB", i, i % 100 - 50, i & 255)
        a, b, c = struct.unpack("<IhB", data)
        s += a + b + c + int.from_bytes(data[:4], "little") + data[-1]
    return s


print(checksum(bytes(range(256)) * 30))
print(fill(8000))
print(out_of_range(3000))
print(views(5000))
print(arrays(3000))
print(packs(3000))
hexed = "".join(f"{b:02x}" for b in bytes(range(256)) * 5)
print(len(hexed), bytes.fromhex(hexed) == bytes(range(256)) * 5)
