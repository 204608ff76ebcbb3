"""The op codes by upper-case name: `C.INT_ADD`."""

from types import SimpleNamespace

from ..tracer.ir import OPS

C = SimpleNamespace(**{row.name.upper(): row.code for row in OPS})
