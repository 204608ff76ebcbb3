"""__code__, __defaults__, __kwdefaults__ and closures' contents that change in mid-loop."""


def plus(x, y=1, *, z=0):
    return x + y + z


def minus(x, y=1, *, z=0):
    return x - y - z


def swap_code(n):
    s = 0
    keep = plus.__code__
    for i in range(n):
        s += plus(i)
        if i == 1500:
            plus.__code__ = minus.__code__
        if i == 2500:
            plus.__code__ = keep
    return s


def swap_defaults(n):
    s = 0
    for i in range(n):
        s += plus(i)
        if i == 1500:
            plus.__defaults__ = (100,)
        if i == 2000:
            plus.__kwdefaults__ = {"z": 5}
        if i == 2500:
            plus.__defaults__ = (0.5,)
    plus.__defaults__ = (1,)
    plus.__kwdefaults__ = {"z": 0}
    return s


def drop_defaults(n):
    s = 0
    try:
        for i in range(n):
            s += plus(i)
            if i == 2000:
                plus.__defaults__ = None
    except TypeError as exc:
        print(i, exc)
    plus.__defaults__ = (1,)
    return s


def mutable_default(x, seen=[]):  # noqa: B006
    seen.append(x)
    return len(seen)


def closure(n):
    count = 0

    def bump(k):
        nonlocal count
        count += k

    def read():
        return count

    s = 0
    for i in range(n):
        bump(i % 3)
        s += read()
        s += count
        if i == 2000:
            bump.__closure__[0].cell_contents = 0.5
        if i == 2500:
            count = 0
    return s, count


def counters(n):
    def make():
        c = 0

        def step():
            nonlocal c
            c += 1
            return c

        return step

    fns = [make() for _ in range(3)]
    s = 0
    for i in range(n):
        s += fns[i % 3]() * (i % 5)
    return s, [f() for f in fns]


def late_binding(n):
    fns = []
    for i in range(n):
        fns.append(lambda: i)
    bound = [(lambda k=k: k) for k in range(n)]
    return sum(f() for f in fns), sum(f() for f in bound)


print(swap_code(3000))
print(swap_defaults(3000))
print(drop_defaults(3000))
print(sum(mutable_default(i) for i in range(3000)))
print(closure(3000))
print(counters(3000))
print(late_binding(2000))
