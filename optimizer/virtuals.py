"""Allocation removal: an object that nobody outside can see is not made.

An allocation becomes a `Virtual`: a record of its operands.  Loads find the record's items, guards on its type are decided,
increfs and decrefs are counted.  Three things can happen to it in the end:

    it dies       the count reaches zero: the trace gives up the references that it would have held
    it is forced  it escapes into memory, a call, a return: it is written right there, with the items that it has then
    it stays      exits build it from its *picture*: an operation that stands in no trace, only in snapshots

The object's own operation is never in a snapshot before it is written, so its identity can serve all three; pictures are made on
demand.  An object that can change gets a new picture after each change, and so does everything that holds it.

References.  An unwritten allocation steals nothing, so the trace owns the items' references for as long as the object is virtual.
`count` is the number of references to the virtual object itself, by the trace or by other virtual objects.  Writing it makes one
reference; the other count-1 come from increfs behind it.
"""

from __future__ import annotations

from typing import Any

from ..tracer import ir
from ..tracer.ir import Op
from .codes import C
from .forward import GONE, Forward
from .heap import is_guarded, runs_nothing
from .objects import BACKWARDS, EMPTY_FIELDS, FIELDS, ITEMS, LENGTHS, POINTERS, TYPES, UNBOX, UNBOXED_TYPE


class Virtual:
    """An allocation that is not written: what the object holds now, and how many references there are to it."""

    __slots__ = ("code", "desc", "items", "count", "image", "base_count", "nests", "pointer_op")

    def __init__(self, code: int, desc: Any, items: list, count: int) -> None:
        self.code = code
        self.desc = desc
        self.items = items
        self.count = count
        self.image: ir.Value | None = None
        self.base_count = 0 if code == C.BOX_BOOL else 1  # references that come with writing it
        self.nests = code not in UNBOX
        self.pointer_op: Op | None = None  # the pointer to the items, once somebody asked for it

    def copy(self) -> Virtual:
        new = Virtual(self.code, self.desc, self.items.copy(), self.count)
        new.image = self.image
        new.pointer_op = self.pointer_op
        return new

    def picture(self, fw: Forward, op: Op) -> ir.Value:
        """The operation that describes the object as it is now, for snapshots."""
        image = self.image
        if image is None:
            known = self.truth(fw) if self.code == C.BOX_BOOL else None
            if known is not None:
                return known
            virtual = fw.virtual
            items = tuple([virtual[v].picture(fw, v) if v in virtual else v for v in self.items])
            image = self.image = Op(self.code, items, ir.REF, self.desc)
        return image

    def truth(self, fw: Forward) -> ir.Value | None:
        """The bool object that a snapshot can name because of what is known there."""
        b = self.items[0]
        if b is fw.failing[0]:
            fw.failing = (b, fw.failing[1], True)
            return fw.const(ir.REF, fw.failing[1])
        return fw.const(ir.REF, fw.known[b].value) if b in fw.known else None

    def pointer(self, fw: Forward, op: Op, desc: Any) -> Op:
        if self.pointer_op is None:
            self.pointer_op = Op(C.LOAD, (op,), ir.PTR, desc)
            fw.virtual[self.pointer_op] = Pointer(op)
        return self.pointer_op

    def force(self, fw: Forward, op: Op) -> None:
        """Writes the allocation."""
        del fw.virtual[op]
        fw.nested.pop(op, None)
        for v in self.items:
            if v in fw.virtual:
                fw.virtual[v].force(fw, v)
        op.args = tuple(self.items)
        op.desc = self.desc
        if self.code == C.NEW_INSTANCE:
            del fw.types[op]  # from here on the class is what everybody makes of it
        fw.put(op)
        if self.pointer_op is not None:
            del fw.virtual[self.pointer_op]
            fw.put(self.pointer_op)
        for _ in range(self.count - self.base_count):
            fw.write(Op(C.INCREF, (op,), ir.VOID))
        fw.touch()

    def die(self, fw: Forward, op: Op, snap: ir.Snapshot | None) -> None:
        """Nobody refers to it any more: gives up what it held, in CPython's order."""
        if not self.nests:
            return  # kept: snapshots that are mapped late may still name it
        del fw.virtual[op]
        fw.nested.pop(op, None)
        if self.pointer_op is not None:
            del fw.virtual[self.pointer_op]
        items = self.items[UNCOUNTED.get(self.code, 0) :]
        guarded = fw.gives_up[1] if snap is None and fw.gives_up is not None and fw.gives_up[0] is op else None
        for v in reversed(items) if self.code in BACKWARDS else items:
            if v is not ir.NULL and v.type == ir.REF:
                if guarded is not None:
                    fw.again(C.GUARD_HARMLESS, (v,), guarded)
                fw.again(C.DECREF, (v,), snap)


class Pointer:
    """The unwritten load of a virtual object's item array."""

    __slots__ = ("base",)
    count = base_count = 1
    nests = False
    code = C.LOAD

    def __init__(self, base: Op) -> None:
        self.base = base

    def copy(self) -> Pointer:
        return self

    def force(self, fw: Forward, op: Op) -> None:
        fw.virtual[self.base].force(fw, self.base)


