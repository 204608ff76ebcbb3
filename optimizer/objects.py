"""What is known of CPython's builtin objects: which allocation makes which type, which fields an allocation starts with."""

from __future__ import annotations

from types import BuiltinFunctionType, CellType, FunctionType, GeneratorType, MethodType

from ..tracer import ir
from .codes import C

RANGE_ITER_TYPE = type(iter(range(0)))
LIST_ITER_TYPE = type(iter([]))
TUPLE_ITER_TYPE = type(iter(()))

#: The type of what an allocation makes (new_instance: its first operand says it).
TYPES: dict[int, type] = {
    C.BOX_INT: int,
    C.BOX_FLOAT: float,
    C.BOX_BOOL: bool,
    C.NEW_TUPLE: tuple,
    C.NEW_LIST: list,
    C.NEW_METHOD: MethodType,
    C.NEW_CELL: CellType,
    C.NEW_SLICE: slice,
    C.NEW_RANGE: range,
    C.NEW_RANGE_ITER: RANGE_ITER_TYPE,
    C.NEW_LIST_ITER: LIST_ITER_TYPE,
    C.NEW_TUPLE_ITER: TUPLE_ITER_TYPE,
    C.NEW_ENUMERATE: enumerate,
    C.NEW_ZIP: zip,
    C.NEW_COMPLEX: complex,
    C.NEW_FUNCTION: FunctionType,
    C.NEW_GENERATOR: GeneratorType,
}

#: The number objects: what makes them, and what takes the number out again.
UNBOX = {C.BOX_INT: C.UNBOX_INT, C.BOX_FLOAT: C.UNBOX_FLOAT, C.BOX_BOOL: C.UNBOX_BOOL}
BOX_OF = {int: C.BOX_INT, float: C.BOX_FLOAT, bool: C.BOX_BOOL}
UNBOXED_TYPE = {C.BOX_INT: ir.INT, C.BOX_FLOAT: ir.FLOAT, C.BOX_BOOL: ir.BOOL}

#: (allocation, field) -> the operand that the field starts as.
FIELDS: dict[tuple[int, str], int] = {
    (C.NEW_METHOD, ir.METHOD_FUNC.name): 0,
    (C.NEW_METHOD, ir.METHOD_SELF.name): 1,
    (C.NEW_CELL, ir.CELL_REF.name): 0,
    (C.NEW_RANGE_ITER, ir.RANGE_ITER_START.name): 0,
    (C.NEW_RANGE_ITER, ir.RANGE_ITER_STEP.name): 1,
    (C.NEW_RANGE_ITER, ir.RANGE_ITER_LEN.name): 2,
    (C.NEW_LIST_ITER, ir.LIST_ITER_SEQ.name): 0,
    (C.NEW_LIST_ITER, ir.LIST_ITER_INDEX.name): 1,
    (C.NEW_TUPLE_ITER, ir.TUPLE_ITER_SEQ.name): 0,
    (C.NEW_TUPLE_ITER, ir.TUPLE_ITER_INDEX.name): 1,
    (C.NEW_ENUMERATE, ir.ENUM_ITER.name): 0,
    (C.NEW_ENUMERATE, ir.ENUM_INDEX.name): 1,
    (C.NEW_ZIP, ir.ZIP_ITERS.name): 0,
    (C.NEW_COMPLEX, ir.COMPLEX_REAL.name): 0,
    (C.NEW_COMPLEX, ir.COMPLEX_IMAG.name): 1,
    (C.NEW_FUNCTION, ir.FUNC_CODE.name): 0,
    (C.NEW_FUNCTION, ir.FUNC_GLOBALS.name): 1,
    (C.NEW_FUNCTION, ir.FUNC_CLOSURE.name): 2,
    (C.NEW_FUNCTION, ir.FUNC_DEFAULTS.name): 3,
    (C.NEW_GENERATOR, ir.GEN_FUNCTION.name): 0,
    (C.NEW_GENERATOR, ir.GEN_STATE.name): 1,
    (C.NEW_GENERATOR, ir.GEN_INSTRUCTION.name): 2,
    (C.NEW_GENERATOR, ir.GEN_TOP.name): 3,
} | {(C.NEW_GENERATOR, ir.gen_slot(k).name): 4 + k for k in range(ir.GEN_SLOTS)}

#: Fields that every new generator has empty, and keeps so for as long as nobody knows it.
EMPTY_FIELDS = {ir.GEN_HANDLED.name, ir.GEN_FRAME_OBJECT.name, ir.GEN_LOCALS.name}

#: allocation -> the field that is the number of its operands.
LENGTHS = {C.NEW_TUPLE: ir.TUPLE_SIZE, C.NEW_LIST: ir.LIST_SIZE}

#: allocation -> descriptor of its operands as an array; inline in the object, or behind the pointer field.
ITEMS = {C.NEW_TUPLE: ir.TUPLE_ITEM, C.NEW_LIST: ir.LIST_ITEM}
POINTERS = {C.NEW_LIST: ir.LIST_ITEMS}

#: CPython releases the items of these from the last to the first.
BACKWARDS = {C.NEW_TUPLE, C.NEW_LIST}

#: What fields of any object can be.
FIELD_RANGES = {
    ir.LIST_SIZE.name: (0, 1 << 59),
    ir.TUPLE_SIZE.name: (0, 1 << 59),
    ir.RANGE_ITER_LEN.name: (0, (1 << 63) - 1),
    "array.ob_size": (0, 1 << 59),
}

#: The same for items that are narrower than an int value.
ITEM_RANGES = {f"array.{code}": limits for code, limits in ir.ARRAY_RANGES.items() if limits[1] < 1 << 32}

#: Types whose fields never change once an object exists: a field of a constant is a constant.
CONSTANT_ITEMS = {ir.TUPLE_ITEM.name: tuple}
CONSTANT_FIELDS = {
    ir.TUPLE_SIZE.name: (tuple, len),
    ir.METHOD_FUNC.name: (MethodType, lambda m: m.__func__),
    ir.METHOD_SELF.name: (MethodType, lambda m: m.__self__),
    ir.COMPLEX_REAL.name: (complex, lambda z: z.real),
    ir.COMPLEX_IMAG.name: (complex, lambda z: z.imag),
}

FUNCTION_TYPES = (FunctionType, BuiltinFunctionType)
