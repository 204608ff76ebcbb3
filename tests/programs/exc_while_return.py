"""while True with return from within try, nested loops and an inlined callee."""


def search(limit):
    i = 0
    while True:
        try:
            i += 1
            if i * i > limit:
                return i
        finally:
            i += 1


def nested(n):
    i = 0
    while True:
        j = 0
        while True:
            j += 1
            if i * j > n:
                return i, j
            if j > i:
                break
        i += 1


def parity(n):
    while True:
        if n == 0:
            return "even"
        n -= 1
        if n == 0:
            return "odd"
        n -= 1


def gcd(a, b):
    while True:
        if not b:
            return a
        a, b = b, a % b


print(search(10**7))
print(nested(5000))
print(parity(10001), parity(10000))
print(sum(gcd(i, 360) for i in range(3000)))
