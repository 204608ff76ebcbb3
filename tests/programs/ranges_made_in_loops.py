def f(n):
    t = 0
    for i in range(n):
        for j in range(i % 7):
            t += j
        r = range(i, i + 5, 2)
        t += r[1] + len(r)
        for k in r: t += k
        for k in range(10, 0, -3): t += k
        q = range(3, n) if i % 3 else range(0)
        if 5 in q: t += 1
    return t, q, r
print(f(5000))
def g(n):
    t=0
    for i in range(n):
        try:
            for k in range(0, 5, i - 100000): t += 1
        except ValueError: t += 100
    return t
print(g(20000), g(100010))
