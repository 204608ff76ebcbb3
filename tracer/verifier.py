"""Checks a trace against the op table and the contract in `ir`; runs between passes in tests and under `--check`.

What is checked: every operand is defined before its use (snapshots and the virtual objects that they name included); operand
types against the table and the descriptors; guards, and calls that may fail or run code, carry a snapshot; one terminator, at the end;
labels, phis and jumps agree; no reference is given up that the trace does not own, and none is left over at a jump.

**No effect between a guard and its snapshot.**  A snapshot describes the start of one instruction, and the guards that leave to it
execute that instruction again.  So from the first operation that uses a snapshot (a call and a `decref` count as well) until the
last guard that does, no effect may happen: a store into memory, a call that is not pure, a decref that may run code.  Not effects
are stores into an object that the trace allocated after the snapshot's first use: the state that it describes
cannot show that object.  The rule goes by the snapshot's identity, and starts afresh at a label, where a peeled iteration ends whose unchanged
snapshots the loop shares.  It cannot see an effect that comes before the snapshot's first use at all.
"""

from __future__ import annotations

from typing import Any

from . import ir
from .ir import BY_NAME, OPS, Const, Op, Snapshot, Trace, Value
from .ownership import Owned, OwnershipError

_C = {name: row.code for name, row in BY_NAME.items()}
_CALL, _DECREF, _BOX_BOOL = _C["call"], _C["decref"], _C["box_bool"]
_RELEASES = frozenset((_C["guard_shared"], _C["guard_harmless"]))
_STORES = {_C["store"], _C["store_at"]}
_TERMINATORS = {ir.JUMP, ir.JUMP_LOOP, ir.EXIT, ir.RETURN}
_LETTERS = {"i": ir.INT, "f": ir.FLOAT, "b": ir.BOOL, "r": ir.REF, "p": ir.PTR}
_CONST_TYPES = {ir.INT: int, ir.FLOAT: float, ir.BOOL: bool, ir.PTR: int}


class VerifyError(ValueError):
    """The trace is not well formed; the message quotes the operation."""


def verify(trace: Trace) -> None:
    """Raises VerifyError with a sentence when the trace breaks a rule."""
    _Verifier(trace).run()


