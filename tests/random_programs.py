"""Programs made by chance: loops over numbers, lists, tuples, dicts, strings, objects, closures and generators, with exceptions and exits anywhere.

`program(seed)` is the text of one; it prints what it computes, and always the same.  It ends by itself after some thousand steps.
"""

from __future__ import annotations

import random

PRELUDE = '''
import math, sys

class Point:
    kind = "point"
    def __init__(self, x, y):
        self.x = x
        self.y = y
    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)
    def __eq__(self, other):
        return isinstance(other, Point) and self.x == other.x
    def __hash__(self):
        return 7
    def move(self, d=1, *, e=0):
        self.x += d
        self.y -= e
        return self
    @property
    def total(self):
        return self.x + self.y
    def __repr__(self):
        return f"P({self.x!r}, {self.y!r})"

class Special(Point):
    __slots__ = ("z",)
    kind = "special"
    def move(self, d=1, *, e=0):
        if d == 3:
            raise KeyError(d)
        self.z = d
        return super().move(d, e=e)
    def __bool__(self):
        return self.x != 0

steps = 0

def tick():
    global steps
    steps += 1
    if steps > LIMIT:
        raise SystemExit("enough")

def half(n):
    if n % 2:
        raise ValueError(n)
    return n // 2

def count(n):
    for k in range(n):
        got = yield k * 2
        if got:
            n -= got

def weird(a, b=2, *args, c=3, **kw):
    return a * b + len(args) + c - len(kw)

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def short(v):
    if isinstance(v, float) and v != v:
        return "nan"
    if isinstance(v, int) and abs(v) > 1 << 200:
        return f"big {v % 1000003}"
    text = repr(v)
    return text if len(text) < 150 else text[:150] + str(len(text))
'''

NUMBERS = ["0", "1", "-1", "2", "3", "7", "10", "255", "1 << 31", "(1 << 62) + 3", "-(1 << 63)", "(1 << 63) - 1", "0.5", "-0.0", "1e300", "2.5", "float('inf')", "True", "1 << 70", "3 + 2j"]


