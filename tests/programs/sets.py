"""Sets and frozensets in hot loops."""


def dedupe(n):
    seen = set()
    repeats = 0
    x = 1
    for _ in range(n):
        x = x * 75 % 65537 % 4099
        if x in seen:
            repeats += 1
        else:
            seen.add(x)
    return len(seen), repeats


def algebra(n):
    a = set(range(0, 100, 2))
    b = set(range(0, 100, 3))
    s = 0
    for i in range(n):
        s += len(a & b) + len(a | b) + len(a - b) + len(a ^ b)
        a.discard(i % 100)
        b.add(i % 90)
        if i % 10 == 0:
            a |= {i % 100, (i + 1) % 100}
            s += a <= b
            s += a.isdisjoint({200})
    return s, sorted(a)[:5]


def frozen(n):
    groups = {}
    for i in range(n):
        key = frozenset((i % 3, i % 4))
        groups[key] = groups.get(key, 0) + 1
    return sorted((sorted(k), v) for k, v in groups.items())


def reachable(n):
    edges = {i: {(i * 7 + 1) % n, (i * i + 3) % n} for i in range(n)}
    todo = {0}
    done = set()
    while todo:
        node = todo.pop()
        if node in done:
            continue
        done.add(node)
        todo |= edges[node] - done
    return len(done), sum(done)


def errors(n):
    s = set(range(n // 2))
    missing = 0
    for i in range(n):
        try:
            s.remove(i)
        except KeyError:
            missing += 1
    try:
        s.pop()
    except KeyError as exc:
        return missing, str(exc)


print(dedupe(8000))
print(algebra(3000))
print(frozen(4000))
print(reachable(3000))
print(errors(3000))
kinds = {1, 1.0, True, "1", b"1", (1,)}  # noqa: B033
print(len(kinds), sum(v in kinds for v in [1, 2, "1", None, 1 + 0j] * 600))
