"""Integers at the ends of 64 bits, in every operation."""

M = (1 << 63) - 1


def adds(n, x, d):
    for i in range(n):
        x += d
    return x


for s, d in ((M - 5, 1), (-M - 1 + 5, -1), (M - 100, 7), (2**62, 2**58), (-(2**63), 1), (2**63 - 1, 0), (2**64, -(2**61))):
    print(adds(50, s, d))


def muls(n, x, f):
    r = []
    for i in range(n):
        x = x * f
        r.append(x)
        if x > 10**40 or x < -(10**40):
            x = 3
    return sum(r) % 1000000007, r[-1]


for f in (3, -3, 2**31, -(2**31), 2**32, 10):
    print(muls(200, 1, f))


def shifts(n):
    t = 0
    for i in range(n):
        t ^= 1 << (i % 70)
        t ^= -1 << (i % 66)
        t ^= (M >> (i % 80)) ^ (-M >> (i % 80))
        t ^= (1 << 62) << (i & 1)
    return t


print(shifts(1000))


def divs(n):
    out = 0
    vals = [-(2**63), 2**63 - 1, -1, 1, 7, -7, 2**31, -(2**31), 10**18, -(10**18)]
    for i in range(n):
        a = vals[i % 10]
        b = vals[(i // 10) % 10]
        out ^= hash((a // b, a % b, divmod(a, b), -a, abs(a), ~a))
        if i % 3 == 0:
            out += a // -1
    return out


print(divs(500))


def negs(n):
    x = -(2**63)
    c = 0
    for i in range(n):
        c += (-x == 2**63) + (abs(x) == 2**63) + (x * -1 == 2**63) + (x - 1 < x)
        x = x if i % 2 else x + 0
    return c


print(negs(300))


def cmp(n):
    c = 0
    for i in range(n):
        big = 2**63 + i - 100
        c += (
            (big > M)
            + (big == float(big)) * 3
            + (big < 1e19)
            + (M + 0.0 == M)
            + (2**53 + 1 == float(2**53 + 1))
            + (i < 2**70)
            + (-(2**70) < i)
        )
    return c


print(cmp(400))


def pows(n):
    t = 0
    for i in range(n):
        t += (i % 9) ** (i % 25) + (-3) ** (i % 41) + pow(i, 5, 97)
        if i % 4:
            t += 2 ** -(i % 5)
    return t


print(pows(300))


def rng(n):
    t = 0
    for i in range(2**63 - 10, 2**63 + 10):
        t += i
    for i in range(-(2**63) - 3, -(2**63) + 3):
        t += i
    for k in range(n):
        for i in range(2**62, 2**62 + 5):
            t += i
    for i in range(n, -n, -7):
        t += i
    for i in range(10, 10):
        t += 5
    return t


print(rng(100))


def bools(n):
    t = True
    s = 0
    for i in range(n):
        t = t + (i == 3) if i < 10 else t
        s += True + (i > 5) - (not i)
        s ^= True << (i & 3)
    return t, s, type(t)


print(bools(1000))


def mixed(n):
    x = 1
    for i in range(n):
        x = x * 2 if i % 100 < 80 else x // 3
        if i % 250 == 0:
            x = x + 0.5
        if i % 250 == 100:
            x = int(x)
    return x


print(mixed(1000))


def hashes(n):
    d = {}
    for i in range(n):
        d[i] = d.get(float(i - 1), 0) + 1
        d[float(2**63)] = i
        d[2**63] = i
        d[True] = i
    return len(d), d[1], d[2**63]


print(hashes(500))


def fmt(n):
    return [f"{2**62 * i:x}{i:>5}{-i:+}" for i in range(n)][-1], str(sum(2**60 for _ in range(n)))


print(fmt(500))


def bits(n):
    t = 0
    for i in range(n):
        x = (1 << 63) - i
        t += x.bit_length() + (-x).bit_length() + (x & 0xFFFF) + (x | i) % 7 + (x ^ -i) % 11 + int.bit_count(x)
    return t


print(bits(400))
