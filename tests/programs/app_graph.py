"""Breadth-first search, Dijkstra, union-find, Floyd-Warshall and topological order."""

import heapq
from collections import deque


def grid_graph(n):
    g = {}
    for y in range(n):
        for x in range(n):
            near = []
            for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
                if 0 <= x + dx < n and 0 <= y + dy < n and (x * 3 + y * 5 + dx) % 4:
                    near.append(((x + dx, y + dy), (x * y + dx) % 9 + 1))
            g[x, y] = near
    return g


def bfs(g, start):
    dist = {start: 0}
    todo = deque([start])
    while todo:
        node = todo.popleft()
        for other, _ in g[node]:
            if other not in dist:
                dist[other] = dist[node] + 1
                todo.append(other)
    return len(dist), max(dist.values())


def dijkstra(g, start):
    dist = {}
    heap = [(0, start)]
    while heap:
        d, node = heapq.heappop(heap)
        if node in dist:
            continue
        dist[node] = d
        for other, w in g[node]:
            if other not in dist:
                heapq.heappush(heap, (d + w, other))
    return sum(dist.values())


class Union:
    """Disjoint sets."""

    def __init__(self, n):
        self.parent = list(range(n))
        self.sets = n

    def find(self, x):
        while self.parent[x] != x:
            self.parent[x] = self.parent[self.parent[x]]
            x = self.parent[x]
        return x

    def join(self, a, b):
        a, b = self.find(a), self.find(b)
        if a != b:
            self.parent[a] = b
            self.sets -= 1


def floyd(n):
    inf = float("inf")
    d = [[0 if i == j else (i * 7 + j * 3) % 11 + 1 if (i + j) % 3 else inf for j in range(n)] for i in range(n)]
    for k in range(n):
        dk = d[k]
        for i in range(n):
            di = d[i]
            dik = di[k]
            for j in range(n):
                if dik + dk[j] < di[j]:
                    di[j] = dik + dk[j]
    return sum(map(sum, d))


def topological(n):
    deps = {i: [j for j in range(i) if i % (j + 2) == 0] for i in range(n)}
    done, order = set(), []

    def visit(i):
        if i in done:
            return
        done.add(i)
        for j in deps[i]:
            visit(j)
        order.append(i)

    for i in range(n - 1, -1, -1):
        visit(i)
    return sum(k * v for k, v in enumerate(order))


g = grid_graph(30)
print(bfs(g, (0, 0)))
print(dijkstra(g, (0, 0)))
u = Union(3000)
x = 1
for _ in range(2500):
    x = (x * 1103515245 + 12345) % 2**31
    u.join(x % 3000, x // 3000 % 3000)
print(u.sets)
print(floyd(30))
print(topological(250))
