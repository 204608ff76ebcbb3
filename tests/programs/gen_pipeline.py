"""Chains of generators, comprehensions and itertools."""

import itertools


def evens(source):
    for v in source:
        if v % 2 == 0:
            yield v


def scaled(source, k):
    for v in source:
        yield v * k


def windows(source, size):
    window = []
    for v in source:
        window.append(v)
        if len(window) == size:
            yield tuple(window)
            window.pop(0)


def primes():
    found = []
    for n in itertools.count(2):
        if all(n % p for p in itertools.takewhile(lambda p: p * p <= n, found)):
            found.append(n)
            yield n


print(sum(scaled(evens(range(20000)), 3)))
print(sum(a * c - b for a, b, c in windows(range(4000), 3)))
print(list(itertools.islice(primes(), 0, 600, 60)))
print(sum(itertools.accumulate(range(3000))))
print(sum(a * b for a, b in itertools.product(range(60), repeat=2)))
print(sum(1 for p in itertools.permutations(range(7)) if p[0] < p[-1]))
print(sum(len(list(g)) ** 2 for _, g in itertools.groupby(range(3000), key=lambda v: v // 7)))
print(sum(itertools.chain.from_iterable([i, i + 1] for i in range(3000))))
total = 0
for i, (a, b) in enumerate(itertools.pairwise(itertools.cycle((1, 2, 3)))):
    total += a * b
    if i == 4000:
        break
print(total)
print(sum(itertools.starmap(pow, ((i, 2) for i in range(3000)))))
a, b = itertools.tee(range(3000))
print(sum(x + y for x, y in itertools.zip_longest(a, itertools.islice(b, 10, None), fillvalue=-1)))
