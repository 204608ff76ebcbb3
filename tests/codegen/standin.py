"""A stand-in for the bridge: a context in ctypes memory, exits that are numbers, helpers that are C functions of this process or
callbacks.  It runs compiled traces without a frame: slots and buffer are arrays, and what an exit leaves is read from the buffer."""

from __future__ import annotations

import ctypes
import struct
import sys
from typing import Any

from pytrace.codegen.compile import Compiled, compile_trace
from pytrace.codegen.exits import ExitPlan
from pytrace.tracer import ir

V313 = sys.version_info >= (3, 13)
WORD = ctypes.c_int64
LAYOUT = {
    "ob_refcnt": 0, "ob_type": 8, "float.ob_fval": 16, "long.lv_tag": 16, "long.ob_digit0": 24,
    "list.ob_size": 16, "list.ob_item": 24, "tuple.ob_size": 16, "tuple.ob_item": 24,
    "rangeiter.start": 16, "rangeiter.step": 24, "rangeiter.len": 32, "cell.ob_ref": 16,
    "listiter.it_index": 16, "listiter.it_seq": 24, "tupleiter.it_index": 16, "tupleiter.it_seq": 24,
    "complex.real": 16, "complex.imag": 24, "method.im_func": 16, "method.im_self": 24,
    "ctx.tstate": 0, "ctx.frame": 8, "ctx.slots": 16, "ctx.buf": 24, "ctx.eval_breaker": 32,
    "eval_breaker.width": 8, "eval_breaker.mask": 0xFF, "type.tp_basicsize": 32,
    "small_ints.below": 5, "small_ints.n": 262, "small_ints.size": 32,
}  # fmt: skip
_api = ctypes.pythonapi
_API = (
    "_Py_Dealloc", "PyNumber_Add", "PyNumber_Subtract", "PyObject_IsTrue", "PyObject_Size", "PyObject_RichCompareBool",
    "PyList_Append", "PyObject_SetItem", "PyObject_GetItem", "PyObject_Repr", "PyLong_AsLongLong", "PyTuple_GetSlice",
    "PyErr_Clear", "PyCell_New", "PySlice_New", "PyMethod_New", "PyComplex_FromDoubles", "PyObject_GetIter",
    "PyObject_GenericSetAttr", "PyDict_GetItemWithError",
)  # fmt: skip


class StandInExit:
    def __init__(self, tag: Any) -> None:
        self.memory = ctypes.create_string_buffer(64)
        self.address = ctypes.addressof(self.memory)
        self.tag = tag


class StandInFlag:
    def __init__(self) -> None:
        self.word = WORD(0)
        self.address = ctypes.addressof(self.word)


def _address(fn: Any) -> int:
    return ctypes.cast(fn, ctypes.c_void_p).value


class Bridge:
    """What compile_trace asks of the bridge.  `log`: calls of pt_sync and pt_dealloc_sync."""

    def __init__(self) -> None:
        self.exits: dict[int, Any] = {}
        self.log: list = []
        self._keep: list = []
        self._symbols = {
            "pt_box_int": _address(_api.PyLong_FromLongLong),
            "pt_small_ints": id(-5),
            "pt_box_float": _address(_api.PyFloat_FromDouble),
        }
        for name in _API:
            self._symbols[name] = _address(getattr(_api, name))
        P, V, N = ctypes.c_void_p, None, ctypes.c_int64
        self.callback("pt_unbox_int", ctypes.PYFUNCTYPE(ctypes.c_int, P, ctypes.POINTER(N)), self._unbox_int)
        self.callback("pt_sync", ctypes.PYFUNCTYPE(V, P, P), lambda c, e: self.log.append(("sync", *self.state(c, e))))
        # runs with an exception set, so it cannot be Python code: some C function that does nothing
        self.symbol("pt_unsync", _address(_api.Py_IsInitialized))
        self.callback("pt_dealloc_sync", ctypes.PYFUNCTYPE(V, P, P, P), self._dealloc_sync)
        self.callback("pt_store_float", ctypes.PYFUNCTYPE(V, ctypes.POINTER(P), ctypes.c_double), self._store_float)
        self.callback("pt_store_int", ctypes.PYFUNCTYPE(V, ctypes.POINTER(P), N), self._store_float)
        self.symbol("pt_free", _address(_api._Py_Dealloc))
        self.callback("pt_new_tuple", ctypes.PYFUNCTYPE(P, N, ctypes.POINTER(P)), lambda n, items: self._sequence(tuple, n, items))
        self.callback("pt_new_list", ctypes.PYFUNCTYPE(P, N, ctypes.POINTER(P)), lambda n, items: self._sequence(list, n, items))
        self.callback("pt_new_instance", ctypes.PYFUNCTYPE(P, ctypes.py_object), lambda t: new_ref(object.__new__(t)))
        self.makers: dict[int, Any] = {}
        self.callback("pt_make_instance", ctypes.PYFUNCTYPE(P, P, ctypes.POINTER(P)), self._make_instance)
        self.callback("pt_range_iter_new", ctypes.PYFUNCTYPE(P, N, N, N), lambda a, s, n: new_ref(iter(range(a, a + s * n, s))))

    def symbol(self, name: str, address: int) -> None:
        self._symbols[name] = address

    def callback(self, name: str, type: Any, fn: Any) -> None:
        thunk = type(fn)
        self._keep.append(thunk)
        self._symbols[name] = _address(thunk)

    def layout(self) -> dict[str, int]:
        return LAYOUT

    def symbols(self) -> dict[str, int]:
        return self._symbols

    def new_exit(self, blob: bytes, consts: tuple, tag: Any) -> StandInExit:
        e = StandInExit(tag)
        self.exits[e.address] = e
        return e

    def new_jump_exit(self, address: int) -> StandInExit:
        e = StandInExit(("jump", address))
        self.exits[e.address] = e
        return e

    def new_maker(self, cls: type, names: tuple[str, ...]) -> StandInExit:
        maker = StandInExit((cls, names))
        self.makers[maker.address] = maker
        return maker

    def new_flag(self) -> StandInFlag:
        return StandInFlag()

    # -- helpers

    def _unbox_int(self, obj: int, out: Any) -> int:
        value = _object_at(obj)
        if -(2**63) <= value < 2**63:
            out[0] = value
            return 1
        return 0

    def _make_instance(self, maker: int, values: Any) -> int:
        cls, names = self.makers[maker].tag
        obj = object.__new__(cls)
        for k, name in enumerate(names):
            setattr(obj, name, steal(values[k]))
        return new_ref(obj)

    def _dealloc_sync(self, ctx: int, exit: int, obj: int) -> None:
        self.log.append(("dealloc", *self.state(ctx, exit)))
        _dealloc(obj)

    def _store_float(self, place: Any, x: float) -> None:
        old, place[0] = place[0], new_ref(x)
        release(old)

    def _sequence(self, type: Any, n: int, items: Any) -> int:
        return new_ref(type([steal(items[k]) for k in range(n)]))

    def state(self, ctx: int, exit: int) -> tuple[ExitPlan, list]:
        plan = self.exits[exit].tag
        buf = ctypes.cast(ctypes.cast(ctx, ctypes.POINTER(ctypes.c_void_p))[3], ctypes.POINTER(WORD))
        return plan, shown(plan, buf)


