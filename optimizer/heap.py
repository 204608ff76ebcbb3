"""The heap cache: a load finds what was loaded from or stored to the same place before.

`fw.heap` holds, for each memory class, what is known of its places: (field, base) or (array, base, index) -> value.  A store enters
its value and removes every other place of its class that might be the same.  Places differ where

    * the indices differ for sure (constants, distances from the same number, ranges), or
    * the bases do: different constants, objects of different types, an object that was allocated after the other one existed;
      pointers into objects, as these objects do.

Calls remove what their descriptors name; whatever may run Python code removes all.  So does giving up a reference, unless the
object's type is known to have no destructor that matters, or somebody else is known to hold the object.  Fields that never change
are not memory but values: they are kept with the pure operations.
"""

from __future__ import annotations

from typing import Any

from ..tracer import ir
from ..tracer.classes import HARMLESS
from ..tracer.ir import Const, Op
from .codes import C
from .forward import GONE, Forward
from .guards import differ
from .objects import CONSTANT_FIELDS, CONSTANT_ITEMS, FIELDS, ITEMS, LENGTHS
from .ranges import apart

# -- before


def load(fw: Forward, op: Op, args: tuple) -> Any:
    desc = op.desc
    if desc.immutable:
        return fixed(fw, op, args)
    cells = fw.heap.get(desc.memory)
    value = cells and cells.get((desc.name, *args))
    if value is None:
        return None
    fw.hits.add(value)
    return fw.known.get(value, value)


def fixed(fw: Forward, op: Op, args: tuple) -> Any:
    """A field that never changes."""
    base = fw.constant(args[0])
    if type(base) is Const:
        value = constant_field(op, base.value, args)
        if value is not None:
            return fw.const(op.type, value)
    return fw.pure.get((op.code, op.desc.name, *args))


def constant_field(op: Op, obj: Any, args: tuple) -> Any:
    """The field's value in a constant object, or None."""
    name = op.desc.name
    if name in CONSTANT_FIELDS:
        cls, get = CONSTANT_FIELDS[name]
        return get(obj) if type(obj) is cls else None
    if type(obj) is CONSTANT_ITEMS.get(name) and type(args[1]) is Const and 0 <= args[1].value < len(obj):
        return obj[args[1].value]
    return None


def store(fw: Forward, op: Op, args: tuple) -> Any:
    """A number that is there already need not be stored."""
    value = args[-1]
    if value.type != ir.REF:
        cells = fw.heap.get(op.desc.memory)
        if cells and cells.get((op.desc.name, *args[:-1])) is value:
            fw.hits.add(value)
            return GONE
    return None


def call(fw: Forward, op: Op, args: tuple) -> Any:
    return fw.pure.get((op.code, op.desc.symbol, *args)) if op.desc.pure and op.type != ir.REF else None


def guard_harmless(fw: Forward, op: Op, args: tuple) -> Any:
    return GONE if fw.type_of(args[0]) in HARMLESS or is_held(fw, args[0]) else None


# -- after


def loaded(fw: Forward, op: Op) -> None:
    desc = op.desc
    if desc.immutable:
        fw.pure[(op.code, desc.name, *op.args)] = op
        if op.type == ir.REF:
            fw.holders[op] = op.args[0]
    else:
        remember(fw, desc, op.args, op)


def stored(fw: Forward, op: Op) -> None:
    desc = op.desc
    place = op.args[:-1]
    cells = fw.heap.get(desc.memory)
    if cells:
        value = op.args[-1]  # (a place that holds it already does so in any case)
        for key in [key for key, held in cells.items() if not (held is value and key[0] == desc.name) and may_alias(fw, key, desc.name, place)]:
            del cells[key]
    fw.wrote.add(desc.memory)
    remember(fw, desc, place, op.args[-1])
    if len(place) == 1 and place[0] in fw.pinned and op.args[-1].type in (ir.INT, ir.FLOAT):
        fw.kept[desc.memory, (desc.name, *place)] = desc


def remember(fw: Forward, desc: Any, place: tuple, value: ir.Value) -> None:
    key = (desc.name, *place)
    fw.heap.setdefault(desc.memory, {})[key] = value
    if value.type == ir.REF:
        fw.holders[value] = (desc.memory, key)


def called(fw: Forward, op: Op) -> None:
    desc = op.desc
    if desc.pure:
        if op.type != ir.REF:
            fw.pure[(op.code, desc.symbol, *op.args)] = op
        return
    if desc.runs:
        fw.ran = True
        fw.python_ran()
    elif "*" in desc.writes:
        fw.heap.clear()
        fw.wrote.add("*")
    else:
        for memory in desc.writes:
            fw.heap.pop(memory, None)
            fw.wrote.add(memory)


