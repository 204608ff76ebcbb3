"""The global random generator with a seed: the sequence must be CPython's."""

import random


def pi(n):
    inside = 0
    for _ in range(n):
        x = random.random()
        y = random.random()
        if x * x + y * y <= 1.0:
            inside += 1
    return 4.0 * inside / n


def shuffle_own(items):
    for i in range(len(items) - 1, 0, -1):
        j = random.randint(0, i)
        items[i], items[j] = items[j], items[i]
    return items


def walk(n):
    x = y = 0
    for _ in range(n):
        d = random.choice("NSEW")
        if d == "N":
            y += 1
        elif d == "S":
            y -= 1
        elif d == "E":
            x += 1
        else:
            x -= 1
    return x, y


def mixed(n):
    s = 0.0
    for i in range(n):
        s += random.uniform(-1, 1) + random.gauss(0, 1) + random.randrange(i + 1)
        s += random.expovariate(2.0) + random.getrandbits(70) % 7
    return f"{s:.9f}"


random.seed(12345)
print(pi(20000))
print(shuffle_own(list(range(2000)))[:8])
print(walk(4000))
print(mixed(2000))
items = list(range(1000))
random.shuffle(items)
print(items[:5], random.sample(items, 3), random.choices(items, k=3))
state = random.getstate()
a = [random.random() for _ in range(1500)]
random.setstate(state)
print(a == [random.random() for _ in range(1500)])
s = 0
for i in range(3000):
    s += random.random()
    if i == 1500:
        random.seed(1)
    if i == 2000:
        random.random = lambda: 0.5
print(f"{s:.9f}")
