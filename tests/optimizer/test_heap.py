"""The heap cache: loads find what was loaded or stored before, unless something may have changed it."""

import pytest
from irtext import body, lines, names

INPUTS = "[r0:ref+, r1:ref+, i2:int, i3:int, r4:ref+, r5:ref+]\n"
LOAD = "i10 = load(r0) #list.ob_size\n"
AGAIN = "\ni11 = load(r0) #list.ob_size"
END = "\nexit() @s99"


@pytest.mark.parametrize(
    "between",
    [
        "",
        "store(r0, i2) #rangeiter.len",
        "call(r1) #poke",
        "i12 = call(r1) #peek",
        "guard_type(r1, $int) @s1\ndecref(r1) @s2",
        "guard_is(r1, $len) @s1",
    ],
)
def test_loaded_once(between):
    assert names(INPUTS + LOAD + between + AGAIN + END).count("load") == 1


@pytest.mark.parametrize(
    "between",
    [
        "store(r1, i2) #list.ob_size",
        "call(r1) #run @s1",
        "decref(r1) @s2",
        "guard_type(r1, $Point) @s1\ndecref(r1) @s2",
        "guard_type(r1, $list) @s1\ndecref(r1) @s2",
    ],
)
def test_loaded_again(between):
    assert names(INPUTS + LOAD + between + AGAIN + END).count("load") == 2


def test_giving_up_what_memory_still_holds_is_harmless():
    held = "p10 = load(r1) #list.ob_item\nr12 = load_at(p10, 0) #list.items\nincref(r12)\n"
    assert names(INPUTS + held + LOAD + "decref(r12) @s2" + AGAIN + END).count("load") == 2
    assert names(INPUTS + held + LOAD + "call(r1) #poke\ndecref(r12) @s2" + AGAIN + END).count("load") == 3


def test_what_an_immutable_object_holds():
    held = "p10 = load(r1) #list.ob_item\nr12 = load_at(p10, 0) #list.items\nr13 = load_at(r12, 0) #tuple.items\nincref(r13)\n"
    assert names(INPUTS + held + LOAD + "decref(r13) @s2" + AGAIN + END).count("load") == 2
    assert names(INPUTS + held + LOAD + "call(r1) #poke\ndecref(r13) @s2" + AGAIN + END).count("load") == 3


def test_a_load_finds_the_store():
    text = f"{INPUTS}store(r0, i2) #list.ob_size\ni10 = load(r0) #list.ob_size\ni11 = int_add(i10, i3){END}"
    assert lines(text, "heap") == ["store(r0, i2) #list.ob_size", "i6 = int_add(i2, i3)"]


def test_a_number_that_is_there_is_not_stored():
    text = f"{INPUTS}i10 = load(r0) #list.ob_size\nstore(r0, i10) #list.ob_size{END}"
    assert names(text, "heap") == ["load"]


POINTERS = "p10 = load(r0) #list.ob_item\np11 = load(r1) #list.ob_item\n"


@pytest.mark.parametrize(
    ("place", "other", "apart"),
    [
        ("p10, 0", "p10, 1", True),
        ("p10, 0", "p11, 1", True),
        ("p10, 0", "p11, 0", False),
        ("p10, i2", "p10, i3", False),
        ("p10, i2", "p10, i12", True),
        ("p10, i12", "p11, i2", True),
    ],
)
def test_elements(place, other, apart):
    text = f"{INPUTS}{POINTERS}i12 = int_add(i2, 1)\nr13 = load_at({place}) #list.items\nr15 = load_at({other}) #list.items\n"
    text += f"store_at({other}, r4) #list.items\nown(r15)\ndecref(r15) @s5\nr14 = load_at({place}) #list.items{END}"
    text = text.replace("own(r15)\ndecref(r15) @s5\n", "")
    assert names(text, "heap", "ranges", "fold", "cse").count("load_at") == (2 if apart else 3)


