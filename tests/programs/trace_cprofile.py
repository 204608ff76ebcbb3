"""cProfile around hot functions: call counts are exact."""

import cProfile
import pstats


def leaf(x):
    return x + 1


def twice(x):
    return leaf(leaf(x))


def rec(n):
    return 1 if n < 2 else rec(n - 1) + rec(n - 2)


def run(n):
    s = 0
    for i in range(n):
        s += twice(i)
    return s + rec(12)


print(run(2000))
profile = cProfile.Profile()
profile.enable()
print(run(2000))
profile.disable()
print(run(2000))
stats = pstats.Stats(profile).stats
for (_, line, name), (primitive, calls, *_rest) in sorted(stats.items(), key=lambda kv: (kv[0][1], kv[0][2])):
    if name in ("leaf", "twice", "rec", "run"):
        print(line, name, primitive, calls)
