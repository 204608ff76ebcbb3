"""Programs made by chance in which each construct of the language sees values of one kind, so that it is compiled for them, and then of all kinds.

`program(seed)` is the text of one; it prints what came of each construct, the exceptions included.
"""

from __future__ import annotations

import functools
import random
import warnings

PRELUDE = r'''
import array, collections, decimal, enum, fractions, functools, itertools, math, operator, re, types
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from functools import partial

NT = namedtuple("NT", "a b")

class MyInt(int): pass
class LoudInt(int):
    def __add__(self, o): return "added"
    def __index__(self): return 1
    def __eq__(self, o): return "equal"
    __hash__ = int.__hash__
    def __bool__(self): return False
class MyFloat(float): pass
class MyStr(str):
    def __len__(self): return 2
class MyList(list):
    def __getitem__(self, i): return "item"
    def append(self, x): list.append(self, [x])
class Plain(list): pass
class MyTuple(tuple):
    def __len__(self): return 1
class MyDict(dict):
    def __missing__(self, k): return "missing"
    def __getitem__(self, k): return dict.__getitem__(self, k) if k in self else "got"
class MySet(set):
    def __contains__(self, x): return True
class Meta(type):
    def __call__(cls, *a): return ("made", len(a))
    def __instancecheck__(cls, x): return "yes"
    def __iter__(cls): return iter((1, 2))
    def __getattr__(cls, name): return "meta " + name
class WithMeta(metaclass=Meta):
    known = 4
class P:
    kind = "point"
    def __init__(self, x=1, y=2): self.x, self.y = x, y
    def __add__(self, o): return P(self.x + o.x, self.y)
    def __mul__(self, o): return forward(self, o)
    def __radd__(self, o): return ("radd", self.x)
    def __eq__(self, o): return isinstance(o, P) and self.x == o.x
    def __hash__(self): return 5
    def __lt__(self, o): return self.x < o.x if isinstance(o, P) else NotImplemented
    def move(self, d=1, *, e=0):
        self.x += d
        return self.x
    @property
    def a(self): return self.x
    @classmethod
    def made(cls): return cls.__name__
    @staticmethod
    def fixed(): return 8
    def __call__(self, *a): return ("called", len(a))
    def __getitem__(self, i):
        if i == 3: raise IndexError
        return i
    def __enter__(self): return self
    def __exit__(self, *a): return a[0] is KeyError
class Sub(P):
    kind = "sub"
    a = None
    def move(self, d=2): return super().move(d)
    def __bool__(self): return False
class Slots:
    __slots__ = ("a", "x")
    def __init__(self): self.a = 1
    def __len__(self): return 3
class Computed:
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        return "computed " + name
    def __iter__(self): yield from (1, 2)
class All:
    def __getattribute__(self, name): return "all" if name == "a" else object.__getattribute__(self, name)
    def __setattr__(self, name, v): self.__dict__[name] = (v,)
    def __delattr__(self, name): raise TypeError("stays")
class Answers:
    def __eq__(self, o): return []
    def __lt__(self, o): return "less"
    def __bool__(self): raise ValueError("neither")
    def __contains__(self, x): return 0
    def __len__(self): return -1
    def __iter__(self): return 3
    def __format__(self, spec): return MyStr("formatted")
    def __str__(self): return MyStr("text")
    def __repr__(self): return "Answers"
    __hash__ = None
class Items:
    def __getitem__(self, i):
        if i > 2 if isinstance(i, int) else False: raise IndexError(i)
        return i
class Color(enum.IntEnum):
    RED = 1
    BLUE = 2
class Descriptor:
    def __get__(self, o, t): return "described"
    def __set__(self, o, v): raise AttributeError("no")
class Described:
    a = Descriptor()
    x = 5

def forward(a, b): return NotImplemented if not isinstance(b, P) else a.x
def gen(n=3):
    for k in range(n):
        got = yield k
        if got: yield got
def plain(*a, **k): return len(a), sorted(map(str, k))
def two(a, b=2, *, c=3): return short((a, b, c))
def late(a=[1], /, b=None): return short((a, b))
module = types.ModuleType("module")
module.a = 1

def short(v, depth=2):
    t = type(v)
    if depth == 0: return t.__name__
    if t in (types.GeneratorType, map, filter, zip, enumerate, itertools.islice) or t.__name__.endswith("iterator"):
        return t.__name__ + short([*itertools.islice(v, 4)], depth - 1)
    if isinstance(v, (int, str)) and type(v) is not bool: return t.__name__ + ":" + re.sub("0x[0-9a-f]+", "", int.__repr__(v) if isinstance(v, int) else str.__repr__(v))[:110]
    if t in (set, frozenset): return t.__name__ + "".join(sorted(short(x, depth - 1) for x in v))
    if t in (list, tuple, Plain): return t.__name__ + "[" + ",".join(short(x, depth - 1) for x in v) + "]"
    if isinstance(v, dict): return t.__name__ + "{" + ",".join(short(a, depth - 1) + ":" + short(b, depth - 1) for a, b in dict.items(v)) + "}"
    if t in (P, Sub): return f"{t.__name__}({short(v.x, 1)})"
    return t.__name__ + "/" + re.sub("0x[0-9a-f]+|at 0x.*", "", repr(v))[:80]

def error(e):
    return "!" + type(e).__name__ + ":" + re.sub("0x[0-9a-f]+", "", str(e))[:90]
'''

