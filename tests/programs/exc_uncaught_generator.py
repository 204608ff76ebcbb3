"""An uncaught error through a generator expression, a nested generator, sum() and a comprehension."""


def numbers(n):
    for i in range(n):
        yield 1000 / (3000 - i)


def filtered(n):
    yield from (v for v in numbers(n) if v > 0)


def total(n):
    return sum(
        v * 2
        for v in filtered(n)
        if v
    )


print(f"{total(2500):.6f}")
rows = [[k, total(10)] for k in range(300)]
print(len(rows), rows[-1][0])
print([total(n) for n in (1, 2000, 5000)])
