"""Lists, dicts and sets that change while they are iterated over."""


def grow(limit):
    items = [1, 2, 3]
    s = 0
    for v in items:
        s += v
        if len(items) < limit:
            items.append(v + 1)
    return s, len(items)


def shrink():
    items = list(range(6000))
    s = 0
    for v in items:
        s += v
        if v % 2 == 0:
            items.pop()
    return s, len(items)


def insert_front(n):
    items = [0]
    seen = 0
    for _ in items:
        seen += 1
        if seen < n:
            items.insert(0, seen)
    return seen, items[0], items[-1]


def clear_in_the_middle():
    items = list(range(5000))
    s = 0
    for v in items:
        s += v
        if v == 3000:
            items.clear()
    return s


def clear_and_refill():
    items = list(range(3000))
    seen = 0
    for v in items:
        seen += 1
        if v == 2000:
            items[:] = [-1] * 2500
    return seen


def replace_types():
    items = [1] * 4000
    s = 0
    for i, v in enumerate(items):
        s += v
        if i < 3999:
            items[i + 1] = i if i % 1000 else 0.5
    return s


def dict_grows():
    d = dict.fromkeys(range(2000), 1)
    s = 0
    try:
        for k in d:
            s += d[k]
            if k == 1500:
                d["new"] = 1
    except RuntimeError as exc:
        print(k, exc)
    return s


def dict_value_change():
    d = dict.fromkeys(range(3000), 1)
    s = 0
    for k, v in d.items():
        s += v
        d[k] = 2
        if k + 1 < 3000:
            d[k + 1] = k % 5
    return s


def set_grows():
    st = set(range(2000))
    try:
        for i, _ in enumerate(st):
            if i == 1700:
                st.add(-1)
    except RuntimeError as exc:
        print(i, exc)


class Eater:
    """Shortens a list whenever it is added to."""

    def __init__(self, victim):
        self.victim = victim

    def __radd__(self, other):
        if self.victim:
            self.victim.pop()
        return other + 1


def callback():
    items = []
    items.extend(Eater(items) for _ in range(4000))
    s = 0
    for v in items:
        s = s + v
    return s, len(items)


def dead_iterator():
    items = [1, 2]
    it = iter(items)
    s = 0
    for _ in range(3000):
        for v in it:
            s += v
        items.append(5)
    return s, next(it, "exhausted for good")


print(grow(4000))
print(shrink())
print(insert_front(3000))
print(clear_in_the_middle())
print(clear_and_refill())
print(replace_types())
print(dict_grows())
print(dict_value_change())
set_grows()
print(callback())
print(dead_iterator())
