"""Guards go where something known implies them."""

import pytest
from irtext import lines, names, walked

REF = "[r0:ref, r1:ref, b2:bool]\n"
END = "\nexit() @s99"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("guard_type(r0, $int) @s1", "guard_type(r0, $int) @s2"),
        ("guard_type(r0, $int) @s1", "guard_nonnull(r0) @s2"),
        ("guard_type(r0, $int) @s1", "guard_not_type(r0, $str) @s2"),
        ("guard_type(r0, $int) @s1", "guard_is_not(r0, $None) @s2"),
        ("guard_nonnull(r0) @s1", "guard_nonnull(r0) @s2"),
        ("guard_null(r0) @s1", "guard_null(r0) @s2"),
        ("guard_not_type(r0, $int) @s1", "guard_not_type(r0, $int) @s2"),
        ("guard_is(r0, $None) @s1", "guard_is(r0, $None) @s2"),
        ("guard_is(r0, $None) @s1", "guard_type(r0, $NoneType) @s2"),
        ("guard_is(r0, $None) @s1", "guard_is_not(r0, $int) @s2"),
        ("guard_is_not(r0, $None) @s1", "guard_is_not(r0, $None) @s2"),
        ("guard_true(b2) @s1", "guard_true(b2) @s2"),
        ("guard_false(b2) @s1", "guard_false(b2) @s2"),
        ("guard_not_invalidated() #flag @s1", "guard_not_invalidated() #flag @s2"),
        ("guard_type(r0, $Point) @s1", "guard_type(r0, $Point) @s2"),
    ],
)
def test_implied(first, second):
    assert names(f"{REF}{first}\n{second}{END}", "guards") == names(REF + first + END, "guards")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("guard_type(r0, $int) @s1", "guard_type(r1, $int) @s2"),
        ("guard_nonnull(r0) @s1", "guard_type(r0, $int) @s2"),
        ("guard_is_not(r0, $None) @s1", "guard_is(r0, $int) @s2"),
        ("guard_not_type(r0, $Point) @s1\ncall(r1) #run @s2", "guard_not_type(r0, $Point) @s3"),
        ("guard_type(r0, $Point) @s1\ncall(r1) #run @s2", "guard_type(r0, $Point) @s3"),
        ("guard_type(r0, $Point) @s1\nincref(r1)\ndecref(r1) @s2", "guard_type(r0, $Point) @s3"),
        ("guard_not_invalidated() #flag @s1\ncall(r0) #run @s2", "guard_not_invalidated() #flag @s3"),
        ("guard_poll() @s1", "guard_poll() @s2"),
    ],
)
def test_needed(first, second):
    assert names(f"{REF}{first}\n{second}{END}", "guards", "heap") == [*names(REF + first + END, "guards", "heap"), second.partition("(")[0]]


def test_a_builtin_class_is_for_life():
    assert names(f"{REF}guard_type(r0, $int) @s1\ncall(r1) #run @s2\nguard_type(r0, $int) @s3{END}", "guards", "heap") == ["guard_type", "call"]


def test_a_negated_bool():
    assert lines(f"{REF}b3 = bool_not(b2)\nguard_true(b3) @s1\nguard_false(b2) @s2{END}", "guards") == ["b3 = bool_not(b2)", "guard_false(b2)"]


def test_unboxed_once():
    text = f"{REF}guard_type(r0, $int) @s1\ni3 = unbox_int(r0) @s1\ni4 = unbox_int(r0) @s1\ni5 = int_add(i3, i4){END}"
    assert lines(text, "guards") == ["guard_type(r0, $int)", "i3 = unbox_int(r0)", "i4 = int_add(i3, i3)"]


def test_identity_guards_take_over_guards_of_type():
    text = f"{REF}guard_type(r0, $str) @s1\nguard_true(b2) @s2\nguard_is(r0, $str:'x') @s3{END}"
    trace = walked(text, "guards")
    assert [op.name for op in trace.ops] == ["guard_is", "guard_true", "exit"]
    assert trace.ops[0].snap.frames[0].offset == 1


def test_a_guard_that_cannot_pass_ends_the_trace():
    trace = walked(f"{REF}guard_type(r0, $int) @s1\nguard_type(r0, $str) @s2\ncall(r1) #run @s3{END}", "guards")
    assert [op.name for op in trace.ops] == ["guard_type", "exit"]
    assert trace.ops[-1].snap.frames[0].offset == 2
    assert trace.info["contradiction"] == "guard_type"


def test_switched_off():
    assert names(f"{REF}guard_nonnull(r0) @s1\nguard_nonnull(r0) @s2{END}", off=frozenset({"guards"})) == ["guard_nonnull"] * 2


def test_what_a_guard_on_a_bool_fails_with():
    trace = walked(f"{REF}r3 = box_bool(b2)\nguard_true(b2) @s1[r3]{END}")
    assert trace.ops[0].snap.frames[0].stack[0].value is False


def test_what_our_functions_give():
    text = "[r0:ref, i1:int]\nr2 = call(r0, i1) #pt_ascii_char\nguard_nonnull(r2) @s0\nguard_type(r2, $str) @s1\nguard_harmless(r2) @s2\nexit() @s3[r2]"
    assert lines(text) == ["r2 = call(r0, i1) #pt_ascii_char"]
