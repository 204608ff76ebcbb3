"""Primes in five ways: trial division, sieve, wheel, Miller-Rabin and factorization."""


def trial(n):
    found = []
    for k in range(2, n):
        for p in found:
            if p * p > k:
                found.append(k)
                break
            if k % p == 0:
                break
        else:
            found.append(k)
    return found


def sieve(n):
    flags = bytearray([1]) * n
    for i in range(2, int(n**0.5) + 1):
        if flags[i]:
            flags[i * i :: i] = bytes(len(range(i * i, n, i)))
    return [i for i in range(2, n) if flags[i]]


def miller_rabin(n):
    if n < 2:
        return False
    for p in (2, 3, 5, 7, 11, 13):
        if n % p == 0:
            return n == p
    d, s = n - 1, 0
    while d % 2 == 0:
        d //= 2
        s += 1
    for a in (2, 3, 5, 7, 11, 13):
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def factor(n):
    out = []
    d = 2
    while d * d <= n:
        while n % d == 0:
            out.append(d)
            n //= d
        d += 1 if d == 2 else 2
    if n > 1:
        out.append(n)
    return out


print(len(trial(8000)), trial(8000) == sieve(8000))
print(sum(sieve(50000)))
print(sum(miller_rabin(n) for n in range(4000)))
print([n for n in range(2**61 - 200, 2**61 + 200, 2) if miller_rabin(n + 1)])
print([factor(n) for n in (2**20, 600851475143, 999983 * 2, 10**9 + 7)])
