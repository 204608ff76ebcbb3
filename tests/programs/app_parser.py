"""A tokenizer, a recursive-descent parser and an evaluator for expressions."""


class Parser:
    """Parses sums, products, powers, unary minus, names and calls."""

    def __init__(self, text):
        self.tokens = list(self.tokenize(text))
        self.pos = 0

    @staticmethod
    def tokenize(text):
        i = 0
        while i < len(text):
            ch = text[i]
            if ch.isspace():
                i += 1
            elif ch.isdigit():
                j = i
                while j < len(text) and (text[j].isdigit() or text[j] == "."):
                    j += 1
                number = text[i:j]
                yield "num", float(number) if "." in number else int(number)
                i = j
            elif ch.isalpha():
                j = i
                while j < len(text) and text[j].isalnum():
                    j += 1
                yield "name", text[i:j]
                i = j
            elif ch in "+-*/^()":
                yield "op", ch
                i += 1
            else:
                raise SyntaxError(f"unexpected {ch!r} at {i}")
        yield "end", None

    def peek(self, op):
        return self.tokens[self.pos] == ("op", op)

    def take(self, op):
        if self.peek(op):
            self.pos += 1
            return True
        return False

    def expression(self):
        node = self.term()
        while True:
            if self.take("+"):
                node = ("+", node, self.term())
            elif self.take("-"):
                node = ("-", node, self.term())
            else:
                return node

    def term(self):
        node = self.factor()
        while self.peek("*") or self.peek("/"):
            op = self.tokens[self.pos][1]
            self.pos += 1
            node = (op, node, self.factor())
        return node

    def factor(self):
        if self.take("-"):
            return ("neg", self.factor())
        node = self.atom()
        if self.take("^"):
            return ("^", node, self.factor())
        return node

    def atom(self):
        kind, value = self.tokens[self.pos]
        self.pos += 1
        if kind == "num":
            return value
        if kind == "name":
            return ("var", value)
        if (kind, value) == ("op", "("):
            node = self.expression()
            if not self.take(")"):
                raise SyntaxError("missing )")
            return node
        raise SyntaxError(f"unexpected {value!r}")


def evaluate(node, env):
    if not isinstance(node, tuple):
        return node
    op = node[0]
    if op == "var":
        return env[node[1]]
    if op == "neg":
        return -evaluate(node[1], env)
    a = evaluate(node[1], env)
    b = evaluate(node[2], env)
    if op == "+":
        return a + b
    if op == "-":
        return a - b
    if op == "*":
        return a * b
    if op == "/":
        return a / b
    return a**b


TEXT = "2 * (x + 3) - y ^ 2 / 4 + -x * 1.5 - (7 - x) * (y + 1)"
total = 0
for i in range(200):
    tree = Parser(TEXT).expression()
    total += evaluate(tree, {"x": i, "y": i % 10})
print(repr(total))
big = " + ".join(f"{k} * (x - {k})" for k in range(300))
tree = Parser(big).expression()
print(sum(evaluate(tree, {"x": x}) for x in range(20)))
for bad in ("1 + ", "(1 + 2", "1 $ 2", "x / 0", "nope"):
    try:
        print(evaluate(Parser(bad * 1).expression(), {"x": 1}))
    except (SyntaxError, ZeroDivisionError, KeyError) as exc:
        print(type(exc).__name__, exc)
