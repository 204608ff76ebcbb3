"""The builtins that numeric loops call: abs, min, max, divmod, round, len, isinstance, and friends."""


def mix(n):
    s = 0
    for i in range(n):
        s += abs(i - 500) + min(i, 77) + max(i % 13, 5)
        q, r = divmod(i, 9)
        s += q * r + round(i / 3) + len((i, i))
        if isinstance(i, int) and not isinstance(i, str):
            s += 1
        s += ord(chr(65 + i % 26)) + int("12") + bool(i) + hash(i)
        s += sum((i, 1, 2)) + int(any((0, i))) + int(all((1, i)))
        s += int(callable(mix)) + pow(i, 2, 97)
    return s


def min_max_forms(n):
    out = 0
    data = [3, 1, 2]
    for i in range(n):
        data[i % 3] = i % 17
        out += min(data) + max(data) + min(i, 3, 9) + max(data, key=lambda v: -v)
        out += max((), default=5)
        out += min(2, 2.0) == 2 and type(min(2, 2.0)) is int
        out += type(min(2.0, 2)) is float
    return out


def ranges(n):
    s = 0
    for i in range(n):
        s += sum(range(i % 5))
        s += len(range(0, i, 3)) + (i in range(0, 5000, 7))
    s += len(list(reversed(range(n)))) + sorted(range(n), reverse=True)[0]
    return s


def empty_min(n):
    for i in range(n):
        min([1] if i < n - 1 else [])


print(mix(6000))
print(min_max_forms(4000))
print(ranges(4000))
try:
    empty_min(3000)
except ValueError as exc:
    print(exc.__traceback__.tb_next.tb_lineno)
for kind in (int, float, str, list, tuple, bool, dict, set):
    print(kind.__name__, [bool(kind()) for _ in range(1100)].count(False))
