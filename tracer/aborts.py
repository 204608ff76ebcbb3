"""Why a recording ended without a trace: one row for each reason.

`retry`: how many times the wait before the next attempt grows; 0 = never try this loop again.
"""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """A code, one plain sentence, a hint, and the growth of the wait before the next attempt (0: never)."""

    code: str
    text: str
    hint: str
    retry: int


REASONS: dict[str, Reason] = {
    r.code: r
    for r in (
        Reason("unsupported-opcode", "the loop holds an instruction that a trace cannot contain", "nothing is lost but speed", 0),
        Reason("unsupported-inside", "a function called in the loop holds an instruction that a trace cannot contain", "it will be called, not inlined", 1),
        Reason("yield", "a generator or coroutine was suspended inside the loop", "the loop is tried again where it goes around without", 1),
        Reason("class-body", "the loop stands in a class body or in exec with separate locals", "move it into a function", 0),
        Reason("raised", "an exception was raised while recording", "a common exception keeps the loop in CPython", 4),
        Reason("loop-ended", "the loop ended before a whole iteration was recorded", "", 2),
        Reason("loop-left", "the recorded iteration was the loop's last", "recorded again at once", 1),
        Reason("no-recursion", "the function did not call itself in the call that was recorded", "", 1),
        Reason("other-way", "the loop that was recorded is not the way that the program goes around", "recorded again", 1),
        Reason("too-long", "one iteration is longer than the limit on recorded operations", "raise max_trace_ops", 8),
        Reason("inner-loop", "an inner loop that is not compiled yet ran for too many iterations", "", 2),
        Reason("unstable", "a variable changed its type, or became bound, during the iteration", "", 2),
        Reason("sees-references", "the loop looks at reference counts, which a trace need not mirror", "", 0),
        Reason("changed", "a function or class changed while it was being recorded", "", 4),
        Reason("frame-changed", "a variable was changed from outside through the frame", "", 8),
        Reason("watched", "somebody began to trace, profile or monitor the code while it was recorded", "watched code runs in CPython", 8),
        Reason("refused", "compiled code could not be entered, because variables have other types than when it was recorded", "it is recorded again, a few times", 0),
        Reason("unprofitable", "compiled code was measured, and CPython is faster", "the loop runs in CPython", 0),
        Reason("verify", "the verifier refused the trace", "this is an error in pytrace; please report it", 0),
        Reason("internal", "an error inside of pytrace", "please report it", 0),
        Reason("compile", "LLVM refused the trace", "this is an error in pytrace; please report it", 0),
    )
}


class Abort(Exception):
    """Ends a recording; raised before the current instruction has had any effect."""

    def __init__(self, code: str, context: str = "") -> None:
        super().__init__(code, context)
        self.code = code
        self.context = context


class Raised(Exception):
    """The recorded program raised `exc` in the current instruction."""

    def __init__(self, exc: BaseException) -> None:
        super().__init__()
        self.exc = exc
