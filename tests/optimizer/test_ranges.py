"""Ranges of ints: what they decide, and where they come from."""

import itertools

import pytest
from irtext import body, lines, names

from pytrace.optimizer import fold, ranges
from pytrace.optimizer.codes import C
from pytrace.tracer import ir

INTS = "[i0:int, i1:int, r2:ref]\n"
END = "\nexit() @s99"
LESS = "b3 = int_lt(i0, i1)\nguard_true(b3) @s1\n"


def test_no_overflow_below_a_bound():
    text = f"{INTS}{LESS}i4 = int_add_ovf(i0, 1) @s2{END}"
    assert lines(text) == ["b3 = int_lt(i0, i1)", "guard_true(b3)", "i4 = int_add(i0, 1)"]


@pytest.mark.parametrize(
    ("op", "left"),
    [
        ("i4 = int_add_ovf(i0, 2) @s2", "int_add_ovf"),
        ("i4 = int_sub_ovf(i0, 1) @s2", "int_add_ovf"),
        ("i4 = int_sub_ovf(i1, 1) @s2", "int_add"),
        ("i4 = int_neg_ovf(i1) @s2", "int_neg"),
        ("i4 = int_neg_ovf(i0) @s2", "int_neg_ovf"),
        ("i4 = int_and(i0, 255)\ni5 = int_mul_ovf(i4, i4) @s2", "int_mul"),
        ("i4 = int_and(i0, 255)\ni5 = int_lshift_ovf(i4, 20) @s2", "int_lshift"),
        ("i4 = int_rshift(i0, 32)\ni5 = int_mul_ovf(i4, 1000) @s2", "int_mul"),
        ("i4 = int_mod(i0, 100)\ni5 = int_add_ovf(i4, i4) @s2", "int_add"),
        ("i4 = load(r2) #list.ob_size\ni5 = int_add_ovf(i4, 1) @s2", "int_add"),
        ("b4 = int_eq(i0, i1)\ni5 = bool_to_int(b4)\ni6 = int_add_ovf(i5, i5) @s2", "int_add"),
    ],
)
def test_results_that_fit(op, left):
    assert names(f"{INTS}{LESS}{op}{END}", "ranges", "fold")[-1] == left


@pytest.mark.parametrize(
    ("guard", "question", "answer"),
    [
        (LESS, "int_lt(i1, i0)", False),
        (LESS, "int_le(i1, i0)", False),
        (LESS, "int_le(i0, i1)", True),
        (LESS, "int_gt(i1, i0)", True),
        (LESS, "int_ge(i0, i1)", False),
        (LESS, "int_eq(i0, i1)", False),
        (LESS, "int_ne(i1, i0)", True),
        ("b3 = int_lt(i0, i1)\nguard_false(b3) @s1\n", "int_le(i1, i0)", True),
        ("b3 = int_le(i0, i1)\nguard_false(b3) @s1\n", "int_lt(i1, i0)", True),
        ("b3 = int_ge(i0, 10)\nguard_true(b3) @s1\n", "int_gt(i0, 9)", True),
        ("b3 = int_ge(i0, 10)\nguard_true(b3) @s1\n", "int_eq(i0, 5)", False),
        ("b3 = int_eq(i0, 3)\nguard_true(b3) @s1\n", "int_lt(i0, 4)", True),
        ("b3 = int_ne(i0, i1)\nguard_true(b3) @s1\n", "int_eq(i0, i1)", False),
        ("b3 = int_ge(i0, 0)\nguard_true(b3) @s1\nb5 = int_ne(i0, 0)\nguard_true(b5) @s1\n", "int_gt(i0, 0)", True),
        ("b3 = int_ult(i0, 10)\nguard_true(b3) @s1\n", "int_ge(i0, 0)", True),
        ("b3 = int_ult(i0, 10)\nguard_true(b3) @s1\n", "int_lt(i0, 10)", True),
        ("i5 = int_add_ovf(i0, 5) @s1\nb3 = int_lt(i5, 10)\nguard_true(b3) @s1\n", "int_lt(i0, 5)", True),
        ("b5 = int_lt(i0, 5)\nb6 = int_lt(i1, 5)\nb3 = bool_and(b5, b6)\nguard_true(b3) @s1\n", "int_lt(i1, 6)", True),
        ("", "int_eq(i0, i1)", None),
    ],
)
def test_comparisons(guard, question, answer):
    text = f"{INTS}{guard}b8 = {question}\nr9 = box_bool(b8)\nreturn(r9) @s9"
    asked = lines(text, "ranges", "cse", "fold", "guards")[-2]
    assert answer is None or asked.endswith(f"= box_bool({answer})")
    assert answer is not None or not asked.endswith(("(True)", "(False)"))


def test_bounds_check_behind_a_comparison_with_the_length():
    text = """[i0:int, r1:ref]
        b2 = int_ge(i0, 0)
        guard_true(b2) @s1
        i3 = load(r1) #list.ob_size
        b4 = int_lt(i0, i3)
        guard_true(b4) @s2
        i5 = load(r1) #list.ob_size
        b6 = int_ult(i0, i5)
        guard_true(b6) @s3
        exit() @s4"""
    assert names(text) == ["int_le", "guard_true", "load", "int_lt", "guard_true"]


def test_a_counter_keeps_its_bound_around_the_loop():
    text = """[i0:int #slot:0, i1:int #slot:1]
        b2 = int_lt(i0, i1)
        guard_true(b2) @s1
        i3 = int_add_ovf(i0, 1) @s2
        jump(i3, i1)"""
    assert body(text) == ["label(i3) phis[i4:int]", "b5 = int_lt(i4, i1)", "guard_true(b5)", "i6 = int_add(i4, 1)", "jump(i6)"]


SMALL = [(a, b) for a in range(-9, 9, 3) for b in range(a, 9, 2)]


@pytest.mark.parametrize("code", [code for code in ranges.BINARY if "shift" not in ir.OPS[code].name])
def test_binary_ranges_hold(code):
    meaning = fold.MEANING[code]
    for a, b in itertools.product(SMALL, SMALL):
        low, high = ranges.BINARY[code](a, b)
        for x, y in itertools.product(range(a[0], a[1] + 1), range(b[0], b[1] + 1)):
            value = meaning(x, y)
            assert value is None or low <= value <= high, (a, b, x, y)


@pytest.mark.parametrize("code", [C.INT_LSHIFT, C.INT_RSHIFT])
def test_shift_ranges_hold(code):
    meaning = fold.MEANING[code]
    for a, n in itertools.product(SMALL, [(0, 0), (0, 3), (2, 5), (-1, 3), (0, 70)]):
        low, high = ranges.BINARY[code](a, n)
        for x, y in itertools.product(range(a[0], a[1] + 1), range(max(n[0], 0), min(n[1], 63) + 1)):
            assert low <= meaning(x, y) <= high or low < ranges.MIN, (a, n, x, y)


def test_switched_off():
    assert names(f"{INTS}{LESS}i4 = int_add_ovf(i0, 1) @s2{END}", off=frozenset({"ranges"}))[-1] == "int_add_ovf"
