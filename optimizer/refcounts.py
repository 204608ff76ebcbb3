"""Cancels reference counting that cannot be observed.

The recorder takes a reference whenever a value gets its first holder, and gives it up with the last one.  Most of these
pairs protect nothing: while they stand, the object is kept alive by memory (the list that it was read from), by another
reference of the trace, or by being a constant.  One forward scan finds them, as follows.

For each value the scan knows how many references the trace owns and whether memory *holds* one as well.  Memory holds what was
read from it or was put into it, until something may have taken it out: a store to the same class of memory, code that runs,
a `decref` that may free a container.  (`own` says that the reference which memory held is now the trace's; it stands right after
the store that overwrote the slot, so there is no gap.)  Each `incref` is remembered together with `low`: the smallest number of
references that the trace owned, at places where memory was not known to hold the value and where a reference was stolen.  At
a `decref` the latest `incref` of the value is the candidate: if its `low` is 2 or more, the value would have been alive, and owned where it had to be,
without that pair, and both go.  The pair's reference is then missing from the span of the earlier candidates, whose `low` is
lowered by it.  A `decref` that stays forgets the candidates; `incref x; store x; decref x` thereby becomes a move.

A guard inside of a cancelled pair is no obstacle: what its exit gives up follows from the trace as it then is.  A label ends all spans,
but not what the trace owns.  The loop comes back to it: memory still holds there what nothing in the loop may take out.

`guard_shared` stands before a decref and says that it frees nothing; it goes with the pair, and where the scan knows as much. So does
`guard_harmless`, which says that whatever dies runs no code: then memory lets go of what was held by objects that may have died, those that
nobody is known to keep alive.

Besides: immortal objects are not counted at all, and a `decref` that cannot free anything but an object
of a harmless type (no finalizer, no references to others) cannot run code and needs no snapshot.
"""

from __future__ import annotations

from ..tracer import ir
from ..tracer.classes import HARMLESS
from ..tracer.ir import BY_NAME, OPS, Const, Op, Trace, Value
from ..tracer.ownership import IMMORTAL, is_immortal, owns_result, stolen
from .instances import attribute_memory

_C = {name: row.code for name, row in BY_NAME.items()}
_INCREF, _DECREF, _OWN, _CALL = _C["incref"], _C["decref"], _C["own"], _C["call"]
_GUARD_SHARED = _C["guard_shared"]
_NEW_INSTANCE = _C["new_instance"]
_GUARD_HARMLESS = _C["guard_harmless"]
_GUARD_TYPE, _UNBOX_INT, _UNBOX_FLOAT = _C["guard_type"], _C["unbox_int"], _C["unbox_float"]
_UNBOX = {_UNBOX_INT: int, _UNBOX_FLOAT: float}
_LOADS = frozenset({_C["load"], _C["load_at"]})
_STORES = frozenset({_C["store"], _C["store_at"]})
_RESULT_TYPE = {_C["box_int"]: int, _C["box_float"]: float, _C["new_complex"]: complex, _C["new_range"]: range, _C["new_range_iter"]: type(iter(range(0)))}
# the class of memory in which an allocation keeps its operands
_ALLOC_MEMORY = {
    _C["new_tuple"]: ir.TUPLE_ITEM.memory, _C["new_list"]: ir.LIST_ITEM.memory, _C["new_method"]: ir.METHOD_SELF.memory,
    _C["new_cell"]: ir.CELL_REF.memory, _C["new_list_iter"]: ir.LIST_ITER_SEQ.memory, _C["new_tuple_iter"]: ir.TUPLE_ITER_SEQ.memory,
    _C["new_enumerate"]: ir.ENUM_ITER.memory, _C["new_zip"]: ir.ZIP_ITERS.memory,
}  # fmt: skip
# operations that the scan need not look at
_PLAIN = [
    not (r.owns or r.steals or r.result == ir.REF)
    and r.code not in (_INCREF, _DECREF, _OWN, _CALL, _GUARD_TYPE, _UNBOX_INT, _UNBOX_FLOAT, ir.LABEL, ir.JUMP, ir.JUMP_LOOP)
    and r.code not in _LOADS | _STORES
    for r in OPS
]
_ANY = "*"  # memory of an unknown class
_DEATHS = "deaths"
_ROOT = Const(ir.PTR, 0)  # stands for a holder that never goes
_ALWAYS = ""  # alive as long as the trace runs
_MANY = 1 << 30


