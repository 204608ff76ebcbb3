"""The slots of inlined frames as inputs of a loop: their text, and no entry from CPython's frame."""

from pytrace.codegen.entries import enters_from_frame
from pytrace.tracer import ir
from pytrace.tracer.parser import parse
from pytrace.tracer.recorder import empty_slots

TEXT = """
[i0:int #slot:1, i1:int #slot:1.2, r2:ref+ #slot:1.3:new_range_iter:len]
jump(i0, i1, r2)
"""


def test_text_round_trip():
    trace = parse(TEXT.replace("r2:ref+", "i2:int").replace("r2", "i2"))
    assert [i.desc for i in trace.inputs] == [ir.SlotDescr(1), ir.SlotDescr(2, 1), ir.PartDescr(3, "new_range_iter", "len", 1)]
    assert "#slot:1.2" in ir.format_trace(trace) and "#slot:1.3:new_range_iter:len" in ir.format_trace(trace)


def test_depth_is_part_of_a_slot():
    assert ir.SlotDescr(1) != ir.SlotDescr(1, 1) and ir.SlotDescr(1) == ir.SlotDescr(1, 0)


def test_a_loop_of_an_inlined_frame_has_no_entry_from_the_frame():
    trace = parse("[i0:int #slot:1]\njump(i0)\n")
    assert enters_from_frame(trace)
    trace.info["frames"] = (None, None)
    assert not enters_from_frame(trace)


def test_empty_slots_of_either_kind():
    trace = ir.Trace("loop", [], info={"nulls": frozenset((2, ir.SlotDescr(2, 1)))})
    assert empty_slots(trace) == {ir.SlotDescr(2), ir.SlotDescr(2, 1)}