_dealloc = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(_address(_api._Py_Dealloc))
_incref = ctypes.PYFUNCTYPE(None, ctypes.py_object)(_address(_api.Py_IncRef))
_decref = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(_address(_api.Py_DecRef))


_object_at = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p)(_address(_api.Py_NewRef))


def new_ref(obj: Any) -> int:
    _incref(obj)
    return id(obj)


def release(address: int) -> None:
    _decref(address)


def steal(address: int) -> Any:
    """The object behind an owned reference; the reference becomes Python's."""
    obj = _object_at(address)
    _decref(address)
    return obj


def read(type: str, word: int) -> Any:
    if type == ir.FLOAT:
        return struct.unpack("<d", struct.pack("<q", word))[0]
    if type == ir.BOOL:
        assert word in (0, 1)
        return bool(word)
    if type == ir.REF:
        return ir.NULL_VALUE if word == 0 else _object_at(word)
    return word


def word(type: str, value: Any) -> int:
    if type == ir.FLOAT:
        return struct.unpack("<q", struct.pack("<d", value))[0]
    if type == ir.REF:
        return 0 if value is ir.NULL_VALUE else id(value)
    return int(value)


def shown(plan: ExitPlan, buf: Any) -> list:
    """The values of the operations on the innermost stack of an exit, bottom first (of a RETURN: the result)."""
    if plan.snapshot is None:
        return []
    values = plan.live if plan.kind == "return" else plan.snapshot.frames[-1].stack
    return [read(v.type, buf[plan.live.index(v)]) for v in values if type(v) is ir.Op]


class Machine:
    """A context: slots, buffer, eval breaker."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.slots = (WORD * 64)()
        self.buf = (WORD * 4096)()
        self.breaker = WORD(0)
        self.ctx = (WORD * 16)(0, 0, ctypes.addressof(self.slots), ctypes.addressof(self.buf), ctypes.addressof(self.breaker))

    def call(self, address: int) -> tuple[Any, list]:
        """Enters code; (plan of the exit taken, what it shows)."""
        exit = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(address)(ctypes.addressof(self.ctx))
        plan = self.bridge.exits[exit].tag
        if type(plan) is tuple:
            return plan, []
        return plan, shown(plan, self.buf)

    def run(self, compiled: Compiled, *values: Any) -> tuple[ExitPlan, list]:
        """Enters through the buffer with these inputs."""
        for k, (op, value) in enumerate(zip(compiled.trace.inputs, values, strict=True)):
            self.buf[k] = word(op.type, value)
        return self.call(compiled.buf_entry)

    def enter(self, compiled: Compiled, **slots: Any) -> tuple[ExitPlan, list]:
        """Enters from the frame, whose slots (s0=…, s3=…) are these."""
        for name, value in slots.items():
            self.slots[int(name[1:])] = word(ir.REF, value)
        return self.call(compiled.entry)


def compile_text(text: str, bridge: Bridge, **kw: Any) -> Compiled:
    from pytrace.codegen.compile import env_of
    from pytrace.tracer.parser import parse

    env_of(bridge).symbols.update(bridge.symbols())
    return compile_trace(parse(text, **kw), bridge)
