"""Bound methods as values: kept, called later, compared, and gone at the right time."""

import sys
import weakref


class Tokens:
    def __init__(self, text):
        self.text = text
        self.index = 0

    def get(self):
        self.index += 1
        return self.text[self.index - 1 : self.index]

    def match(self, char):
        if self.text[self.index : self.index + 1] == char:
            self.index += 1
            return True
        return False

    @classmethod
    def of(cls, text):
        return cls(text)

    @staticmethod
    def plain(text):
        return len(text)


def parse(source):
    get = source.get
    match = source.match
    n = 0
    while True:
        this = get()
        if not this:
            return n
        if this == "(":
            n += parse(source)
        elif this == ")":
            return n + 1
        elif match("*"):
            n += 10


def kept(n):
    tokens = Tokens("x" * n)
    methods = []
    for _ in range(n):
        m = tokens.get
        methods.append(m)
    return len({m() for m in methods}), all(m == tokens.get for m in methods), len({id(m) for m in methods}) == n


def passed(n):
    tokens = Tokens("ab" * n)
    total = 0
    for i in range(n):
        total += sum(map(tokens.match, "ab"))
        of, plain = tokens.of, tokens.plain
        total += plain(of("x" * (i % 7)).text)
    return total


def dies(n):
    gone = 0
    for _ in range(n):
        tokens = Tokens("a")
        ref = weakref.ref(tokens)
        get = tokens.get
        del tokens
        gone -= ref() is None
        get()
        del get
        gone += ref() is None
    return gone


def all_of_them():
    return [parse(Tokens(text)) for _ in range(30)], kept(2000), passed(1000), dies(1000)


text = "a(b*c(d)e*)f" * 40
first = all_of_them()
print(first, all_of_them() == first)
before = [sys.getrefcount(f) for f in (Tokens.get, Tokens.match)]
print(all_of_them() == first)
after = [sys.getrefcount(f) for f in (Tokens.get, Tokens.match)]
print(all(abs(b - a) < 100 for a, b in zip(before, after)))