class _Verifier:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.defined: set[Op] = set(trace.inputs)
        self.present: set[Op] = {*trace.inputs, *trace.ops}
        self.virtuals: set[Op] = set()  # those whose operands are being, or have been, checked
        self.op: Op | None = None
        self.has_label = any(op.code == ir.LABEL for op in trace.ops)

    def fail(self, what: str) -> VerifyError:
        if self.op is None:
            return VerifyError(f"{what}.")
        return VerifyError(f"{what}: {ir.format_op(self.op)}")

    def run(self) -> None:
        self.inputs()
        ops = self.trace.ops
        if not ops or ops[-1].code not in _TERMINATORS:
            self.op = ops[-1] if ops else None
            raise self.fail("The last operation is no jump, exit or return")
        if len(self.present) != len(ops) + len(self.trace.inputs):
            raise self.fail("An operation stands in the trace twice")
        for op in ops:
            self.op = op
            if op.code in _TERMINATORS and op is not ops[-1]:
                raise self.fail("The trace goes on after a terminator")
            self.operands(op)
            self.descriptor(op)
            self.snapshot(op)
            if op.code == ir.LABEL:
                self.label(op)
            elif op.code == ir.JUMP:
                self.jump(op)
            elif op.code == ir.PHI or op.code == ir.INPUT:
                raise self.fail(f"{op.name} is no operation of the list")
            self.defined.add(op)
        self.op = None
        self.ownership()
        self.effects()

    # -- structure

    def inputs(self) -> None:
        if len(self.defined) != len(self.trace.inputs):
            raise self.fail("The trace has an input twice")
        for op in self.trace.inputs:
            self.op = op
            if op.code != ir.INPUT or op.args:
                raise self.fail("An input of the trace is another operation")
            if op.type not in (ir.INT, ir.FLOAT, ir.BOOL, ir.REF):
                raise self.fail(f"An input cannot have the type {op.type}")
        for op in self.trace.owned_inputs:
            self.op = op
            if op not in self.defined or op.type != ir.REF:
                raise self.fail("The trace owns what is no ref input")
        self.op = None

    def use(self, value: Value, kind: str = "?") -> None:
        """An operand of the current operation."""
        text = ir.format_value
        if isinstance(value, Const):
            self.const(value)
        elif value not in self.defined:
            raise self.fail(f"{text(value)} is used before it is defined" if value in self.present else f"{text(value)} is defined nowhere")
        if value.type == ir.VOID:
            raise self.fail(f"The operand {text(value)} has no value")
        if kind != "?" and value.type != kind:
            raise self.fail(f"The operand {text(value)} is {value.type}, expected {kind}")

    def const(self, value: Const) -> None:
        expected = _CONST_TYPES.get(value.type)
        if value.type == ir.REF:
            return
        if expected is None or type(value.value) is not expected:
            raise self.fail(f"The constant {value.value!r} is not of the type {value.type}")
        if expected is int and not -(2**63) <= value.value < 2**63:
            raise self.fail(f"The constant {value.value} has more than 64 bits")

    def operands(self, op: Op) -> None:
        row = OPS[op.code]
        if row.args[-1:] == ("*",):
            for arg in op.args:
                self.use(arg)
            if op.name == "new_generator":
                if [a.type for a in op.args[1:4]] != [ir.INT] * 3:
                    raise self.fail("A generator's state, instruction and top are numbers")
                self.refs((op.args[0], *op.args[4:]))
            elif row.alloc:
                self.refs(op.args)
        else:
            if len(op.args) != len(row.args):
                raise self.fail(f"{row.name} takes {len(row.args)} operands")
            for arg, kind in zip(op.args, row.args):
                self.use(arg, kind)
        if row.result != "?" and op.type != row.result:
            raise self.fail(f"{row.name} gives {row.result}, not {op.type}")

    def refs(self, values: tuple[Value, ...]) -> None:
        for value in values:
            if value.type != ir.REF:
                raise self.fail(f"The operand {ir.format_value(value)} is {value.type}, expected ref")

    def descriptor(self, op: Op) -> None:
        desc: Any = op.desc
        args = op.args
        match op.name:
            case "load" | "store":
                self.kind_of(desc, ir.FieldDescr)
                if args[0].type not in (ir.PTR, ir.REF):
                    raise self.fail("The base is neither ptr nor ref")
                if op.name == "load" and op.type != desc.type:
                    raise self.fail(f"The field is {desc.type}, not {op.type}")
                if op.name == "store":
                    self.use(args[1], desc.type)
            case "load_at" | "store_at" | "put_at":
                self.kind_of(desc, ir.ArrayDescr)
                if args[0].type not in (ir.PTR, ir.REF):
                    raise self.fail("The base is neither ptr nor ref")
                if op.name == "load_at" and op.type != desc.type:
                    raise self.fail(f"The items are {desc.type}, not {op.type}")
                if op.name == "store_at":
                    self.use(args[2], desc.type)
            case "call":
                self.kind_of(desc, ir.CallDescr)
                self.call(op, desc)
            case "guard_type" | "guard_not_type":
                if type(args[1]) is not Const or not isinstance(args[1].value, type):
                    raise self.fail("The second operand is no constant type")
            case "guard_not_invalidated" | "guard_room":
                self.kind_of(desc, ir.Flag)
            case "frame_slot" | "global_ref":
                self.kind_of(desc, int)
            case "new_instance":
                if not args or type(args[0]) is not Const or not isinstance(args[0].value, type):
                    raise self.fail("The first operand is no constant type")
                if not isinstance(desc, tuple) or len(desc) != len(args) - 1:
                    raise self.fail("The descriptor does not name one attribute for each operand")

    def kind_of(self, desc: Any, kind: type) -> None:
        if not isinstance(desc, kind):
            raise self.fail(f"The descriptor is no {kind.__name__}")

    def call(self, op: Op, desc: ir.CallDescr) -> None:
        if op.type != desc.result:
            raise self.fail(f"The function gives {desc.result}, not {op.type}")
        if desc.vector:
            # the first operand is of its own kind, the others are passed as an array
            if op.args:
                self.use(op.args[0], _LETTERS[desc.args[0]])
            self.refs(op.args[1:])
        else:
            if len(op.args) != len(desc.args):
                raise self.fail(f"The function takes {len(desc.args)} operands")
            for arg, letter in zip(op.args, desc.args):
                self.use(arg, _LETTERS[letter])
        if desc.pure and (desc.error or desc.runs or desc.writes):
            raise self.fail("A pure function neither fails nor has effects")

    def snapshot(self, op: Op) -> None:
        snap = op.snap
        row = OPS[op.code]
        if snap is None:
            if row.guard:
                raise self.fail("The guard has no snapshot")
            if op.code == _CALL and (op.desc.runs or op.desc.error):
                raise self.fail("The call may fail or run code and has no snapshot")
            return
        if not row.guard and not row.runs and op.code != _CALL:
            raise self.fail("The operation neither leaves the trace nor runs code, and has a snapshot")
        if not snap.frames:
            raise self.fail("The snapshot has no frame")
        for frame in snap.frames:
            if (frame is snap.frames[-1]) != (frame.call_offset < 0) and not (frame is snap.frames[-1] and op.name == "decref"):
                raise self.fail("All frames but the innermost, and only these, have a call in progress")
            if (frame is snap.frames[0] and "function" not in self.trace.info) != (frame.func is None):
                raise self.fail("The outermost frame, and only that, is the real root frame (in a compiled function, none is)")
            if len({slot for slot, _ in frame.slots}) != len(frame.slots):
                raise self.fail("The snapshot has a slot twice")
        for value in snap.values():
            self.state(value)

    def state(self, value: Value) -> None:
        """A value in a snapshot, or an operand of a virtual object."""
        if value.type not in (ir.INT, ir.FLOAT, ir.BOOL, ir.REF):
            raise self.fail(f"The snapshot names {ir.format_value(value)}, which is no object")
        if isinstance(value, Const):
            self.const(value)
        elif value not in self.defined:
            if value in self.present:
                raise self.fail(f"The snapshot names {ir.format_value(value)} before it is defined")
            if value in self.virtuals:
                return
            if not OPS[value.code].alloc and value.code != _BOX_BOOL:
                raise self.fail(f"The snapshot names {ir.format_value(value)}, which is defined nowhere")
            self.virtuals.add(value)
            for arg in value.args:
                self.state(arg)

    def label(self, op: Op) -> None:
        if sum(o.code == ir.LABEL for o in self.trace.ops) != 1:
            raise self.fail("A trace has one label at most")
        self.agree(op, op.desc)
        for phi in op.desc:
            if phi.code != ir.PHI or phi in self.defined:
                raise self.fail(f"{ir.format_value(phi)} is no fresh phi")
            self.defined.add(phi)

    def jump(self, op: Op) -> None:
        for o in self.trace.ops:
            if o.code == ir.LABEL:
                self.agree(op, o.desc)
                return
        self.agree(op, self.trace.inputs)

    def agree(self, op: Op, targets: list[Op]) -> None:
        if len(op.args) != len(targets):
            raise self.fail(f"There are {len(targets)} values to give, and {len(op.args)} operands")
        for arg, target in zip(op.args, targets):
            if arg.type != target.type:
                raise self.fail(f"The operand {ir.format_value(arg)} is {arg.type}, but {ir.format_value(target)} is {target.type}")

    # -- ownership and effects

    def ownership(self) -> None:
        try:
            owned = Owned(self.trace)
            held: tuple[Value, ...] = ()
            for op in self.trace.ops:
                owned.before_exit(op)
                if op.code == ir.LABEL:
                    held = owned.values()
                if op.code in (ir.JUMP, ir.JUMP_LOOP):
                    self.balance(op, held if op.code == ir.JUMP else (), owned.values())
                owned.after_exit(op)
        except OwnershipError as e:
            raise VerifyError(str(e)) from None

    def balance(self, op: Op, held: tuple[Value, ...], left: tuple[Value, ...]) -> None:
        self.op = op
        for value in held:
            if held.count(value) > left.count(value):
                raise self.fail(f"The trace owned {ir.format_value(value)} across its label and has lost it at the jump")
        for value in left:
            if left.count(value) > held.count(value):
                raise self.fail(f"The trace still owns {ir.format_value(value)} at the jump")
        self.op = None

    def effects(self) -> None:
        position = {op: k for k, op in enumerate(self.trace.ops)}
        owner: dict[Op, Value] = {}  # ptr -> the object that it points into
        first: dict[Snapshot, int] = {}
        effects: list[tuple[int, int, Op]] = []  # (place, where the object that it changes was allocated or -1, operation)
        for k, op in enumerate(self.trace.ops):
            if op.code == ir.LABEL:
                first.clear()
                effects.clear()
            if op.snap is not None:
                since = first.setdefault(op.snap, k)
                if OPS[op.code].guard:
                    for place, born, effect in reversed(effects):
                        if place < since:
                            break
                        if op.code in _RELEASES and effect.code == _DECREF:
                            continue  # their snapshots, like decrefs', are the state after the instruction
                        if born < since:
                            self.op = op
                            raise self.fail(f"The effect {ir.format_op(effect)} lies between the guard and its snapshot")
            if op.type == ir.PTR and op.args:
                owner[op] = op.args[0]
            if op.code in _STORES:
                base = op.args[0]
                while base in owner:
                    base = owner[base]  # type: ignore[index]
                born = position[base] if type(base) is Op and OPS[base.code].alloc and base in position else -1
                effects.append((k, born, op))
            elif _has_effect(op):
                effects.append((k, -1, op))


def _has_effect(op: Op) -> bool:
    if op.code == _CALL:
        return not op.desc.pure and bool(op.desc.runs or op.desc.writes or op.desc.steals)
    return op.code == _DECREF and op.snap is not None
