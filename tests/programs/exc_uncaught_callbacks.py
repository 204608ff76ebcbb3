"""Errors inside operators, sort keys, iterators and properties that hot loops call; the last one uncaught."""


class Touchy:
    """Fails in every special method once its limit is reached."""

    limit = 1500

    def __init__(self, v):
        self.v = v

    def check(self, what):
        if self.v >= self.limit:
            raise RuntimeError(f"{what} {self.v}")
        return self.v

    def __add__(self, other):
        return self.check("add") + other

    def __lt__(self, other):
        return self.check("lt") < 10

    def __bool__(self):
        return self.check("bool") > 0

    def __len__(self):
        return self.check("len")

    def __getitem__(self, i):
        return self.check("getitem") + i

    def __hash__(self):
        return self.check("hash")

    def __eq__(self, other):
        return self.check("eq") == other

    def __index__(self):
        return self.check("index") % 3

    def __float__(self):
        return float(self.check("float"))

    def __iter__(self):
        self.check("iter")
        return iter((1, 2))

    @property
    def prop(self):
        return self.check("prop")

    def __getattr__(self, name):
        return self.check("getattr " + name)


def branch(t):
    return 1 if t else 0


def each(t):
    s = 0
    for v in t:
        s += v
    return s


ACTIONS = {
    "add": lambda t: t + 1,
    "lt": lambda t: t < 5,
    "bool": branch,
    "getitem": lambda t: t[3],
    "len": lambda t: len(t),
    "hash": lambda t: hash(t),
    "eq": lambda t: t == 7,
    "index": lambda t: [10, 20, 30][t],
    "float": lambda t: 2.0 ** (1.0 / (1.0 + t.__float__())),
    "iter": each,
    "prop": lambda t: t.prop,
    "getattr": lambda t: t.nothing,
    "unpack": lambda t: sum((lambda a, b: (a, b))(*t)),
    "min": lambda t: min(5, t.v) + (min([3, t]) == 3),
}


def hot(action, n):
    s = 0
    for i in range(n):
        s += action(Touchy(i))
    return s


for name, action in ACTIONS.items():
    print(name, round(hot(action, 1500), 6))
    try:
        hot(action, 2000)
    except RuntimeError as exc:
        lines = []
        tb = exc.__traceback__
        while tb:
            lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
            tb = tb.tb_next
        print(exc, lines[1:])
hot(ACTIONS["add"], 2000)