#: What makes a value, by kinds that are near each other.
VALUES = [[text.strip() for text in kind.replace("\n", " || ").split(" || ")] for kind in r'''
None || True || False || ... || NotImplemented

0 || 1 || -1 || 2 || 7 || 300 || MyInt(3) || LoudInt(4) || True || Color.BLUE

(1 << 62) + 1 || (1 << 63) - 1 || -(1 << 63) || 1 << 63 || 1 << 70 || -(1 << 80)

0.0 || -0.0 || 1.5 || 2.0 || -7.25 || 1e300 || float('inf') || float('nan') || MyFloat(2.5) || 2j || 1 + 0j || decimal.Decimal(3) || fractions.Fraction(1, 3)

'' || 'a' || 'abc' || '\xe9' || '\u1234x' || '12' || ' 1.5' || MyStr('a') || MyStr('xyz') || b'' || b'ab' || bytearray(b'xy') || memoryview(b'ab')

[] || [1] || [1, 2] || [3, 1, 2] || ['a', 'b'] || [1.5, 2.5] || [None, 1] || MyList([1, 2]) || Plain([1, 2]) || deque([1, 2]) || array.array('d', [1, 2])
array.array('i', [3])

() || (1,) || (1, 2) || (1, 2, 3) || ('a', 2) || NT(1, 2) || MyTuple((1, 2)) || range(3) || range(5, 0, -2) || range(1 << 65, (1 << 65) + 2) || slice(0, 2) || slice(None)

{} || {1: 2} || {'a': 1} || {'a': 1, 'x': 2} || {'b': 5} || {1: 'x', 2: 'y'} || MyDict(a=1) || OrderedDict(b=1, a=2) || defaultdict(int) || Counter('ab') || set() || {1, 2}
frozenset([1]) || MySet([1]) || types.MappingProxyType({1: 2})

gen(3) || gen(0) || iter([1, 2]) || iter((1, 2)) || iter(range(2)) || iter('ab') || enumerate([5, 6]) || zip([1], [2]) || map(abs, [-1, 2]) || reversed([1, 2]) || iter({1: 2})
(k for k in (1, 2)) || itertools.islice((7, 8), 2)

len || abs || plain || two || late || (lambda *a: len(a)) || (lambda a: a) || P.move || P(3).move || [].append || 'x'.join || partial(two, 1) || partial(plain, k=2) || P.made
max || operator.add || next || gen || isinstance || math.sqrt || str.upper

int || str || list || tuple || dict || float || bool || type || P || Sub || WithMeta || Meta || ValueError || KeyError || Exception || NT || Color || range || set
type(None) || (int, str) || (ValueError, KeyError) || (int, (str, P)) || int | str

P() || P(3, 4) || Sub() || Sub(2) || Slots() || Computed() || All() || Answers() || Items() || WithMeta || Described() || module || object() || types.SimpleNamespace(a=1, x=2)
ValueError('v') || KeyError(1) || Exception
'''.strip().split("\n\n")]

