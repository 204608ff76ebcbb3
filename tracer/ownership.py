"""Which references the trace owns, at each place where it may be left: one forward scan.

The rules are those of `ir`: owned inputs at the start; +1 for a result that is a new reference, `incref` and `own`; -1 for `decref`
and for each operand that is stolen; a label takes its ref operands and gives its ref phis; a jump takes its ref operands.
What cannot be released is not counted, whoever takes or drops it: NULL, immortal constants, the results of `box_bool`.
A value that is not counted as owned by birth (a constant, a borrowed load) counts once the trace takes a reference to it.
"""

from __future__ import annotations

from . import ir
from .classes import is_static
from .ir import Const, Op, Trace, Value

IMMORTAL = "immortal"  # a phi's descriptor, where all that it can be is
_BOX_BOOL = ir.BY_NAME["box_bool"].code
_INCREF = ir.BY_NAME["incref"].code
_DECREF = ir.BY_NAME["decref"].code
_OWN = ir.BY_NAME["own"].code
_CALL = ir.BY_NAME["call"].code
_GIVES_UP = frozenset((ir.BY_NAME["guard_shared"].code, ir.BY_NAME["guard_harmless"].code))
_NEW_INSTANCE = ir.BY_NAME["new_instance"].code
# operations that neither take nor give references
_NEUTRAL = [not (r.owns or r.steals) and r.code not in (_INCREF, _DECREF, _OWN, _CALL, ir.LABEL, ir.JUMP, ir.JUMP_LOOP, ir.RETURN) for r in ir.OPS]


class OwnershipError(ValueError):
    """The trace gives up a reference that it does not own."""


def is_immortal(value: Value) -> bool:
    """Is this value, whatever the run, an object without a reference count (or NULL)?"""
    if not isinstance(value, Const):
        return value.code == _BOX_BOOL or value.code == _CALL and value.desc.symbol == "pt_ascii_char" or value.code == ir.PHI and value.desc is IMMORTAL
    obj = value.value
    if obj is None or obj is True or obj is False or obj is ... or obj is NotImplemented or obj is ir.NULL_VALUE:
        return True
    if type(obj) is int:
        return -5 <= obj <= 256
    return type(obj) is type and is_static(obj) and obj.__module__ == "builtins"


def owns_result(op: Op) -> bool:
    """Is the result a new reference of the trace?"""
    if op.code == _CALL:
        return op.type == ir.REF and op.desc.owns
    return ir.OPS[op.code].owns


def stolen(op: Op, trace: Trace | None = None) -> list[Value]:
    """The ref operands whose reference the operation takes, with repetitions.  `trace`: for a jump back to the start of a trace without label."""
    args = op.args
    code = op.code
    if code == _CALL:
        which = op.desc.steals
    elif code == ir.LABEL or code == ir.JUMP_LOOP or code == ir.RETURN:
        which = (-1,)
    elif code == ir.JUMP:
        if trace is not None and not any(o.code == ir.LABEL for o in trace.ops):
            return [args[trace.inputs.index(i)] for i in trace.owned_inputs]
        which = (-1,)
    else:
        which = ir.OPS[code].steals
    if not which:
        return []
    if which[0] == -1:
        # an instance takes its reference to its (constant) type by itself
        return [a for a in (args[1:] if code == _NEW_INSTANCE else args) if a.type == ir.REF]
    return [args[k] for k in which if args[k].type == ir.REF]


class Owned:
    """The multiset of owned references, as the scan goes along."""

    __slots__ = ("trace", "count", "_consts", "_tuple")

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.count: dict[Value, int] = {}
        self._consts: dict[int, Const] = {}
        self._tuple: tuple[Value, ...] | None = None
        for value in trace.owned_inputs:
            self.acquire(value)

    def canonical(self, value: Value) -> Value:
        """One Const stands for all of the same object."""
        if isinstance(value, Const):
            return self._consts.setdefault(id(value.value), value)
        return value

    def acquire(self, value: Value) -> None:
        if not is_immortal(value):
            value = self.canonical(value)
            self.count[value] = self.count.get(value, 0) + 1
            self._tuple = None

    def release(self, value: Value, op: Op) -> None:
        if not is_immortal(value):
            value = self.canonical(value)
            n = self.count.get(value, 0)
            if n == 0:
                raise OwnershipError(f"The trace gives up {ir.format_value(value)} without owning it: {ir.format_op(op)}")
            if n == 1:
                del self.count[value]
            else:
                self.count[value] = n - 1
            self._tuple = None

    def before_exit(self, op: Op) -> None:
        """What the operation takes before it can leave the trace or run code."""
        code = op.code
        if code == _DECREF:
            self.release(op.args[0], op)
        else:
            for value in stolen(op, self.trace):
                self.release(value, op)

    def after_exit(self, op: Op) -> None:
        """What it gives when it is done."""
        code = op.code
        if code in (_INCREF, _OWN):
            self.acquire(op.args[0])
        elif code == ir.LABEL:
            for phi in op.desc:
                if phi.type == ir.REF:
                    self.acquire(phi)
        elif owns_result(op):
            self.acquire(op)

    def values(self) -> tuple[Value, ...]:
        """The multiset, in the order in which the references were first taken."""
        if self._tuple is None:
            self._tuple = tuple(v for v, n in self.count.items() for _ in range(n))
        return self._tuple


def owned_before(trace: Trace) -> dict[Op, tuple[Value, ...]]:
    """For each operation with a snapshot: the references, with repetitions, that its exit gives up.

    For a guard these are what the trace owns just before it.  A call has by then consumed what it steals, also when it fails
    (its own result is not among them); `decref` has given up its operand; `return` has given away the returned reference.
    A guard on a reference that is about to be given up comes first, then those that the trace would give up next: their finalizers run in this order.
    """
    owned = Owned(trace)
    result: dict[Op, tuple[Value, ...]] = {}
    for k, op in enumerate(trace.ops):
        if _NEUTRAL[op.code]:
            if op.snap is not None:
                result[op] = _in_order(owned, trace.ops, k) if op.code in _GIVES_UP else owned.values()
            continue
        owned.before_exit(op)
        if op.snap is not None:
            result[op] = owned.values()
        owned.after_exit(op)
    return result


def _in_order(owned: Owned, ops: list[Op], k: int) -> tuple[Value, ...]:
    """The owned references, those first that are given up from the guard ops[k] on."""
    order: dict[Value, int] = {}
    for op in ops[k:]:
        if op.code == _DECREF:
            order.setdefault(owned.canonical(op.args[0]), len(order))
        elif op.snap is not None and op.code not in _GIVES_UP:
            break
    values = owned.values()
    if len(order) < 2:
        return values
    last = len(order)
    return tuple(sorted(values, key=lambda v: order.get(v, last)))