class _Ref:
    """What the scan knows of one value."""

    __slots__ = ("count", "memory", "since", "epoch", "spans", "type", "base")

    def __init__(self) -> None:
        self.count = 0  # references that the trace owns
        self.memory: str | None = None  # the class of memory that holds the value as well
        self.since = 0  # the class's clock at that time
        self.epoch = 0  # the clock of all memory at that time
        self.spans: list[list] = []  # [place of the incref, low] of the candidates, oldest first
        self.type: type | None = None
        self.base: Value | None = None  # the object whose memory holds the value


class _Scan:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.refs: dict[object, _Ref] = {}
        self.clocks: dict[str, int] = {}
        self.epoch = 0  # counts what may have emptied any memory
        self.stores = 0  # counts stores to any class

    def ref(self, value: Value) -> _Ref:
        key: object = id(value.value) if type(value) is Const else value
        ref = self.refs.get(key)
        if ref is None:
            ref = self.refs[key] = _Ref()
            if type(value) is Const:
                ref.memory = _ALWAYS
                ref.type = type(value.value)
        return ref

    # -- what memory holds

    def hold(self, ref: _Ref, memory: str, base: Value | None = None) -> None:
        if ref.memory != _ALWAYS:
            ref.memory = memory
            ref.base = base
            ref.since = self.stores if memory == _ANY else self.clocks.get(memory, 0)
            ref.epoch = self.epoch

    def held(self, ref: _Ref) -> bool:
        memory = ref.memory
        if memory is None:
            return False
        if memory == _ALWAYS:
            return True
        return ref.epoch == self.epoch and ref.since == (self.stores if memory == _ANY else self.clocks.get(memory, 0))

    def overwrite(self, memory: str) -> None:
        if memory == _ANY:
            self.epoch += 1
        else:
            self.clocks[memory] = self.clocks.get(memory, 0) + 1
        self.stores += 1

    def lives(self, value: Value | None) -> bool:
        """Whether an object (or the one that a pointer points into) is known to outlast the death of others."""
        for _ in range(8):
            if type(value) is Op and value.type == ir.PTR and value.args:
                value = value.args[0]
            if value is None or value is _ROOT:
                return value is not None
            ref = self.ref(value)
            if ref.count > 0 or ref.memory == _ALWAYS:
                return True
            if not self.held(ref):
                return False
            value = ref.base
        return False

    def death(self) -> None:
        """Some objects died, without effects: what they held is not held any more."""
        lost = [ref for ref in list(self.refs.values()) if ref.memory and self.held(ref) and not self.lives(ref.base)]
        for ref in lost:
            ref.memory = None

    # -- references of the trace

    def touch(self, ref: _Ref) -> None:
        """Up to here the number of references was what it is now."""
        if ref.spans and ref.count < ref.spans[-1][1] and not self.held(ref):
            ref.spans[-1][1] = ref.count

    def acquire(self, value: Value) -> None:
        ref = self.ref(value)
        self.touch(ref)
        ref.count += 1

    def steal(self, value: Value) -> _Ref:
        ref = self.ref(value)
        if ref.spans and ref.count < ref.spans[-1][1]:
            ref.spans[-1][1] = ref.count
        ref.count -= 1
        return ref


