"""Which instructions make up a loop."""

import textwrap

from pytrace.interp.bytecode import info


def stored(source: str, nth: int = 0) -> set[str]:
    """The names that the outermost loop around the nth header of a module stores to."""
    code = compile(textwrap.dedent(source), "<module>", "exec")
    found = info(code)
    return found.names_stored(found.outermost_loop(sorted(found.headers)[nth]))


def test_outermost_of_nested_loops():
    source = """
    for a in x:
        b = 1
        for c in x:
            d = 1
        e = 1
    f = 1
    """
    assert stored(source, 0) == stored(source, 1) == {"a", "b", "c", "d", "e"}


def test_what_follows_the_loop_is_not_in_it():
    source = """
    before = 1
    for a in x:
        try:
            b = 1
        except ValueError:
            c = 1
            continue
        d = 1
    after = 1
    for e in x:
        f = 1
    """
    assert stored(source, 0) == {"a", "b", "c", "d"}
    assert {"e", "f"} <= stored(source, 1) and not stored(source, 1) & {"a", "b", "c", "d", "before", "after"}


def test_a_handler_that_leaves_the_loop_is_not_in_it():
    source = """
    while x:
        try:
            a = 1
        except ValueError:
            b = 1
            break
        else:
            c = 1
        if a:
            d = 1
            raise ValueError
    """
    assert stored(source) == {"a", "c"}


def test_condition_at_the_end_of_a_loop():
    assert stored("a = 1\nwhile a < 3:\n    a += 1\n    b = 2\nc = 1\n") == {"a", "b"}
