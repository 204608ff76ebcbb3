"""Peeling: an iteration, a label, the same iteration once more."""

from pytrace.optimizer import optimize
from pytrace.tracer import ir
from pytrace.tracer.parser import parse
from pytrace.tracer.verifier import verify

TEXT = """
[r0:ref+ #slot:0, r1:ref+ #slot:1]
guard_type(r0, $int) @{root+2[0=r0, 1=r1 | ]}
decref(r1) @{root+4[0=r0 | ]}
incref(r0)
guard_poll() @{root+6[0=r0, 1=r0 | ]}
jump(r0, r0)
"""
EVERYTHING_ELSE = frozenset({"forward", "refcounts", "dce", "recycle", "exchange"})


def peeled(off=frozenset()):
    trace = optimize(parse(TEXT), EVERYTHING_ELSE | off, check=verify)
    return ir.format_trace(trace).splitlines()


def test_peeled():
    assert peeled() == [
        "[r0:ref+ #slot:0, r1:ref+ #slot:1]",
        "guard_type(r0, $int) @{root+2[0=r0, 1=r1 | ]}",
        "decref(r1) @{root+4[0=r0 | ]}",
        "incref(r0)",
        "guard_poll() @{root+6[0=r0, 1=r0 | ]}",
        "label(r0, r0) phis[r6:ref, r7:ref]",
        "guard_type(r6, $int) @{root+2[0=r6, 1=r7 | ]}",
        "decref(r7) @{root+4[0=r6 | ]}",
        "incref(r6)",
        "guard_poll() @{root+6[0=r6, 1=r6 | ]}",
        "jump(r6, r6)",
    ]


def test_switched_off():
    assert peeled(frozenset({"peel"})) == [
        "[r0:ref+ #slot:0, r1:ref+ #slot:1]",
        "label(r0, r1) phis[r2:ref, r3:ref]",
        "guard_type(r2, $int) @{root+2[0=r2, 1=r3 | ]}",
        "decref(r3) @{root+4[0=r2 | ]}",
        "incref(r2)",
        "guard_poll() @{root+6[0=r2, 1=r2 | ]}",
        "jump(r2, r2)",
    ]


def test_frames_that_snapshots_share_stay_shared():
    trace = optimize(parse(TEXT.replace("root+6[0=r0, 1=r0 | ]", "root+2[0=r0, 1=r1 | ]").replace("decref(r1) @{root+4[0=r0 | ]}\n", "")), EVERYTHING_ELSE)
    snaps = [op.snap for op in trace.ops if op.snap is not None]
    assert len(snaps) == 4
    assert snaps[0] is snaps[1]
    assert snaps[2] is snaps[3]


def test_a_bridge_is_left_alone():
    trace = parse("[i0:int]\ni1 = int_add(i0, 1)\nexit() @s1[i1]", kind="bridge")
    assert optimize(trace, EVERYTHING_ELSE) is trace
