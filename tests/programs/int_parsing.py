"""int() and float() of strings, formatting of numbers, and the errors they give."""


def parse(n):
    s = 0
    for i in range(n):
        s += int(str(i)) + int(f"{i:x}", 16) + int(f" {i} ") + int("-0b101", 0)
    return s


def floats(n):
    s = 0.0
    for i in range(n):
        s += float(f"{i}.5") + float("1e-3") + float(str(i / 7))
    return repr(s)


def bad(n):
    errors = []
    good = 0
    for i in range(n):
        text = str(i) if i % 1100 else "x%d" % i
        try:
            good += int(text)
        except ValueError as exc:
            errors.append(str(exc))
    return good, errors


def formats(n):
    total = 0
    last = ""
    for i in range(n):
        last = f"{i:5d}|{i / 3:.3f}|{i:>8}|{i:#x}|{-i:+d}|{i!r}|{i * 1000:,}"
        total += len(last)
    return total, last


print(parse(5000))
print(floats(5000))
print(bad(4000))
print(formats(4000))
big = "9" * 30
acc = 0
for i in range(3000):
    acc += int(big[: i % 25 + 1])
print(acc)
print(sum(int(ch) for ch in str(2**3000)))