#: What is done with x and y; `r` is what is shown.
STATEMENTS = [text.strip().replace("\\n", "\n") for text in r'''
r = x + y || r = x - y || r = x * y || r = x / y || r = x // y || r = x % y || r = x @ y || r = x & y || r = x | y || r = x ^ y || r = x + 1 || r = 1 + x || r = x * 2
r = 2 * x || r = x * 1.5 || r = x ** 2 || r = x - 1 || r = x % 3 || r = x // 2 || r = x / 2 || r = x & 3 || r = -x || r = +x || r = ~x || r = not x || r = x\nr += y
r = x\nr -= 1 || r = x\nr *= 2 || r = x\nr |= y || r = [1]\nr += x || r = ()\nr += x || r = 'a'\nr += x || r = 5\nr += x || r = x == y || r = x != y || r = x < y || r = x <= y
r = x > y || r = x >= y || r = x == 1 || r = x < 2 || r = 1 < x < 3 || r = 1 if x == y else 2 || r = 1 if x < y else 2 || r = 1 if x != 1 else 2 || r = x in y
r = x not in y || r = 1 in x || r = 'a' in x || r = x in (1, 2, 'a') || r = x in {1: 2} || r = x in [1, 'a', None] || r = 1 if x in y else 2 || r = x is None
r = x is not None || r = type(x) is type(y) || r = x is True || r = 1 if x else 2 || r = x and y || r = x or y || r = 3 if x is None else 4
while x:\n    r = 'true'\n    break || assert x, 'no' || r = x[0] || r = x[1] || r = x[-1] || r = x['a'] || r = x[y] || r = x[:] || r = x[1:] || r = x[:1] || r = x[::2]
r = x[::-1] || r = x[y:] || r = x[0:y] || r = [1, 2, 3][x] || r = (1, 2, 3)[x] || r = 'abc'[x] || r = {1: 2, 'a': 3}[x] || r = [1, 2, 3][x:] || r = [1, 2, 3, 4][::x]
r = range(5)[x] || r = b'abc'[x] || x[0] = y\nr = x || x['a'] = y\nr = x || x[y] = 1\nr = x || x[0:1] = y\nr = x || r = [1, 2, 3]\nr[x] = y || r = [1, 2, 3]\nr[0:1] = x
r = {}\nr[x] = y || del x[0]\nr = x || r = [1, 2]\ndel r[x] || x[:] = []\nr = x || r = [1, 2, 3]\nr[x:] = y || r = x.a || r = x.x || r = x.kind || r = x.move()
r = x.move(2) || r = x.append(1) || r = x.pop() || r = x.keys() || r = x.upper() || r = x.count(1) || r = x.index(1) || r = x.get(1) || r = x.real || r = x.made()
r = x.fixed() || r = x.__class__.__name__ || r = x.copy() || r = x.items() || r = x.add(3) || r = x.split() || r = x.join(['a', 'b']) || r = ','.join(x) || r = x.insert(0, y)
r = x.extend(y) || r = x.bit_length() || r = x.update(y) || r = x.setdefault(1, y) || r = x.__len__() || r = x.sort() || r = x.reverse() || x.a = y\nr = x.a
x.x = 1\nr = x.x || x.new = y\nr = x.new || del x.a\nr = x || del x.x\nr = x || x.x += 1\nr = x.x || x.a += y\nr = x.a || r = x() || r = x(1) || r = x(y) || r = x(1, 2)
r = x(y, 1) || r = x(a=1) || r = x(1, b=2) || r = x(1, c=y) || r = x(*y) || r = x(1, *y) || r = x(**y) || r = x(*y, k=1) || r = x(1, **y) || r = plain(*x) || r = plain(*x, *y)
r = plain(**x) || r = two(*x) || r = two(**x) || r = two(x, y) || r = two(x, c=y) || r = late(x) || r = late(*x) || r = plain(1, *x, k=y) || r = plain(*x, **y)
r = (lambda a, b=x: (a, b))(y) || r = two(x, *y) || r = P(x, y) || r = P(x).move(1) || r = P(*x) || r = NT(x, y) || a, b = x\nr = a, b || a, = x\nr = a || a, b, c = x\nr = c
a, *b = x\nr = b || *a, b = x\nr = a, b || (a, b), c = y, x\nr = a, b, c || [a, b] = x\nr = b || r = [*x] || r = (*x, 1) || r = {*x} || r = {**x} || r = {**x, 'z': y}
r = [*x, *y] || r = [k for k in x] || r = [k for k in x if k] || r = {k: 1 for k in x} || r = {k for k in x} || r = list(k for k in x)
r = [(k, j) for k in (1, 2) for j in x] || r = sum(1 for k in x) || r = [k for k, j in x] || r = [k + 1 for k in x] || r = 0\nfor k in x:\n    r += 1
r = []\nfor k in x:\n    r.append(k) || r = 0\nfor k, j in x:\n    r += 1 || r = []\nfor k, j in enumerate(x):\n    r.append((k, j))
r = []\nfor k, j in zip(x, y):\n    r.append((k, j)) || r = 0\nfor k in range(x):\n    r += 1\n    if r > 50: break || r = 0\nfor k in range(0, 9, x):\n    r += k
r = []\nfor k in range(x, y):\n    r.append(k)\n    if len(r) > 50: break || r = [*range(x)] || r = 1\nfor k in reversed(x):\n    r = k
r = []\nfor k in x, y:\n    r.append(k) || r = []\nfor k in sorted(x):\n    r.append(k) || r = f'{x}' || r = f'{x!r}' || r = f'{x:>5}' || r = f'{x}{y}' || r = f'{x!s:.3}'
r = f'{1:{x}}' || r = f'{x:.2f}' || r = '%s' % x || r = '%s %s' % x || r = '%d' % x || r = 'a{}'.format(x) || r = type(f'{x}') || r = type(str(x))
match x:\n case 1: r = 'one'\n case None: r = 'none'\n case [a, b]: r = a, b\n case {'a': a}: r = a\n case P(x=a): r = a\n case int(a) | float(a): r = 'number', a\n case _: r = 'other'
match x:\n case (1, *rest): r = rest\n case str(): r = 'str'\n case list() | tuple(): r = 'seq'\n case {**rest}: r = rest\n case NT(a, b): r = b\n case a if a == y: r = 'eq'\n case _: r = 2
match x, y:\n    case int(), int(): r = 1\n    case a, (b, c): r = b\n    case [], _: r = 3\n    case _: r = 4 || with x as a:\n    r = a || with P() as a:\n    r = x / y
with P():\n    raise x || try:\n    raise x\nexcept ValueError as e:\n    r = 'value', str(e)
try:\n    raise ValueError(1) from x\nexcept ValueError as e:\n    r = e.__cause__ || try:\n    {}[x]\nexcept y:\n    r = 'caught'
try:\n    raise KeyError(1)\nexcept x:\n    r = 'caught' || try:\n    r = x / y\nexcept (TypeError, x):\n    r = 'caught'
try:\n    r = [1, 2][x]\nexcept (IndexError, TypeError) as e:\n    r = type(e).__name__\nelse:\n    r = 'fine', r\nfinally:\n    a = 1 || raise x
def inner():\n    return x\nr = inner() || def inner():\n    nonlocal_ = y\n    return (x, nonlocal_)\nr = inner() || def inner(a=x, *, b=y):\n    return a, b\nr = inner()
def inner():\n    yield x\n    yield from y\nr = list(inner()) || def inner():\n    got = yield 1\n    yield got\na = inner()\nnext(a)\nr = a.send(x)
def inner():\n    r = yield from x\n    return r\nr = list(inner()) || global held\nheld = x\nr = held || r = (lambda: x)()
def inner():\n    try:\n        yield 1\n    except x:\n        yield 2\na = inner()\nnext(a)\nr = a.throw(KeyError(1))
async def inner():\n    return await x\na = inner()\ntry:\n    a.send(None)\nexcept StopIteration as e:\n    r = e.value || class Inner(x):\n    pass\nr = Inner.__name__
class Inner:\n    b = x\nr = Inner.b || a = x\ndel a\nr = y || @x\ndef inner():\n    return 1\nr = inner || r = isinstance(x, y) || r = isinstance(x, int)
r = isinstance(1, x) || r = isinstance(x, (int, str)) || r = isinstance(x, P) || r = issubclass(x, y) || r = issubclass(x, int) || r = type(x) || r = type(x).__name__
r = callable(x) || r = hash(x) == hash(x) || r = repr(x)[:5] || r = min(x, y) || r = max(x, y) || r = min(x) || r = max(x) || r = min(x, 1) || r = max(1.5, x) || r = sum(x)
r = sum(x, y) || r = sum([x, y]) || r = sum(k for k in x) || r = sum([1, 2], x) || r = sorted(x) || r = sorted([x, y]) || r = sorted(x, key=y) || r = sorted(x, reverse=True)
r = min(x, key=y) || r = max(x, y, key=str) || r = min(x, default=y) || r = min((x, y), default=1) || r = any(x) || r = all(x) || r = any(k for k in x)
r = all(k == 1 for k in x) || r = list(map(x, y)) || r = list(filter(x, y)) || r = list(map(str, x)) || r = list(filter(None, x)) || r = list(zip(x, y))
r = list(zip(x, y, strict=True)) || r = list(zip(x)) || r = list(enumerate(x)) || r = list(enumerate(x, y)) || r = list(enumerate([5], x)) || r = list(enumerate(x, start=2))
r = list(reversed(x)) || r = next(x) || r = next(x, y) || r = next(iter(x)) || r = iter(x) || r = next(iter(x), y) || r = int(x) || r = int(x, 10) || r = int(x, y)
r = float(x) || r = str(x) || r = bool(x) || r = complex(x) || r = complex(x, y) || r = list(x) || r = tuple(x) || r = set(x) || r = dict(x) || r = dict(x, z=1)
r = dict(**x) || r = bytes(x) if x != 1 << 70 else 0 || r = frozenset(x) || r = range(x) || r = range(x, y) || r = range(1, x, y) || r = round(x) || r = round(x, 1)
r = round(x, None) || r = round(2.567, x) || r = divmod(x, y) || r = divmod(x, 2) || r = pow(x, 2) || r = abs(x) || r = len(x) || r = ord(x) || r = chr(x) || r = hex(x)
r = format(x) || r = format(x, 'd') || r = format(1.5, x) || r = id(x) == id(x) || r = getattr(x, 'a') || r = getattr(x, 'a', y) || r = getattr(P(), x) || r = getattr(x, y, 1)
r = hasattr(x, 'a') || r = hasattr(x, 'move') || r = hasattr(P, x) || setattr(x, 'a', y)\nr = x.a || r = vars(x)['x'] || delattr(x, 'x')\nr = x || r = slice(x, y)
r = slice(x, y).indices(3) || r = math.sqrt(x) || r = math.floor(x) || r = math.sin(x) || r = math.fabs(x) || r = math.pow(x, 2) || r = math.gcd(x, 4) || r = math.ceil(x)
r = math.isnan(x) || r = math.hypot(x, y) || r = math.exp(x) || r = math.log(x) || r = operator.index(x) || r = operator.add(x, y) || r = math.trunc(x) || r = math.fmod(x, y)
r = str.upper(x) || r = str.join(x, y) || r = str.join('-', x) || r = 'a,b'.split(x) || r = 'abc'.find(x) || r = 'abc'.startswith(x) || r = 'abc'.replace('a', x)
r = list.append(x, 1) || r = dict.get(x, y) || r = 'abc'.count(x, y) || r = 'ab'.zfill(x) || r = 'ab'.center(x) || r = 'ab' * x || r = [0] * x || r = (1,) * x
r = [1, 2]\nr.append(x) || r = [1, 2]\nr.extend(x) || r = [1, 2]\nr.insert(x, y) || r = [1, 2, 3]\nr.pop(x) || r = [1, 2, 3].index(x) || r = set()\nr.add(x)
r = {1, 2}\nr |= x || r = {1: 2}\nr.update(x) || r = {1: 2}.get(x, y) || r = {1: 2}\nr |= x || r = [x, y].count(x) || r = [3, 1]\nr.sort(key=x) || a = [].append\nr = a(x)
r = super(P, x).__init__() || r = super(Sub, x).move(1) || r = super(x, y).move(1) || r = types.MethodType(x, y)() || r = partial(x, 1)(y) || r = functools.reduce(x, [1, 2])
r = P.move(x, 1) || r = P.a.fget(x) || r = Sub.move(x) || r = object.__init__(x) || r = list.__len__(x) || r = x if x else y || r = [x, y][0] || r = {'k': x}['k']
r = (x, y)[1] || r = [x] * 2 || r = (x,) + (y,) || r = {x: y} || r = {x, y} || r = {1: x, **y} || r = [[x], [y]] || r = (a := x) || r = x.a.b || r = x[0][0] || r = x()()
r = x(y)(1) || r = x[0](y) || r = x.a(y)
'''.replace("\n", " || ").split(" || ") if text.strip()]


