"""Collatz lengths, perfect numbers, happy numbers and digit sums."""


def collatz(limit):
    best = best_n = 0
    for n in range(1, limit):
        x, steps = n, 0
        while x != 1:
            if x % 2 == 0:
                x //= 2
            else:
                x = 3 * x + 1
            steps += 1
        if steps > best:
            best, best_n = steps, n
    return best_n, best


def collatz_cached(limit):
    cache = {1: 0}
    for n in range(2, limit):
        x, path = n, []
        while x not in cache:
            path.append(x)
            x = x >> 1 if not x & 1 else 3 * x + 1
        base = cache[x]
        for k, y in enumerate(reversed(path), 1):
            cache[y] = base + k
    return max(range(1, limit), key=cache.get)


def perfect(limit):
    return [n for n in range(2, limit) if sum(d for d in range(1, n // 2 + 1) if n % d == 0) == n]


def happy(n):
    seen = set()
    while n != 1 and n not in seen:
        seen.add(n)
        n = sum(int(d) ** 2 for d in str(n))
    return n == 1


def digits(n):
    s = 0
    for k in range(n):
        while k:
            k, d = divmod(k, 10)
            s += d
    return s


print(collatz(2500))
print(collatz_cached(4000))
print(perfect(520))
print(sum(happy(n) for n in range(1500)))
print(digits(12000))
x = (1 << 62) - 1
steps = 0
while x != 1:
    x = x // 2 if x % 2 == 0 else 3 * x + 1
    steps += 1
print(steps)
