"""sort with key functions, cmp_to_key, functools.reduce, lru_cache, partial, total_ordering, heapq, bisect."""

import bisect
import functools
import heapq
import operator

DATA = [(i * 7919 + 13) % 1009 for i in range(2500)]


def key_calls(items):
    calls = 0

    def key(v):
        nonlocal calls
        calls += 1
        return -(v % 100), v

    return sorted(items, key=key)[::500], calls


def compare(a, b):
    return (a % 10 - b % 10) or (b - a)


@functools.lru_cache(maxsize=None)
def ways(n, k):
    if n == 0:
        return 1
    if n < 0 or k == 0:
        return 0
    return ways(n - k, k) + ways(n, k - 1)


@functools.lru_cache(maxsize=16)
def bounded(x):
    return x * 2


@functools.total_ordering
class Version:
    """Ordered by a pair."""

    def __init__(self, a, b):
        self.a, self.b = a, b

    def __eq__(self, other):
        return (self.a, self.b) == (other.a, other.b)

    def __lt__(self, other):
        return (self.a, self.b) < (other.a, other.b)


def heaps(items):
    heap = []
    out = 0
    for v in items:
        heapq.heappush(heap, (v, -v))
        if len(heap) > 50:
            out += heapq.heappop(heap)[0]
    return out, heapq.nsmallest(3, heap)


def sort_error(items):
    return sorted(items, key=lambda v: 1 // (v - 500))


def mutating_key():
    items = list(range(1500))

    def key(v):
        if v == 1200:
            items.append(0)
        return -v

    try:
        items.sort(key=key)
    except ValueError as exc:
        return str(exc), len(items)


print(key_calls(DATA))
print(sorted(DATA, key=functools.cmp_to_key(compare))[::500])
print(functools.reduce(lambda a, b: (a * 31 + b) & 0xFFFFFF, DATA))
print(functools.reduce(operator.xor, DATA, 7))
print(ways(120, 40), ways.cache_info().hits > 1000)
print(sum(bounded(i % 20) for i in range(3000)), bounded.cache_info().misses)
versions = [Version(i % 7, i % 11) for i in range(1000)]
print([(v.a, v.b) for v in sorted(versions)[::300]], max(versions).b, sum(a >= b for a, b in zip(versions, versions[1:])))  # noqa: E501
print(heaps(DATA))
try:
    sort_error(DATA)
except ZeroDivisionError as exc:
    print(exc)
print(mutating_key())
keep = []
for v in DATA:
    bisect.insort(keep, v)
    if len(keep) > 100:
        keep.pop(50)
print(keep[::25])
print(sum(map(operator.itemgetter(1), zip(DATA, DATA[1:]))), min(DATA, key=lambda v: abs(v - 500)))
