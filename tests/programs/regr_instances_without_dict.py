"""Instances made in hot loops keep their attributes in themselves: the collector counts no dict for each."""

import gc


class Loop:
    def __init__(self):
        self.me = self


class Pair:
    def __init__(self, a, b):
        self.a = a
        self.b = b


def garbage(n):
    gc.collect()
    for i in range(n):
        Loop()
    return gc.collect()


def kept(n):
    gc.collect()
    before = len(gc.get_objects())
    pairs = []
    for i in range(n):
        p = Pair(i, float(i))
        if i % 3:
            pairs.append(p)
    gc.collect()
    after = len(gc.get_objects())
    return sum(p.a + p.b for p in pairs), (after - before) // len(pairs)


gc.disable()
for n in (10, 100, 9000):
    print(garbage(n))
print(kept(30000))
