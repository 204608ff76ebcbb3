"""An exception group out of a hot loop, uncaught, with a cause: the traceback's text."""


def task(i):
    if i in (1500, 2500):
        raise ValueError(f"task {i}")
    return i


def run(n):
    errors = []
    s = 0
    for i in range(n):
        try:
            s += task(i)
        except ValueError as exc:
            errors.append(exc)
    print(s)
    if errors:
        raise ExceptionGroup("failures", errors) from errors[0]


run(1000)
run(3000)
