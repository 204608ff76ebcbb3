"""Products that leave 64 bits, powers, and the way back into machine words."""


def powers(base, n):
    x = 1
    total = 0
    for _ in range(n):
        x = x * base
        if x > 10**40 or x < -(10**40):
            x = 1
            total += 1
        total ^= x & 0xFFFF
    return x, total


def squares(limit):
    acc = 0
    for i in range(limit):
        sq = (i << 22) * (i << 20)
        acc = (acc + sq) % 1000000007
    return acc


def factorial_mod(n):
    f = 1
    for i in range(1, n):
        f *= i
        if f >= 2**80:
            f = f % (2**61 - 1)
    return f


print(powers(3, 20000))
print(powers(-3, 20000))
print(powers(2**31, 5000))
print(squares(30000))
print(factorial_mod(20000))
m = -(2**63)
out = []
for k in range(3000):
    out.append(m * -1 if k % 1000 == 999 else m * 1)
print(out[998], out[999], out[2999], len(set(out)))
