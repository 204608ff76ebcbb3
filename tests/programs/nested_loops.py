"""Nested loops with break, continue and else at every depth."""


def pythagoras(n):
    found = []
    for a in range(1, n):
        for b in range(a, n):
            c2 = a * a + b * b
            c = b
            while c * c < c2:
                c += 1
            if c * c == c2 and c < n:
                found.append((a, b, c))
    return len(found), found[-1]


def first_factor(n):
    out = 0
    for i in range(2, n):
        for j in range(2, i):
            if j * j > i:
                out += 1
                break
            if i % j == 0:
                out += j
                break
        else:
            out += 100000
    return out


def skip(n):
    s = 0
    for i in range(n):
        if i % 2:
            continue
        for j in range(i):
            if j % 3 == 0:
                continue
            if j > 20:
                break
            s += i * j
        else:
            s -= 1
            continue
        s += 2
    return s


def deep(n):
    s = 0
    for a in range(n):
        for b in range(n):
            for c in range(n):
                for d in range(n):
                    s += (a ^ b) + (c & d)
                    if s > 10**9:
                        return s
    return s


def while_mix(n):
    i = s = 0
    while i < n:
        j = i % 7
        while j:
            j -= 1
            if j == 3:
                i += 1
                break
            s += j
        else:
            s += 1000
        i += 1
    return i, s


def triangle(n):
    s = 0
    for i in range(n):
        for j in range(i, n, 3):
            for k in (i, j):
                s += k * j - i
    return s


print(pythagoras(45))
print(first_factor(1500))
print(skip(800))
print(deep(11))
print(while_mix(6000))
print(triangle(160))