@functools.cache
def prelude() -> dict:
    names: dict = {}
    exec(PRELUDE, names)
    return names


def works(statement: str, x: str, y: str) -> bool:
    """Whether a statement raises nothing with these values."""
    names = prelude()
    try:
        with warnings.catch_warnings(action="ignore"):
            exec(f"x, y = {x}, {y}\n{statement}\n" if "nonlocal" not in statement else "1", dict(names))
    except Exception:
        return False
    return True


class Maker:
    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.lines: list[str] = []

    def value(self, kind: list[str] | None = None) -> str:
        return self.r.choice(kind or self.r.choice(VALUES))

    def pairs(self, statements: list[str]) -> str:
        """(x, y) of mostly one kind at first, with which the statements do something, then of any."""
        r = self.r
        for _ in range(20):
            a, b = r.choice(VALUES), r.choice(VALUES)
            first = self.value(a), self.value(b)
            if all(works(s, *first) for s in statements):
                break
        out = [first] * r.choice((4, 8)) if r.random() < 0.7 else []
        for _ in range(r.choice((3, 8, 20))):
            how = r.random()
            if how < 0.3:
                out.append(first)
            elif how < 0.7:
                out.append((self.value(a), self.value(b)))
            else:
                out.append((self.value(), self.value()))
        if r.random() < 0.3:
            out += [out[-1]] * 6
        return "[" + ", ".join(f"({x}, {y})" for x, y in out) + "]"

    def put(self, depth: int, text: str) -> None:
        self.lines += ["    " * depth + line for line in text.split("\n")]

    def function(self, k: int) -> None:
        r = self.r
        chosen = [r.choice(STATEMENTS) for _ in range(r.choice((1, 1, 2, 3)))]
        inside = r.random() < 0.35  # in a function that is called
        if inside:
            for j, s in enumerate(chosen):
                self.put(0, f"def g{k}_{j}(x, y):")
                self.put(1, "r = None")
                self.put(1, s)
                self.put(1, "return r")
        self.put(0, f"def f{k}(pairs):")
        self.put(1, "out = []")
        one = r.random() < 0.7  # exceptions are caught in the loop
        self.put(1, "for x, y in pairs:" if r.random() < 0.8 else "i = 0\nwhile i < len(pairs):")
        if self.lines[-1].strip().startswith("while"):
            self.put(2, "x, y = pairs[i]\ni += 1")
        for j, s in enumerate(chosen):
            s = f"r = g{k}_{j}(x, y)" if inside else s
            self.put(2, "r = None")
            if one:
                self.put(2, "try:")
                self.put(3, s)
                self.put(2, "except Exception as e:")
                self.put(3, "r = error(e)")
            else:
                self.put(2, s)
            self.put(2, "out.append(short(r))")
        self.put(1, "return out")
        self.put(0, f"for pairs in {', '.join(self.pairs(chosen) for _ in range(r.choice((1, 2, 3))))},:")
        self.put(1, f"for step in range({r.choice((1, 2, 4))}):")
        self.put(2, f"try:\n    print({k}, f{k}(pairs))\nexcept Exception as e:\n    print({k}, error(e), e.__traceback__.tb_next.tb_lineno)")

    def text(self) -> str:
        for k in range(8):
            self.function(k)
        return PRELUDE + "\n".join(self.lines) + "\n"


def program(seed: int) -> str:
    """The text of the program with this number."""
    return Maker(seed).text()


if __name__ == "__main__":
    import sys

    print(program(int(sys.argv[1])))
