"""warnings with stacklevel out of hot inlined functions: the line each is attributed to."""

import warnings


def old(i):
    if i % 1000 == 999:
        warnings.warn(f"old at {i}", DeprecationWarning, stacklevel=2)
    return i


def older(i):
    if i % 1000 == 499:
        warnings.warn(f"older at {i}", UserWarning, stacklevel=3)
    return old(i)


def run(n):
    s = 0
    for i in range(n):
        s += older(i)
        s += old(i)
    return s


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(run(3000))
for w in caught:
    print(w.category.__name__, w.message, w.lineno)

warnings.simplefilter("default")
print(run(2500))
warnings.simplefilter("error")
try:
    run(2000)
except UserWarning as exc:
    tb = exc.__traceback__
    while tb.tb_next:
        tb = tb.tb_next
    print(exc, tb.tb_frame.f_code.co_name)
s = 0
for i in range(2000):
    s += older(i) if i != 499 and i != 1499 and i != 999 and i != 1999 else 0
print(s)