def test_a_place_that_holds_what_is_stored_elsewhere_holds_it_still():
    """If the two are one place, it holds the same."""
    swap = "p10 = load(r1) #list.ob_item\nr11 = load_at(p10, i2) #list.items\nr12 = load_at(p10, i3) #list.items\nincref(r11)\n"
    again = "\nr13 = load_at(p10, i2) #list.items\nincref(r13)"
    assert names(INPUTS + swap + "store_at(p10, i3, r11) #list.items\nown(r12)" + again + END).count("load_at") == 2
    assert names(INPUTS + swap + "store_at(p10, i3, r5) #list.items\nown(r12)" + again + END).count("load_at") == 3


def test_objects_of_different_types():
    text = f"{INPUTS}guard_type(r0, $list) @s1\nguard_type(r1, $tuple) @s1\n{LOAD}store(r1, i2) #list.ob_size{AGAIN}{END}"
    assert names(text, "heap", "guards").count("load") == 1


def test_new_objects_are_different_from_old_ones():
    text = f"{INPUTS}{LOAD}r12 = new_list(r4)\nstore(r12, i2) #list.ob_size{AGAIN}{END}"
    assert names(text, "heap", "guards").count("load") == 1


def test_the_fields_of_a_new_object():
    text = f"{INPUTS}r10 = new_tuple(r4, r5)\nr11 = load_at(r10, 1) #tuple.items\ni12 = load(r10) #tuple.ob_size\nincref(r11){END}"
    assert lines(text, "heap") == ["r6 = new_tuple(r4, r5)", "incref(r5)"]


def test_fields_of_constants():
    text = f"{INPUTS}r11 = load_at($t, 1) #tuple.items\nincref(r11){END}"
    assert lines(text, "heap", names={"t": (1.5, "x")}) == ["incref($str:'x')"]


ITERATOR = """[r0:ref+ #slot:0, r1:ref+ #slot:1]
    i2 = load(r0) #rangeiter.len
    b3 = int_gt(i2, 0)
    guard_true(b3) @{root+1[0=r0, 1=r1 | ]}
    i4 = int_sub(i2, 1)
    store(r0, i4) #rangeiter.len
    %s
    jump(r0, r1)"""


def test_a_number_kept_in_memory_gets_a_phi():
    assert body(ITERATOR % "") == [
        "label(i4) phis[i5:int]",
        "b6 = int_lt(0, i5)",
        "guard_true(b6)",
        "i7 = int_add(i5, -1)",
        "store(r0, i7) #rangeiter.len",
        "jump(i7)",
    ]


def test_not_so_where_python_code_may_change_it():
    assert [line for line in body(ITERATOR % "call(r1) #run @s9") if "load" in line] == ["i5 = load(r0) #rangeiter.len"]


def test_invariant_memory_is_loaded_before_the_loop():
    text = """[r0:ref+ #slot:0, i1:int #slot:1]
        i2 = load(r0) #list.ob_size
        i3 = int_add_ovf(i1, i2) @{root+1[0=r0, 1=i1 | ]}
        jump(r0, i3)"""
    assert body(text) == ["label(i3) phis[i4:int]", "i5 = int_add_ovf(i4, i2)", "jump(i5)"]


def test_switched_off():
    assert names(INPUTS + LOAD + AGAIN + END, off=frozenset({"heap"})).count("load") == 2


def test_a_plain_death_changes_nothing_that_is_seen():
    text = INPUTS + LOAD + "guard_harmless(r1) @s1\ndecref(r1)" + AGAIN + END
    assert names(text).count("load") == 1


def test_a_plain_death_lets_go_of_what_the_dead_object_held():
    text = INPUTS + "r10 = load(r1) #cell.ob_ref\nincref(r10)\nguard_harmless(r1) @s1\ndecref(r1)\ndecref(r10) @s2" + END
    assert lines(text)[-1] == "decref(r6)"
    from irtext import walked

    assert walked(text).ops[-2].snap is not None


def test_a_death_that_is_harmless_anyway():
    assert "guard_harmless" not in names(INPUTS + "guard_type(r1, $int) @s0\nguard_harmless(r1) @s1\ndecref(r1)" + END)
