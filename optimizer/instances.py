"""Instances of the program's own classes as virtual objects.

The recorder makes an instance by a call, gives it attributes by calls, and reads and overwrites attributes in memory, each behind a look at the
header that says whether the attributes stand in the object itself.  As long as the instance is virtual it has the attributes that it
was given, in that order, and the header says yes.  A class with a finalizer is left alone: its instances do not die unnoticed.
"""

from __future__ import annotations

from types import MemberDescriptorType
from typing import Any

from ..tracer import ir
from ..tracer.classes import MISSING, lookup, mro, namespace
from ..tracer.ir import Const, Op
from .codes import C
from .forward import Forward
from .virtuals import Pointer, Virtual, make, replace

PREFIX, SLOT = "inst.", "slot."  # attributes among the inline values, and in __slots__
#: The fields that tell how an instance keeps its attributes -> what they say of one that has them inside.
SHAPE_FIELDS = {"inst.values_header": 1 << 24, "inst.dorv": 1}
POINTER_FIELD = "inst.values_ptr"


def allocate(fw: Forward, op: Op, args: tuple) -> Any:
    cls = args[0].value if type(args[0]) is Const else None
    if cls is None or lookup(cls, "__del__") is not MISSING:
        return None
    return make(fw, C.NEW_INSTANCE, (), [args[0]], 1)


def set_attribute(fw: Forward, op: Op, args: tuple) -> Any:
    """The call takes a reference to the value; so does the virtual object."""
    virtual = instance(fw, args[0])
    if virtual is None or op.desc.runs or type(args[1]) is not Const:
        return None
    name, value = args[1].value, args[2]
    fw.again(C.INCREF, (value,))
    if name not in virtual.desc:
        virtual.desc = (*virtual.desc, name)
        virtual.items.append(ir.NULL)
    index = virtual.desc.index(name) + 1
    old = virtual.items[index]
    if replace(fw, virtual, args[0], index, value) is None:
        return undo(fw, virtual, index, value)
    if old is not ir.NULL:
        fw.pending[old] -= 1
        fw.again(C.DECREF, (old,), op.snap)
    return fw.const(ir.INT, 0)


def undo(fw: Forward, virtual: Virtual, index: int, value: ir.Value) -> None:
    """The value holds the instance itself: such a cycle is made for real."""
    if virtual.items[index] is ir.NULL:
        virtual.desc = virtual.desc[:-1]
        virtual.items.pop()
    fw.again(C.DECREF, (value,), fw.snap)


CALLS = {"pt_new_instance": allocate, "PyObject_SetAttr": set_attribute, "pt_add_attribute": set_attribute}


def call(fw: Forward, op: Op, args: tuple) -> Any:
    found = CALLS.get(op.desc.symbol)
    return found(fw, op, args) if found is not None else None


def instance(fw: Forward, base: ir.Value) -> Any:
    """The virtual instance that a value is, or points into."""
    virtual = fw.virtual.get(base)
    if type(virtual) is Pointer:
        virtual = fw.virtual.get(virtual.base)
    return virtual if virtual is not None and virtual.code == C.NEW_INSTANCE else None


def load(fw: Forward, op: Op, args: tuple) -> Any:
    virtual = instance(fw, args[0])
    if virtual is None:
        return None
    name = op.desc.name
    if name in SHAPE_FIELDS:
        return fw.const(ir.INT, SHAPE_FIELDS[name])
    if name == POINTER_FIELD:
        return virtual.pointer(fw, args[0], op.desc)
    if not name.startswith((PREFIX, SLOT)):
        return None
    attribute = name[len(PREFIX) :]
    return virtual.items[virtual.desc.index(attribute) + 1] if attribute in virtual.desc else ir.NULL


def store(fw: Forward, op: Op, args: tuple) -> Any:
    virtual = instance(fw, args[0])
    if virtual is None:
        return None
    name = op.desc.name[len(PREFIX) :]
    if name not in virtual.desc:
        if not op.desc.name.startswith(SLOT):
            return None
        virtual.desc = (*virtual.desc, name)
        virtual.items.append(ir.NULL)
    base = fw.virtual[args[0]]
    owner = base.base if type(base) is Pointer else args[0]
    return replace(fw, virtual, owner, virtual.desc.index(name) + 1, args[1])


def attribute_memory(cls: type, name: str) -> str:
    """The class of memory in which instances of cls keep an attribute."""
    slot = any(type(namespace(base).get(name)) is MemberDescriptorType for base in mro(cls))
    return (SLOT if slot else PREFIX) + name


def written(fw: Forward, op: Op) -> None:
    """What memory holds once an instance was written."""
    for name, value in zip(op.desc, op.args[1:]):
        field = attribute_memory(op.args[0].value, name)  # pyright: ignore[reportAttributeAccessIssue, reportArgumentType]
        fw.heap.setdefault(field, {})[(field, op)] = value


BEFORE = {C.CALL: call, C.LOAD: load, C.STORE: store}
AFTER = {C.NEW_INSTANCE: written}
