"""Functions that name themselves and have loops: generators and others, entered from their start."""

import sys


def permutations(items, n):
    if n == 0:
        yield []
        return
    for i in range(len(items)):
        rest = items[:i] + items[i + 1 :]
        for p in permutations(rest, n - 1):
            yield [items[i], *p]


def queens(board, n):
    row = len(board)
    if row == n:
        yield board
        return
    for col in range(n):
        if all(col != c and abs(col - c) != row - r for r, c in enumerate(board)):
            yield from queens(board + [col], n)


def visit(graph, node, seen, depth=0, *more, order, **names):
    seen.add(node)
    order.append((node, depth, len(more), len(names)))
    for other in graph[node]:
        if other not in seen:
            visit(graph, other, seen, depth + 1, *more, order=order, **names)
    return len(seen)


def quicksort(a, low, high):
    if high - low < 2:
        return 0
    pivot = a[(low + high) // 2]
    i, j = low, high - 1
    swaps = 0
    while i <= j:
        while a[i] < pivot:
            i += 1
        while pivot < a[j]:
            j -= 1
        if i <= j:
            a[i], a[j] = a[j], a[i]
            swaps += 1
            i += 1
            j -= 1
    return swaps + quicksort(a, low, j + 1) + quicksort(a, i, high)


def changing(x, n):
    total = x
    for k in range(n):
        total = total + k
        if k == n - 1 and n > 3:
            total = total + changing(x, n - 1)
    return total


def raising(n, log):
    for k in range(n):
        if k == n - 1:
            if n == 2:
                raise ValueError(n)
            try:
                raising(n - 1, log)
            except ValueError as e:
                log.append((n, k, str(e), e.__traceback__.tb_next.tb_lineno - raising.__code__.co_firstlineno))
                if n % 3 == 0:
                    raise


def stopped(tree):
    left, value, right = tree
    for child in (left, right):
        if child is None:
            continue
        for v in stopped(child):
            got = yield v
            if got:
                return value
    yield value
    return len(sys._getframe().f_locals)


def tree(n):
    return None if n == 0 else (tree(n // 2), n, tree(n - n // 2 - 1))


def locals_seen(n, out):
    for i in range(n):
        if i == 2:
            out.append(sorted(sys._getframe().f_locals))
            locals_seen(n - 1, out)


def closures(n):
    total = 0
    for i in range(n):
        def inner(k, i=i):
            nonlocal total
            total += k * i
            return total
        inner(n)
        if i == 3:
            total += closures(n - 1)
    return total


def main():
    for _ in range(30):
        found = [*permutations([1, "b", 3.5, None], 4)]
    print(len(found), found[:3])
    for _ in range(6):
        boards = [*queens([], 6)]
    print(boards)
    graph = {k: [(k * 7 + 1) % 300, (k * 3 + 2) % 300, (k + 5) % 300] for k in range(300)}
    for _ in range(25):
        order = []
        seen = set()
        n = visit(graph, 0, seen, 0, 1, 2, order=order, a=1)
    print(n, order[:4], order[-3:])
    for _ in range(25):
        a = [(k * 7919) % 1009 for k in range(500)]
        swaps = quicksort(a, 0, len(a))
    print(swaps, a == sorted(a))
    print([changing(x, n) for x in (1, 2.5, 1 << 70, True, -3) for n in (5, 9, 12) for _ in range(40)][::40])
    log = []
    for _ in range(60):
        try:
            raising(9, log)
        except ValueError as e:
            log.append(str(e))
    print(len(log), log[:9])
    for _ in range(20):
        values = [*stopped(tree(60))]
    print(values)
    for k in range(60):
        g = stopped(tree(20))
        first = [next(g) for _ in range(k % 9 + 1)]
        try:
            g.send(True)
            g.throw(KeyError(k))
        except (StopIteration, KeyError) as e:
            first.append(repr(e))
    print(first)
    out = []
    for _ in range(60):
        locals_seen(6, out)
    print(len(out), out[0], out[-1])
    print([closures(n) for n in (5, 6, 7) for _ in range(30)][::30])
    try:
        deep(100000)
    except RecursionError as e:
        print(type(e))


def deep(n):
    for _ in range(2):
        deep(n - 1)


main()
visit = None
print(len([*permutations("abcd", 3)]))
