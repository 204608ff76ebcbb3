"""f(*args, **kwargs) with what is no tuple, or no dict, after it was one."""


def call(f, a):
    return f(*a)


def plain(*a, **k):
    return a, sorted(k.items())


def work(things):
    out = []
    for f, a in things:
        try:
            out.append(f(*a))
        except TypeError as e:
            out.append(str(e))
    return out


def named(things):
    out = []
    for f, a, k in things:
        try:
            out.append(f(*a, **k))
        except TypeError as e:
            out.append(str(e))
    return out


def one(things):
    out = []
    for a in things:
        try:
            out.append(plain(*a))
        except TypeError as e:
            out.append(str(e))
    return out


class Odd(dict):
    def keys(self):
        return ["odd"]

    def __getitem__(self, k):
        return k


class Triple(tuple):
    def __iter__(self):
        return iter((7, 8, 9))


for _ in range(5):
    print(work([(int, (3,)), (int, ()), (int, None), (len, ("abc",)), (len, None), (int, 5), (int, []), (call, (int, None)), (plain, Triple("ab"))] * 3))
    print(named([(plain, (), {}), (int, ("11",), {"base": 2}), (plain, (1,), {"k": 2}), (plain, (), None), (plain, None, {}), (plain, (1,), Odd()),
                 (plain, (), {1: 2}), (int, None, {}), (int, ("1",), [])] * 3))
    print(one([(1, 2), (1, 2), (3,), None, [4, 5], "ab", 6, Triple("ab"), ()] * 4))
