"""Division, modulo and power by float zero raise at the right moment and place."""


def divide(values, n):
    errors = []
    s = 0.0
    for i in range(n):
        d = values[i % len(values)]
        try:
            s += i / d
            s += i // d
            s += i % d
        except ZeroDivisionError as exc:
            if i < 2000:
                errors.append((i, str(exc), exc.__traceback__.tb_lineno))
    return s, len(errors), errors[:2], errors[-2:]


def power(n):
    errors = []
    for i in range(n):
        base = 0.0 if i % 1000 == 999 else 2.0
        try:
            base**-1.5
        except ZeroDivisionError as exc:
            errors.append((i, str(exc)))
    return errors


print(divide([1.5, 2.5, 0.0, 4.0], 4000))
print(divide([1.5] * 999 + [-0.0], 4000))
print(divide([2.0, -3.0, 0.5], 4000))
for item in power(4000):
    print(item)


def reciprocal_sum(values):
    s = 0.0
    for v in values:
        s += 1.0 / v
    return s


print(reciprocal_sum([float(k) for k in range(1, 3000)]))
print(reciprocal_sum([float(k - 2500) for k in range(1, 3000)]))
