"""Numbers that are appended to lists and named afterwards, whatever becomes of the lists."""


def popped(n):
    out = []
    total = 0
    for i in range(n):
        x = i * 1000 + 7
        out.append(x)
        if i % 3 == 0:
            y = out.pop()
            total += x + y
        total ^= x
    return total, len(out), out[-2:]


def cleared(n):
    out = []
    kept = []
    x = 0
    for i in range(n):
        x = x + i * 999
        out.append(x)
        out.append(x)
        if len(out) > 50:
            out.clear()
        if i % 101 == 0:
            kept.append(x)
        if i > n - 3:
            out = None
            out = [x]
    return x, out, kept[-3:]


def replaced(n):
    out = [0]
    last = 0
    for i in range(n):
        out.append(i + 100000)
        out[-1] = last
        last = i + 100000
        if i % 7 == 0:
            del out[:]
            out.append(last)
        last += out[-1]
        last -= out[-1]
    return last, out


def dropped(n):
    total = 0
    for i in range(n):
        row = []
        x = i * 3 + 1000
        row.append(x)
        row = []
        total += x
        row.append(total)
    return total, row


def rows(a, b):
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a):
        current = [i + 1]
        for j, y in enumerate(b):
            current.append(previous[j] if x == y else 1 + min(previous[j], previous[j + 1], current[j]))
        previous = current
    return previous[-1], y, ord(y)


def characters(n):
    count = {}
    last = None
    for i in range(n):
        for j, c in enumerate("héllo wörld"[i % 3 :]):
            if c != last:
                last = c
                count[c] = count.get(c, 0) + j
        for j, c in enumerate("plain"):
            last = c
    return count, last


print(popped(5000), cleared(5000))
print(replaced(5000), dropped(5000))
print(rows("abcdefgh" * 40, "badcfehg" * 45), characters(800))
