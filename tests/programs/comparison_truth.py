"""What a condition makes of a comparison: any object, once it was a bool."""


class Answer:
    def __init__(self, answer):
        self.answer = answer

    def __eq__(self, other):
        return self.answer

    def __lt__(self, other):
        return self.answer


class Odd:
    def __init__(self, truth):
        self.truth = truth

    def __bool__(self):
        if self.truth is None:
            raise ValueError("neither")
        return self.truth

    def __repr__(self):
        return f"Odd({self.truth})"


def conditions(xs):
    out = []
    for x in xs:
        try:
            if x == 1:
                out.append("equal")
            out.append("less" if x < 1 else "not less")
            while x < 3:
                out.append("while")
                break
            out.append(not x == 2)
            out.append(x == 1 and x < 2)
            out.append(0 < x < 5)
            assert x == 1, "assertion"
            out.append([y for y in (1, 2) if x == y])
        except (AssertionError, ValueError, TypeError) as e:
            out.append(str(e))
    return out


yes, no = Answer(True), Answer(False)
Answer.__gt__ = Answer.__lt__
print(conditions([yes, no] * 8))
print(conditions([yes, no, Answer(0), Answer(1), Answer([]), Answer([0]), Answer(""), Answer(None), Answer(Odd(True)), Answer(Odd(False)), Answer(Odd(None)), Answer(NotImplemented), yes]))
