"""Library classes under loops: Fraction, Decimal, statistics, datetime, textwrap, copy."""

import copy
import datetime
import decimal
import statistics
import textwrap
from fractions import Fraction


def harmonic(n):
    s = Fraction(0)
    for i in range(1, n):
        s += Fraction(1, i)
    return s.numerator % 10**9, s.denominator % 10**9


def decimals(n):
    decimal.getcontext().prec = 30
    s = decimal.Decimal(0)
    for i in range(1, n):
        s += decimal.Decimal(1) / i
    return s


def dates(n):
    d = datetime.date(2000, 2, 27)
    sundays = 0
    for i in range(n):
        d += datetime.timedelta(days=1)
        sundays += d.weekday() == 6 and d.day == 1
    return d.isoformat(), sundays


def copies(n):
    a = {"k": [1, (2, 3), {"z": None}]}
    s = 0
    for i in range(n):
        b = copy.deepcopy(a)
        b["k"][2]["z"] = i
        s += b["k"][2]["z"] + (b["k"][1] is a["k"][1]) + (b is a)
    return s, a


print(harmonic(350))
print(decimals(3000))
print(dates(4000))
print(copies(800))
print(statistics.mean(i * 3 % 7 for i in range(2000)), statistics.median([i * 7 % 101 for i in range(1500)]))
print(textwrap.fill("the quick brown fox jumps over the lazy dog " * 20, 60)[-60:])