class Maker:
    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.lines: list[str] = []
        self.n = 0
        self.depth = 0
        self.loops = 0

    def pick(self, *options: str) -> str:
        return self.r.choice(options)

    def fresh(self) -> str:
        self.n += 1
        return f"i{self.n}"

    # -- expressions

    def number(self, depth: int = 2) -> str:
        r = self.r.random()
        if depth == 0 or r < 0.3:
            return self.r.choice([*self.ints, *self.floats, self.r.choice(NUMBERS[:8] if self.r.random() < 0.8 else NUMBERS)])
        a, b = self.number(depth - 1), self.number(depth - 1)
        if r < 0.6:
            return f"({a} {self.pick('+', '-', '*', '+', '-')} {b})"
        if r < 0.7:
            return f"({a} {self.pick('//', '%', '/')} {b})"
        if r < 0.76:
            return f"({self.int_()} {self.pick('&', '|', '^', '>>', '<<')} {self.pick('1', '3', '5', '13')})"
        if r < 0.8:
            return self.pick(f"abs({a})", f"min({a}, {b})", f"max({a}, {b})", f"int({a})", f"float({a})", f"round({a})", f"divmod({a}, {b})[0]")
        if r < 0.84:
            return self.pick(f"math.sqrt({a})", f"math.floor({a})", f"half({a})", f"weird({a}, c={b})", f"weird({a}, {b}, 1, 2)", "fib(6)")
        if r < 0.9:
            return self.pick(f"xs[{self.int_()} % len(xs)]", "xs[-1]", "ys[i % len(ys)]" if "i" in self.ints else "ys[0]", f"d.get({a}, {b})", "len(xs)", f"t[{self.pick('0', '1', '-1')}]")
        if r < 0.96:
            return self.pick("p.x", "q.y", "p.total", "q.move(2).x", f"(p + q).{self.pick('x', 'y')}", "q.move(i, e=1).y" if "i" in self.ints else "p.y")
        return self.pick(f"sum({self.number(0)} for _ in range(3))", "sum(xs[:5])", f"({a} if {self.test(0)} else {b})", f"(lambda v: v + {a})({b})", "len(s)", "ord(s[-1])")

    def int_(self) -> str:
        return self.r.choice([*self.ints, self.pick("1", "2", "3", "len(xs)")])

    def test(self, depth: int = 1) -> str:
        a, b = self.number(depth), self.number(depth)
        return self.pick(
            f"{a} {self.pick('<', '<=', '>', '>=', '==', '!=')} {b}", f"{a} in xs", f"{self.int_()} % {self.pick('2', '3', '7')} == 0", f"{a}", f"not {a}",
            f"{a} < {b} and {b}", f"{a} or {b}", "p == q", "q", "xs", "isinstance(v, int)", f"{a} in d", f"{a} is not None", f"0 <= {a} < 100",
        )  # fmt: skip

    # -- statements

    def emit(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def block(self, size: int, loop: bool) -> None:
        self.depth += 1
        for _ in range(self.r.randint(1, size)):
            self.statement(loop)
        self.depth -= 1

    def statement(self, loop: bool) -> None:
        r = self.r.random()
        deep = self.depth > 5 or len(self.lines) > 130
        if r < 0.34 or deep and r < 0.8:
            target = self.pick("v", "v", "w", "z")
            self.emit(f"{target} {self.pick('=', '=', '+=', '-=')} {self.number()}")
        elif r < 0.46 or deep:
            self.emit(self.pick(
                f"xs.append({self.number(1)})", f"xs[{self.int_()} % len(xs)] = {self.number()}", "v, w = w, v", f"d[{self.number(0)}] = {self.number(1)}", "xs[0], xs[-1] = xs[-1], xs[0]",
                f"p.x = {self.number(1)}", f"q.y += {self.number(0)}", "p = p + q", f"p = {self.pick('Point', 'Special')}({self.number(0)}, {self.number(0)})", "p, q = q, p",
                f"t = ({self.number(0)}, *t[:2])", "a, *b = xs", "del xs[3:]", "xs = xs[::-1] + [1]", "if len(xs) > 3: xs.pop()", f"s = (s + chr(97 + {self.int_()} % 26))[-20:]",
                f"xs[1:2] = [{self.number(0)}, {self.number(0)}]", "tick()", f"g = count({self.pick('3', '9', '50')})", "v = next(g, 0)",
                f"print(short({self.number(1)}))" if self.loops < 2 else "pass", "ys = tuple(xs)", "del v; v = 5", f"d.pop({self.number(0)}, None)", "q.move(1, e=p.x)", "cell()",
            ))  # fmt: skip
        elif r < 0.62:
            self.emit(f"if {self.test()}:")
            self.block(3, loop)
            if self.r.random() < 0.4:
                self.emit("else:")
                self.block(2, loop)
        elif r < 0.8 and self.loops < 3:
            self.loop()
        elif r < 0.88:
            self.emit("try:")
            self.block(3, loop)
            self.emit(self.pick("except ZeroDivisionError as e:", "except (ValueError, KeyError) as e:", "except ArithmeticError as e:", "except Exception as e:"))
            self.depth += 1
            self.emit(self.pick("v = 1", "xs.append(len(str(e)))", "w = 0", "tick()"))
            self.depth -= 1
            if self.r.random() < 0.2:
                self.emit("finally:")
                self.block(1, False)
        elif loop:
            self.emit(f"if {self.test(0)}: {self.pick('break', 'continue', 'continue', 'return v')}")
        else:
            self.emit(f"w = {self.number()}")

    def loop(self) -> None:
        kind = self.r.randint(0, 8)
        x, y = self.fresh(), self.fresh()
        n = self.pick("3", "10", "40", "120") if self.loops == 0 else self.pick("2", "4", "9")
        head = [
            f"for {x} in range({n}):", f"for {x} in range({self.int_()} % 9, {n}, {self.pick('1', '2', '3')}):", f"for {x} in xs[:{n}]:", f"for {x}, {y} in enumerate(xs[:{n}]):",
            f"for {x}, {y} in zip(xs[:9], range({n})):", f"while {x} < {n}:", f"for {x} in count({n}):", f"for {x}, {y} in list(d.items())[:{n}]:",
            f"for {x} in {self.pick('ys', 't', 's', 'range(5)')}:",
        ][kind]  # fmt: skip
        if kind == 5:
            self.emit(f"{x} = 0")
        self.emit(head)
        self.depth += 1
        self.emit("tick()")
        if kind == 5:
            self.emit(f"{x} += 1")
        self.depth -= 1
        ints, floats = self.ints, self.floats
        if kind in (0, 1, 5, 6):
            self.ints = [*ints, x]
        elif kind in (3,):
            self.ints = [*ints, x]
            self.floats = [*floats, y]
        elif kind == 4:
            self.floats, self.ints = [*floats, x], [*ints, y]
        elif kind == 2:
            self.floats = [*floats, x]
        self.loops += 1
        self.block(5, True)
        self.loops -= 1
        self.ints, self.floats = ints, floats
        if self.r.random() < 0.15:
            self.emit("else:")
            self.depth += 1
            self.emit("w = -1")
            self.depth -= 1

    def function(self, k: int) -> None:
        self.ints, self.floats = ["i"], ["v", "w", "z"]
        self.emit(f"def f{k}(i, v=1, w=0.5):")
        self.depth += 1
        start = (
            "z = 3", "xs = [1, 2, 3, 4.5, i]", "ys = (1, 2, i)", "t = (i, 1.5, 2)", "s = 'abc'", "d = {1: 2, 0: i}",
            "p, q = Point(i, 2), Special(1, 0.5)", "q.z = 0", "g = count(5)", "a = b = None",
        )  # fmt: skip
        for text in start:
            self.emit(text)
        self.emit("def cell():")
        self.emit("    nonlocal z")
        self.emit("    z += i")
        for _ in range(self.r.randint(1, 4)):
            self.statement(False)
        self.loop()
        for _ in range(self.r.randint(0, 2)):
            self.statement(False)
        self.emit("return short(v), short(w), short(z), short(xs[:6]), short(ys[:3]), short(t), s, short(sorted(map(str, d)))[:60], short(p), short(q), short(a)")
        self.depth -= 1
        self.emit("")

    def text(self) -> str:
        for k in range(self.r.randint(1, 3)):
            self.function(k)
        functions = [line.split()[1].partition("(")[0] for line in self.lines if line.startswith("def f")]
        self.emit("")
        self.emit(f"for round in range({self.r.choice((3, 12, 60))}):")
        for name in functions:
            self.emit(f"    for arg in ({self.pick('round', '5', 'round % 3')}, {self.pick('2', '-round', '0')}):")
            self.emit("        try:")
            self.emit(f"            r = {name}(arg{self.pick('', ', round', ', 0.5', ', w=arg')})")
            self.emit("        except Exception as e:")
            self.emit("            r = type(e).__name__, str(e)[:60], e.__traceback__.tb_next and e.__traceback__.tb_next.tb_lineno")
            self.emit("        print(round, r)")
        return PRELUDE.replace("LIMIT", str(self.r.choice((3000, 20000)))) + "\n".join(self.lines) + "\n"


def program(seed: int) -> str:
    """The text of the program with this number."""
    return Maker(seed).text()


if __name__ == "__main__":
    import sys

    print(program(int(sys.argv[1])))
