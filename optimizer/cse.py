"""Common subexpressions: a pure operation on operands that it has been applied to before has the value that it had then.

Guarded pure operations (`int_add_ovf`, `unbox_int`) too: the first one passed, so the second would.  Comparisons that guards have
decided stand in the same table (ranges.py), loads from immutable memory as well (heap.py).
"""

from __future__ import annotations

from typing import Any

from ..tracer import ir
from ..tracer.ir import Op
from .codes import C
from .forward import Forward


def computed(fw: Forward, op: Op, args: tuple) -> Any:
    value = fw.pure.get((op.code, *args) if op.desc is None else (op.code, op.desc, *args))
    return value if value is None else fw.known.get(value, value)


def remember(fw: Forward, op: Op) -> None:
    fw.pure[(op.code, *op.args) if op.desc is None else (op.code, op.desc, *op.args)] = op


CODES = [row.code for row in ir.OPS if row.pure and row.code != C.BOX_BOOL]
BEFORE: dict[int, Any] = dict.fromkeys(CODES, computed)
AFTER: dict[int, Any] = dict.fromkeys(CODES, remember)