#: How many of the first operands are no references that the object takes over: a type, a code and its globals.
UNCOUNTED = {C.NEW_INSTANCE: 1, C.NEW_FUNCTION: 2}


def make(fw: Forward, code: int, desc: Any, items: list, count: int) -> Op:
    """A new virtual object."""
    op = Op(code, (), ir.REF, desc)
    fw.virtual[op] = virtual = Virtual(code, desc, items, count)
    if virtual.nests:
        fw.nested[op] = virtual
    fw.nonnull.add(op)
    if code in UNBOX:
        fw.unboxed[op] = items[0]
    fw.types[op] = TYPES[code] if code in TYPES else items[0].value  # while it is virtual nobody can change it
    return op


def reaches(fw: Forward, v: ir.Value, target: Op) -> bool:
    """Whether virtual v holds target, directly or not."""
    if v is target:
        return True
    virtual = fw.nested.get(v)
    return virtual is not None and any(reaches(fw, item, target) for item in virtual.items)


# -- hooks


def allocate(fw: Forward, op: Op, args: tuple) -> Any:
    if op.code == C.NEW_INSTANCE and type(args[0]) is not ir.Const:
        return None
    if op.code != C.BOX_BOOL:
        return make(fw, op.code, op.desc, list(args), 1)
    if type(args[0]) is ir.Const:
        return fw.const(ir.REF, args[0].value)
    return make(fw, op.code, op.desc, list(args), 0)


def incref(fw: Forward, op: Op, args: tuple) -> Any:
    virtual = fw.virtual.get(args[0])
    if virtual is None:
        return None
    virtual.count += 1
    return GONE


def decref(fw: Forward, op: Op, args: tuple) -> Any:
    virtual = fw.virtual.get(args[0])
    if virtual is None:
        if not is_guarded(fw, args[0], -1) and not runs_nothing(fw, args[0], op.snap):
            show_generators(fw, op.snap)
        return None
    if virtual.count == 1 and virtual.code == C.NEW_GENERATOR and not closes_plainly(virtual):
        virtual.force(fw, args[0])
        return None
    virtual.count -= 1
    if virtual.count == 0:
        virtual.die(fw, args[0], op.snap)
    return GONE


def closes_plainly(virtual: Virtual) -> bool:
    state, instruction = virtual.items[1:3]
    return type(state) is type(instruction) is ir.Const and virtual.desc.closes_plainly(state.value, instruction.value)


def show_generators(fw: Forward, snap: ir.Snapshot | None) -> None:
    """Generators that running code may see are made: one that was made for its eyes only could not go again unseen."""
    if snap is None or not any(v.code == C.NEW_GENERATOR for v in fw.nested.values()):
        return
    left = [fw.value(v) for v in snap.values()]
    for v in left:
        virtual = fw.nested.get(v)
        if virtual is None:
            continue
        if virtual.code == C.NEW_GENERATOR:
            virtual.force(fw, v)
        else:
            left += virtual.items


def call(fw: Forward, op: Op, args: tuple) -> Any:
    if op.desc.runs:
        show_generators(fw, op.snap)
    return None


def guard_shared(fw: Forward, op: Op, args: tuple) -> Any:
    """Nobody outside can hold what was never allocated."""
    return GONE if args[0] in fw.virtual else None


def guard_alone(fw: Forward, op: Op, args: tuple) -> Any:
    virtual = fw.virtual.get(args[0])
    return GONE if virtual is not None and virtual.count == (op.desc or 1) else None


def guard_harmless(fw: Forward, op: Op, args: tuple) -> Any:
    """The death of a virtual object is that of what it holds: the guard is asked again for each of these."""
    virtual = fw.virtual.get(args[0])
    if virtual is None:
        return None
    if virtual.code == C.NEW_GENERATOR and not closes_plainly(virtual):
        virtual.force(fw, args[0])
        return None
    fw.gives_up = args[0], op.snap
    return GONE


def own(fw: Forward, op: Op, args: tuple) -> Any:
    """A virtual container has let go of this reference: the trace has owned it all the time."""
    left = fw.pending.get(args[0], 0)
    if not left:
        return None
    fw.pending[args[0]] = left - 1
    return GONE


def load(fw: Forward, op: Op, args: tuple) -> Any:
    virtual = fw.nested.get(args[0])
    if virtual is None:
        return None
    code = virtual.code
    index = FIELDS.get((code, op.desc.name))
    if index is not None:
        return virtual.items[index]
    if code == C.NEW_GENERATOR:
        if op.desc.name in EMPTY_FIELDS:
            return ir.NULL
        if op.desc == ir.GEN_GLOBALS:
            return fw.const(ir.REF, virtual.desc.globals)
        if op.desc == ir.GEN_BUILTINS:
            return fw.const(ir.REF, virtual.desc.builtins)
    if LENGTHS.get(code) == op.desc:
        return fw.const(ir.INT, len(virtual.items))
    if POINTERS.get(code) == op.desc:
        return virtual.pointer(fw, args[0], op.desc)
    return None