def released(fw: Forward, op: Op) -> None:
    """A reference given up: the last one of an object that has a destructor runs Python code."""
    ref = op.args[0]
    cls = fw.type_of(ref)
    if is_guarded(fw, ref, -2):
        fw.holders.clear()  # what it held itself is held no more
    elif runs_nothing(fw, ref, op.snap):
        op.snap = None
    else:
        fw.ran |= cls is not None
        fw.python_ran()


def is_guarded(fw: Forward, ref: ir.Value, place: int) -> bool:
    """Whether a guard_harmless of the object stands there."""
    guard = fw.out[place] if len(fw.out) >= -place else None
    return guard is not None and guard.code == C.GUARD_HARMLESS and guard.args[0] is ref


def runs_nothing(fw: Forward, ref: ir.Value, snap: ir.Snapshot | None) -> bool:
    """Whether giving up the reference runs no Python code for sure."""
    return snap is None or fw.type_of(ref) in HARMLESS or is_held(fw, ref)


def is_held(fw: Forward, ref: ir.Value) -> bool:
    """Whether somebody else is known to hold a reference to the object right now: memory, the trace for good, the code."""
    if type(ref) is Const or ref in fw.pinned:
        return True
    holder = fw.holders.get(ref)
    if type(holder) is tuple:
        memory, key = holder
        return fw.heap.get(memory, {}).get(key) is ref
    return holder is not None and is_held(fw, holder)  # an object that never lets go of it


def allocated(fw: Forward, op: Op) -> None:
    """A new object's fields are what it was made of."""
    for name, index in FIELDS_OF.get(op.code, ()):
        if index >= len(op.args):
            break
        desc = DESCRIPTORS[name]
        if desc.immutable:
            fw.pure[(C.LOAD, name, op)] = op.args[index]
        else:
            remember(fw, desc, (op,), op.args[index])
    length = LENGTHS.get(op.code)
    if length is not None:
        size = fw.const(ir.INT, len(op.args))
        if length.immutable:
            fw.pure[(C.LOAD, length.name, op)] = size
        else:
            remember(fw, length, (op,), size)
    items = ITEMS.get(op.code)
    if items is not None and items.immutable:
        for k, v in enumerate(op.args):
            fw.pure[(C.LOAD_AT, items.name, op, fw.const(ir.INT, k))] = v


# -- aliasing


def may_alias(fw: Forward, key: tuple, name: str, place: tuple) -> bool:
    """Whether the place `key` may be the place (name, *place) of the same memory class."""
    if key[0] != name:
        return True
    if len(place) == 2 and apart(fw, (key[2], place[1])):
        return False
    return not different(fw, key[1], place[0])


def different(fw: Forward, a: ir.Value, b: ir.Value) -> bool:
    """Whether two bases are known to be different objects, or to point into different ones."""
    if a is b:
        return False
    if a.type == ir.PTR:
        return (
            type(a) is Op and type(b) is Op and a.code == b.code == C.LOAD and a.desc == b.desc
            and different(fw, a.args[0], b.args[0])
        )  # fmt: skip
    return differ(fw, fw.constant(a), fw.constant(b)) or newer(a, b) or newer(b, a)


def newer(a: Any, b: Any) -> bool:
    """Whether a was allocated when b existed."""
    return type(a) is Op and ir.OPS[a.code].alloc and (type(b) is Const or b.num < a.num)


DESCRIPTORS = {d.name: d for d in (*vars(ir).values(), *map(ir.gen_slot, range(ir.GEN_SLOTS))) if isinstance(d, (ir.FieldDescr, ir.ArrayDescr))}
FIELDS_OF: dict[int, list[tuple[str, int]]] = {}
for (_code, _name), _index in FIELDS.items():
    FIELDS_OF.setdefault(_code, []).append((_name, _index))

BEFORE = {C.LOAD: load, C.LOAD_AT: load, C.STORE: store, C.STORE_AT: store, C.CALL: call, C.GUARD_HARMLESS: guard_harmless}

AFTER = {
    C.LOAD: loaded,
    C.LOAD_AT: loaded,
    C.STORE: stored,
    C.STORE_AT: stored,
    C.CALL: called,
    C.DECREF: released,
} | dict.fromkeys({*FIELDS_OF, *LENGTHS}, allocated)
