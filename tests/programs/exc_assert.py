"""A failing assert in a hot inlined function, uncaught."""


def check(value, limit):
    assert value < limit, f"{value} is not below {limit}"
    return value


def run(n, limit):
    s = 0
    for i in range(n):
        s += check(i, limit)
    return s


print(run(2000, 2000))
try:
    run(3000, 2999)
except AssertionError as exc:
    print(exc)
run(4000, 3500)
