"""Dynamic programming: knapsack, longest common subsequence, edit distance, coins."""


def knapsack(weights, values, capacity):
    best = [0] * (capacity + 1)
    for i in range(len(weights)):
        w, v = weights[i], values[i]
        for c in range(capacity, w - 1, -1):
            if best[c - w] + v > best[c]:
                best[c] = best[c - w] + v
    return best[capacity]


def lcs(a, b):
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            if x == y:
                table[i + 1][j + 1] = table[i][j] + 1
            else:
                table[i + 1][j + 1] = max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


def edit_distance(a, b):
    prev = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        cur = [i]
        for j, y in enumerate(b, 1):
            cur.append(min(prev[j] + 1, cur[-1] + 1, prev[j - 1] + (x != y)))
        prev = cur
    return prev[-1]


def coins(kinds, amount):
    ways = [1] + [0] * amount
    for k in kinds:
        for a in range(k, amount + 1):
            ways[a] += ways[a - k]
    return ways[amount]


weights = [(i * 37) % 41 + 3 for i in range(40)]
values = [(i * 53) % 71 + 1 for i in range(40)]
print(knapsack(weights, values, 300))
print(knapsack(weights, [v / 2 for v in values], 300))
print(lcs("ACCGGTCGAGTGCGCGGAAGCCGGCCGAA" * 4, "GTCGTTCGGAATGCCGTTGCTCTGTAAA" * 4))
print(edit_distance("intention of the writer" * 5, "execution of the reader" * 5))
print(coins((1, 2, 5, 10, 20, 50, 100, 200), 2000))
print(coins(range(1, 60), 1000))