def eliminate_refcounts(trace: Trace, off: frozenset[str] = frozenset()) -> Trace:
    """Removes pairs of incref and decref, and counting of immortals; drops snapshots of decrefs that cannot run code.

    The trace is changed in place, and returned.
    """
    _mark_immortal(trace)
    scan = _Scan(trace)
    ref = scan.ref
    ops = trace.ops
    known = _phi_types(trace) if any(op.code == ir.LABEL for op in ops) else {}
    dead: set[int] = set()  # places of removed operations
    for value in trace.inputs:
        if value.type == ir.REF:
            scan.hold(ref(value), _ANY)
    for value in trace.owned_inputs:
        r = ref(value)
        r.count += 1
        r.memory = None
    owned_early = -1  # place of an `own` that was seen to with the store before it
    for k, op in enumerate(ops):
        code = op.code
        if _PLAIN[code]:
            continue
        if code == _INCREF:
            value = op.args[0]
            if is_immortal(value):
                dead.add(k)
                continue
            r = ref(value)
            if r.count == 0 and not scan.held(r):
                scan.hold(r, _ANY)  # somebody does: it is alive
            scan.touch(r)
            r.count += 1
            r.spans.append([k, _MANY])
        elif code == _DECREF:
            value = op.args[0]
            if is_immortal(value):
                dead.add(k)
                continue
            r = ref(value)
            scan.touch(r)
            r.count -= 1
            guard = ops[k - 1].code if k > 0 and ops[k - 1].args and ops[k - 1].args[0] is value else -1
            shared = guard in (_GUARD_SHARED, _GUARD_HARMLESS)
            if r.spans:
                place, low = r.spans.pop()
                if low >= 2:
                    dead.add(k)
                    if shared:
                        dead.add(k - 1)
                    dead.add(place)
                    if r.spans and low <= r.spans[-1][1]:
                        r.spans[-1][1] = low - 1
                    continue
                r.spans.clear()
            if r.type in HARMLESS or r.count > 0 or scan.held(r):
                op.snap = None
                if shared:
                    dead.add(k - 1)
            elif not shared:
                scan.overwrite(_ANY)
            elif guard == _GUARD_HARMLESS:
                scan.death()
        elif code == _OWN:
            if is_immortal(op.args[0]):
                dead.add(k)
            elif k != owned_early:
                scan.acquire(op.args[0])
                scan.overwrite(_ANY)  # another name for the same place does not hold any more
        elif code in _STORES:
            value = op.args[-1]
            if value.type == ir.REF:
                r = None if is_immortal(value) else scan.steal(value)
                after = ops[k + 1]
                if after.code == _OWN and not is_immortal(after.args[0]):
                    scan.acquire(after.args[0])
                    owned_early = k + 1
                scan.overwrite(op.desc.memory)
                if r is not None:
                    scan.hold(r, op.desc.memory, op.args[0])
        elif code in _LOADS:
            if op.type == ir.REF:
                scan.hold(ref(op), op.desc.memory, op.args[0])
        elif code == _GUARD_TYPE:
            ref(op.args[0]).type = op.args[1].value
        elif code in _UNBOX:
            ref(op.args[0]).type = _UNBOX[code]
        elif code == ir.LABEL:
            for value in op.args:
                if value.type == ir.REF and not is_immortal(value):
                    scan.steal(value)
            changed = _overwritten(ops, k + 1, trace)
            for memory in changed - {_DEATHS}:
                scan.overwrite(memory)
            if _DEATHS in changed:
                scan.death()
            for r in scan.refs.values():
                r.spans.clear()
            for phi in op.desc:
                if phi.type == ir.REF:
                    r = ref(phi)
                    r.count += 1
                    r.type = known.get(phi)
        else:
            taken = stolen(op, trace)
            if code == _CALL:
                desc = op.desc
                stolen_refs = [scan.steal(v) for v in taken if not is_immortal(v)]
                if desc.runs or stolen_refs and not desc.writes:
                    scan.overwrite(_ANY)
                else:
                    for memory in desc.writes:
                        scan.overwrite(memory)
                if desc.symbol == "pt_list_append" and stolen_refs:
                    scan.hold(stolen_refs[0], ir.LIST_ITEM.memory, op.args[0])
                for r in stolen_refs:
                    scan.touch(r)
                if op.type == ir.REF:
                    r = ref(op)
                    if desc.owns:
                        r.count += 1
                    else:
                        scan.hold(r, _ANY)
            else:
                for value, memory in zip(taken, _memory(op, len(taken))):
                    if not is_immortal(value):
                        scan.hold(scan.steal(value), memory, op)
                if op.type == ir.REF:
                    r = ref(op)
                    if owns_result(op):
                        r.count += 1
                        r.type = _RESULT_TYPE.get(code)
                    elif code == ir.FRAME_SLOT:
                        r.memory = _ALWAYS
                    elif code == ir.GLOBAL_REF:
                        scan.hold(r, _ANY, _ROOT)
    if dead:
        trace.ops = [op for k, op in enumerate(ops) if k not in dead]
    return trace