def store(fw: Forward, op: Op, args: tuple) -> Any:
    virtual = fw.nested.get(args[0])
    if virtual is None:
        return None
    index = FIELDS.get((virtual.code, op.desc.name))
    if index is None:
        return None
    return replace(fw, virtual, args[0], index, args[1])


def element(fw: Forward, op: Op, args: tuple) -> tuple[Virtual, Op, int] | None:
    """The virtual object and the item that a load_at or store_at is about, where both are known."""
    base, index = args[0], args[1]
    pointer = fw.virtual.get(base)
    if pointer is None or type(index) is not ir.Const:
        return None
    if type(pointer) is Pointer:
        base = pointer.base
    virtual = fw.nested.get(base)
    if virtual is None or ITEMS.get(virtual.code) != op.desc or not 0 <= index.value < len(virtual.items):
        return None
    return virtual, base, index.value


def load_at(fw: Forward, op: Op, args: tuple) -> Any:
    found = element(fw, op, args)
    return None if found is None else found[0].items[found[2]]


def store_at(fw: Forward, op: Op, args: tuple) -> Any:
    found = element(fw, op, args)
    return None if found is None else replace(fw, *found, args[2])


def replace(fw: Forward, virtual: Virtual, op: Op, index: int, value: ir.Value) -> Any:
    """A store into a virtual object; what it held until now is the trace's, and `own` will say so."""
    if reaches(fw, value, op):
        return None  # a cycle: the object is written, and then the store
    old = virtual.items[index]
    virtual.items[index] = value
    if old.type == ir.REF and old is not ir.NULL:
        fw.pending[old] = fw.pending.get(old, 0) + 1
    fw.touch()
    return GONE


def ref_eq(fw: Forward, op: Op, args: tuple) -> Any:
    """A new object is itself and nothing else; numbers keep their identity to themselves, they must be made to be compared."""
    a, b = args
    if a is b:
        return ir.TRUE
    if a in fw.nested or b in fw.nested:
        return ir.FALSE
    for x, y in ((a, b), (b, a)):
        virtual = fw.virtual.get(x)
        if virtual is not None and virtual.code == C.BOX_BOOL:
            return same_bool(fw, virtual.items[0], y)
    return None


def same_bool(fw: Forward, truth: ir.Value, other: ir.Value) -> Any:
    """Whether the bool object of this truth is the other object."""
    if type(other) is ir.Const:
        if other.value is True:
            return truth
        if other.value is False:
            return fw.again(C.BOOL_NOT, (truth,))
        return ir.FALSE
    if fw.types.get(other) is bool and other in fw.unboxed:
        return fw.again(C.BOOL_EQ, (truth, fw.unboxed[other]))
    return None


def guard_is(fw: Forward, op: Op, args: tuple) -> Any:
    """A guard on a bool object is one on its truth."""
    virtual = fw.virtual.get(args[0])
    if virtual is None or virtual.code != C.BOX_BOOL:
        if op.code == C.GUARD_IS_NOT and (args[0] in fw.nested or args[1] in fw.nested) and args[0] is not args[1]:
            return GONE
        return None
    truth = same_bool(fw, virtual.items[0], args[1])
    if truth is None:
        return None
    return fw.again(C.GUARD_TRUE if op.code == C.GUARD_IS else C.GUARD_FALSE, (truth,), op.snap)


def jump_loop(fw: Forward, op: Op, args: tuple) -> Any:
    """The other loop says in which form it wants each value."""
    wanted = getattr(op.desc, "types", None)
    if wanted is None:
        return None
    for v, type in zip(args, wanted):
        if type == v.type and v in fw.virtual:
            fw.virtual[v].force(fw, v)
    operands = tuple([v if v.type == type else number_in(fw, v, type) for v, type in zip(args, wanted)])
    return fw.emit(op, operands)


def number_in(fw: Forward, ref: ir.Value, type: str) -> ir.Value:
    """The number in an object, in place of a reference to it."""
    code = UNBOX[next(code for code in UNBOX if UNBOXED_TYPE[code] == type)]
    n = fw.again(code, (ref,), fw.snap)
    fw.again(C.DECREF, (ref,), fw.snap)
    return n


BEFORE = dict.fromkeys(TYPES, allocate) | {
    C.NEW_INSTANCE: allocate,
    C.INCREF: incref,
    C.DECREF: decref,
    C.GUARD_SHARED: guard_shared,
    C.GUARD_HARMLESS: guard_harmless,
    C.GUARD_ALONE: guard_alone,
    C.OWN: own,
    C.LOAD: load,
    C.STORE: store,
    C.LOAD_AT: load_at,
    C.STORE_AT: store_at,
    C.REF_EQ: ref_eq,
    C.GUARD_IS: guard_is,
    C.GUARD_IS_NOT: guard_is,
    C.JUMP_LOOP: jump_loop,
    C.CALL: call,
}


AFTER: dict[int, Any] = {}
