"""match in hot loops: literals, classes, sequences, mappings, guards, captures, or-patterns."""

from dataclasses import dataclass


@dataclass
class Num:
    """A number."""

    v: int


@dataclass
class Op:
    """An operation."""

    op: str
    left: object
    right: object


def evaluate(node):
    match node:
        case Num(v):
            return v
        case Op("+", a, b):
            return evaluate(a) + evaluate(b)
        case Op("-", a, b):
            return evaluate(a) - evaluate(b)
        case Op(op="*", left=a, right=b):
            return evaluate(a) * evaluate(b)
        case Op(op, _, _):
            raise ValueError(f"unknown {op}")


def classify(x):
    match x:
        case 0:
            return "zero"
        case int(n) if n < 0:
            return "negative"
        case True | False:
            return "bool"
        case 1 | 2 | 3:
            return "small"
        case int():
            return "int"
        case float():
            return "float"
        case "a" | "b":
            return "letter"
        case str() as s if len(s) > 3:
            return "long " + s[:1]
        case [a, b]:  # noqa: F841
            return f"pair {a}"
        case [first, *rest]:  # noqa: F841
            return f"many {len(rest)}"
        case {"k": v, **others}:
            return f"map {v} {len(others)}"
        case None:
            return "none"
        case _:
            return "other"


def walk(n):
    commands = [("move", 1, 2), ("turn", 90), ("stop",), ("move", 3, 4), ("jump", 5, 6, 7)]
    x = y = angle = jumps = 0
    for i in range(n):
        match commands[i % 5]:
            case ("move", dx, dy):
                x += dx
                y += dy
            case ("turn", a) if angle < 100000:
                angle += a
            case ("turn", _):
                angle = 0
            case ("jump", *where):
                jumps += len(where)
            case ("stop",):
                continue
    return x, y, angle, jumps


values = [0, -5, True, 2, 77, 2.5, "a", "hello", "xyz", [1, 2], (3, 4, 5), {"k": 1, "z": 2}, {}, None, b"x", []]
counts = {}
for i in range(6000):
    kind = classify(values[i % len(values)])
    counts[kind] = counts.get(kind, 0) + 1
print(counts)
print(walk(7000))
tree = Op("+", Num(3), Op("*", Num(4), Op("-", Num(10), Num(7))))
print(sum(evaluate(tree) for _ in range(700)))
try:
    for i in range(2000):
        evaluate(Op("+" if i < 1500 else "/", Num(1), Num(2)))
except ValueError as exc:
    print(i, exc)
