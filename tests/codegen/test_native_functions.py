"""Compiled functions: calls of each other without frames, exits below native callers, results of other kinds, exceptions."""

import dis
import sys
import traceback
from contextlib import contextmanager

import pytest

from pytrace.codegen.compile import compile_trace
from pytrace.interp import _bridge
from pytrace.tracer import ir
from pytrace.tracer.functions import FunctionToken
from pytrace.tracer.parser import parse
from pytrace.tracer.verifier import verify

base = {"value": 1}
seen = []


def count(n):
    if n < 2:
        seen.append(sys._getframe())
        return base["value"] if base["value"] != "error" else {}["missing"]
    return count(n - 1) + 1


TEXT = """
[i0:int #slot:0]
guard_room() #flag @{count+START[0=i0 | ]}
b1 = int_lt(i0, 2)
guard_false(b1) @{count+START[0=i0 | ]}
i2 = int_sub_ovf(i0, 1) @{count+START[0=i0 | ]}
i3 = call(i2) #native:count @{count+CALL[0=i0 | ]}
r4 = native_object(i3)
guard_null(r4) @{count+RETURN[0=i0 | r4]}
guard_not_invalidated() #flag @{count+AFTER[0=i0 | i3]}
i5 = int_add_ovf(i3, 1) @{count+AFTER[0=i0 | i3]}
return(i5) @{count+RETURN[ | ]}
"""


@contextmanager
def compiled(text=TEXT):
    at, after = {}, {}
    instructions = list(dis.get_instructions(count))
    for i, following in zip(instructions, [*instructions[1:], None]):
        at[i.opname], after[i.opname] = i.offset, following
    text = text.replace("AFTER", str(after["CALL"].offset)).replace("START", str(at["RESUME"])).replace("CALL", str(at["CALL"])).replace("RETURN", str(at["RETURN_VALUE"]))
    token = FunctionToken(count, ir.Flag())
    token.types, token.owned, token.result = [ir.INT], [False], ir.INT
    token.flag.handle = _bridge.new_flag()
    desc = ir.CallDescr("native:count", "i", ir.INT, "status", runs=True, target=token)
    trace = parse(text, {"frame:count": count, "flag": token.flag}, {"native:count": desc}, "function", count.__code__)
    trace.info["function"] = token
    trace.flag = token.flag
    verify(trace)
    token.compiled = compile_trace(trace, _bridge)
    _bridge.enable(None, None, None, 1 << 60, 1 << 60, 1 << 60)
    try:
        _bridge.attach_native(count, token.compiled.entry, b"\1", b"\0", 1, token.flag.handle.address, token.compiled)
        yield token
        _bridge.detach_native(count, -1)
    finally:
        _bridge.disable()
        seen.clear()
        base["value"] = 1


def entries():
    return _bridge.stats()["native_entries"]


def test_one_entry_for_the_whole_recursion():
    with compiled():
        before = entries()
        assert count(50) == 50
        assert entries() == before + 1
    assert count(50) == 50 and entries() == before + 1  # and none when it is detached


def test_an_exit_finds_frames_for_all_callers():
    with compiled():
        count(20)
        frame, depths = seen[-1], []
        while frame.f_code is count.__code__:
            depths.append(frame.f_locals["n"])
            frame = frame.f_back
        assert depths == list(range(1, 21))
        assert frame.f_code.co_name == "test_an_exit_finds_frames_for_all_callers"


@pytest.mark.parametrize("value", ["text", None, 2**70, 1.5])
def test_a_result_of_another_kind_leaves_the_callers_one_by_one(value):
    with compiled():
        base["value"] = value
        assert count(6) is value  # the exit of the caller returns what it was given
        assert count(1) is value


def test_exceptions_go_through_all_frames():
    with compiled():
        base["value"] = "error"
        for n in (1, 2, 30):
            with pytest.raises(KeyError) as info:
                count(n)
            names = [f.name for f in traceback.extract_tb(info.value.__traceback__)]
            assert names == ["test_exceptions_go_through_all_frames", *["count"] * n]
            frames = [f for f, _ in traceback.walk_tb(info.value.__traceback__)]
            assert all(inner.f_back is outer for outer, inner in zip(frames, frames[1:]))  # noqa: RUF007


def test_other_arguments_go_to_the_interpreter():
    with compiled():
        before = entries()
        assert count(2.5) == 2 and count(n=3) == 3 and count(True) == 1
        with pytest.raises(TypeError):
            count()
        assert entries() <= before + 2  # count(n=3) calls count(2)


def test_the_recursion_limit_is_the_interpreters():
    def reach(call):
        low, high = 1, 2000
        while low < high:
            mid = (low + high + 1) // 2
            try:
                call(mid)
                low = mid
            except RecursionError:
                high = mid - 1
        return low

    plain = reach(count)
    with compiled():
        assert reach(count) == plain


def test_a_raised_flag_ends_it():
    with compiled() as token:
        assert count(5) == 5
        token.flag.handle.value = 1
        before = entries()
        assert count(5) == 5 and entries() == before


def test_a_bridge_takes_the_exit():
    bridge_text = """
    [i0:int]
    i1 = int_add(i0, 100)
    return(i1) @{count+RETURN[ | ]}
    """
    with compiled() as token:
        offset = next(i.offset for i in dis.get_instructions(count) if i.opname == "RETURN_VALUE")
        trace = parse(bridge_text.replace("RETURN", str(offset)), {"frame:count": count}, {}, "bridge", count.__code__)
        trace.info["function"] = token
        grown = compile_trace(trace, _bridge)
        plan = next(p for p in token.compiled.plans if p.origin.name == "guard_false")
        _bridge.attach_bridge(plan.exit, grown.buf_entry, grown)
        before = _bridge.stats()["exits"]
        assert count(4) == 104 and count(1) == 101
        assert _bridge.stats()["exits"] == before
