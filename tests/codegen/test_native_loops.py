"""Loops, exits and their live values."""

from standin import compile_text


def test_loop_of_adds(bridge, machine):
    c = compile_text(
        """
        [i0:int, i1:int]
        label(i0, i1) phis[i2:int, i3:int]
        b4 = int_lt(i2, i1)
        guard_true(b4) @s8[i2, i3]
        i5 = int_add_ovf(i3, i2) @s10[i2, i3]
        i6 = int_add(i2, 1)
        jump(i6, i5)
        """,
        bridge,
        kind="bridge",
    )
    plan, live = machine.run(c, 0, 1000)
    assert plan.snapshot.frames[0].offset == 8
    assert live == [1000, 1000 + sum(range(1000))]
    plan, live = machine.run(c, 2**62, 2**62 + 5)
    assert plan.snapshot.frames[0].offset == 10
    assert live == [2**62, 2**62 + 5]
