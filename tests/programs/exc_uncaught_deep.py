"""An exception three calls deep inside a hot loop, uncaught: every frame's line and caret."""


def innermost(values, k):
    return values[k] + 1


def middle(values, k):
    x = k + 1
    return innermost(values, x - 1) * 2


def outer(values, k):
    if k < 0:
        return 0
    y = (
        middle(values, k)
        + k
    )
    return y


def loop(values, n):
    s = 0
    for i in range(n):
        s += outer(values, i)
    return s


data = list(range(4000))
print(loop(data, 4000))
print(loop(data, 4001))