def _mark_immortal(trace: Trace) -> None:
    """Phis of objects without reference counts have none either."""
    label, jump = next((op for op in trace.ops if op.code == ir.LABEL), None), trace.ops[-1]
    if label is not None and jump.code == ir.JUMP:
        for phi, first, again in zip(label.desc, label.args, jump.args):
            if phi.type == ir.REF and is_immortal(first) and (again is phi or is_immortal(again)):
                phi.desc = IMMORTAL


def _memory(op: Op, n: int) -> list[str]:
    """The classes of memory in which an allocation keeps its operands that count, n of them."""
    cls = op.args[0] if op.code == _NEW_INSTANCE else None
    if type(cls) is Const:
        return [attribute_memory(cls.value, name) for name in op.desc]  # pyright: ignore[reportOptionalIterable]
    return [_ALLOC_MEMORY.get(op.code, _ANY)] * n


def _overwritten(ops: list[Op], start: int, trace: Trace) -> set[str]:
    """The classes of memory that the operations from `start` on may take something out of; _DEATHS: objects die there, without effects."""
    found: set[str] = set()
    for k in range(start, len(ops)):
        op = ops[k]
        code = op.code
        if _PLAIN[code]:
            continue
        if code in _STORES:
            found.add(op.desc.memory)
        elif code == _OWN:
            if ops[k - 1].code not in _STORES:
                return {_ANY}
        elif code == _DECREF:
            guard = ops[k - 1].code if ops[k - 1].args == op.args else -1
            if guard == _GUARD_HARMLESS:
                found.add(_DEATHS)
            elif op.snap is not None and guard != _GUARD_SHARED:
                return {_ANY}
        elif code == _CALL:
            if op.desc.runs or "*" in op.desc.writes or not op.desc.writes and any(True for _ in stolen(op, trace)):
                return {_ANY}
            found.update(op.desc.writes)
    return found


def _phi_types(trace: Trace) -> dict[Op, type]:
    """The types of the phis that have one type on entry and keep it around the loop."""
    types: dict[Op, type] = {}
    label: Op | None = None
    before: list[type | None] = []

    def type_of(value: Value) -> type | None:
        return type(value.value) if isinstance(value, Const) else types.get(value)

    for op in trace.ops:
        code = op.code
        if code == _GUARD_TYPE:
            if type(op.args[0]) is Op:
                types[op.args[0]] = op.args[1].value
        elif code in _UNBOX:
            if type(op.args[0]) is Op:
                types[op.args[0]] = _UNBOX[code]
        elif code in _RESULT_TYPE:
            types[op] = _RESULT_TYPE[code]
        elif code == ir.LABEL:
            label = op
            before = [type_of(v) for v in op.args]
    if label is None or trace.ops[-1].code != ir.JUMP:
        return {}
    found = {phi: t for phi, t in zip(label.desc, before) if t is not None}
    again = True
    while again:
        again = False
        for phi, value in zip(label.desc, trace.ops[-1].args):
            if phi in found and found[phi] is not (found[value] if value in found else type_of(value)):
                del found[phi]
                again = True
    return found
