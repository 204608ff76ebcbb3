"""The two entries of a compiled trace.

From the frame (`trace_N`): every input is checked before anything is taken.  A slot must be bound, and hold an exact int of at
most 64 bits or an exact float, no nan (which is found by identity), where the trace wants the number; a slot that was empty at recording (`trace.info["nulls"]`) must be
empty; a promoted name must be in its dict; and the names are the same (functions may share their code).  If not, the PLAIN exit leaves the frame as it is.  Then the references change
hands: those in slots are the trace's now.  A number's box is given up at once, a promoted name's object gets a reference for
the trace (the dict keeps its own).

This runs once where the loop runs a thousand times, but costs LLVM as much as fifty operations.  So it is always compiled by the
quick code generator.

Through the buffer (`trace_N_buf`, the body): inputs are words in the buffer, references among them already owned.
"""

from __future__ import annotations

from ..tracer import ir
from ..tracer.iterators import FIELDS, NAMES
from .objects import change_count, unbox_int
from .text import LLVM_TYPE, Writer, address

_BOX_TYPE = {ir.INT: int, ir.FLOAT: float}


def enters_from_frame(trace: ir.Trace) -> bool:
    """Can all inputs be had from the frame?"""
    if trace.kind == "bridge" or "frames" in trace.info or "function" in trace.info:
        return False
    return all(isinstance(op.desc, (ir.SlotDescr, ir.PartDescr, ir.NameDescr)) and op.type in (ir.REF, ir.INT, ir.FLOAT) for op in trace.inputs)


def frame_entry(w: Writer) -> list[str]:
    """The function that enters from the frame, as lines of text."""
    body, w.lines = w.lines, []
    w.begin("entry")
    w.out_word = False
    if w.trace.inputs or w.trace.info.get("nulls") or w.trace.info.get("namespace"):
        _copy_inputs(w)
    r = w.fresh()
    w.lines.append(f"{r} = tail call ptr @{w.name}_buf(ptr %ctx)")
    w.lines.append(f"ret ptr {r}")
    if w.out_word:
        w.lines.insert(1, "%out = alloca i64")
        w.lines[-2] = w.lines[-2].replace("tail call", "call")
    lines, w.lines = w.lines, body
    return [f"define ptr @{w.name}(ptr %ctx) nounwind {{", *lines, "}"]


def _copy_inputs(w: Writer) -> None:
    trace = w.trace
    buf, slots = w.ctx_field("buf"), w.ctx_field("slots")
    refuse = w.label("refuse")
    for field, expected in zip(("f_globals", "f_builtins", "f_locals"), trace.info.get("namespace", ())):
        v = w.fresh()
        w.load(v, "ptr", w.ctx_field("frame"), w.offset(f"frame.{field}"), "frame")
        _require(w, f"icmp eq ptr {v}, {address(expected)}", refuse)
    for slot in sorted(trace.info.get("nulls", ())):
        v = w.fresh()
        w.load(v, "ptr", slots, 8 * slot, "slots")
        _require(w, f"icmp eq ptr {v}, null", refuse)
    taken: list[tuple[ir.Op, str]] = []
    generators: list[str] = []
    whole: list[str] = []  # iterators that are taken apart
    parts: list[str] = []  # of the last of them, those that are still to come
    for k, op in enumerate(trace.inputs):
        if type(op.desc) is ir.PartDescr:
            if not parts:
                whole.append(_object_of(w, op, slots))
                parts = _parts(w, whole[-1], ir.iterator_tree(op.desc.of), refuse, generators)
            v = value = parts.pop(0)
        else:
            v = _object_of(w, op, slots)
            _require(w, f"icmp ne ptr {v}, null", refuse)
            value = _checked(w, op.type, v, refuse)
        taken.append((op, v))
        w.store(LLVM_TYPE[op.type], value, buf, 8 * k, "buf")
    for op, v in taken:
        _take(w, op, v)
    for v in generators:  # they die without being closed
        w.store("i8", str(ir.CREATED), v, w.offset(ir.GEN_STATE.name), ir.GEN_STATE.memory)
    for v in whole:
        change_count(w, v, "sub")
        w.lines.append(f"call void {w.symbol('_Py_Dealloc')}(ptr {v}) nounwind")
    after = w.label("b")
    w.lines.append(f"br label %{after}")
    w.begin(refuse)
    w.lines.append(f"ret ptr {address(w.plain_exit().address)}")
    w.begin(after)


def _require(w: Writer, condition: str, refuse: str) -> None:
    c, ok = w.fresh(), w.label("b")
    w.lines.append(f"{c} = {condition}")
    w.lines.append(f"br i1 {c}, label %{ok}, label %{refuse}, !prof !1")
    w.begin(ok)


def _object_of(w: Writer, op: ir.Op, slots: str) -> str:
    v = w.fresh()
    if type(op.desc) is not ir.NameDescr:
        w.load(v, "ptr", slots, 8 * op.desc.slot, "slots")
    else:
        d, key = w.object(op.desc.dict), w.object(op.desc.key)
        w.lines.append(f"{v} = call ptr {w.symbol('PyDict_GetItemWithError')}(ptr {d}, ptr {key}) nounwind")
    return v


def _checked(w: Writer, type: str, obj: str, refuse: str) -> str:
    """A value of this type, from its object."""
    box = _BOX_TYPE.get(type)
    if box is None:
        return obj
    t = w.fresh()
    w.load(t, "ptr", obj, w.offset("ob_type"), "ob_type")
    _require(w, f"icmp eq ptr {t}, {w.object(box)}", refuse)
    if type == ir.INT:
        return unbox_int(w, obj, refuse)
    value = w.fresh()
    w.load(value, "double", obj, w.offset("float.ob_fval"), "float")
    _require(w, f"fcmp ord double {value}, 0.0", refuse)
    return value


_STRICT = ir.ZIP_ITERS.offset + 16  # of a zip, an int
_TYPES = {name: t for t, name in NAMES.items()}


def _parts_of_generator(w: Writer, obj: str, tree: ir.IteratorTree, refuse: str, generators: list[str], holders: int) -> list[str]:
    shape = tree.shape
    assert shape is not None
    fits, inner = w.fresh(), iter(tree.inner)
    names = f"ptr {w.object(shape.desc.globals)}, ptr {w.object(shape.desc.builtins)}"
    w.lines.append(f"{fits} = call i64 {w.symbol('pt_is_plain_generator')}(ptr {obj}, i64 {shape.state}, i64 {shape.instruction}, {names}, i64 {holders}) nounwind")
    _require(w, f"icmp ne i64 {fits}, 0", refuse)
    found = [_field(w, obj, ir.GEN_FUNCTION)]
    for k, kind in enumerate(shape.slots):
        v = _field(w, obj, ir.gen_slot(k))
        _require(w, f"icmp {'eq' if kind is None else 'ne'} ptr {v}, null", refuse)
        if kind == ir.ITERATOR:
            found += _parts(w, v, next(inner), refuse, generators, 1 + shape.slots.count(f"={k}"))
        elif kind is not None and kind[0] == "=":
            _require(w, f"icmp eq ptr {v}, {_field(w, obj, ir.gen_slot(int(kind[1:])))}", refuse)
        elif kind is not None:
            found.append(_checked(w, kind, v, refuse))
    generators.append(obj)
    return found


def _parts(w: Writer, obj: str, tree: ir.IteratorTree, refuse: str, generators: list[str], holders: int = 1) -> list[str]:
    """The parts of an iterator of the right type that only one place refers to; so with those in it."""
    _require(w, f"icmp ne ptr {obj}, null", refuse)
    if tree.shape is not None:
        return _parts_of_generator(w, obj, tree, refuse, generators, holders)
    t = w.fresh()
    w.load(t, "ptr", obj, w.offset("ob_type"), "ob_type")
    _require(w, f"icmp eq ptr {t}, {w.object(_TYPES[tree.name])}", refuse)
    _require_alone(w, obj, refuse, holders)
    if tree.name == "new_enumerate":
        found = _parts(w, _field(w, obj, ir.ENUM_ITER), tree.inner[0], refuse, generators)
        count = _field(w, obj, ir.ENUM_INDEX)
        _require(w, f"icmp slt i64 {count}, {1 << 62}", refuse)
        return [*found, count]
    if tree.name == "new_zip":
        return _parts_of_zip(w, obj, tree, refuse, generators)
    first, second = FIELDS[tree.name]
    if tree.name == "new_range_iter":
        _require(w, f"icmp eq i64 {_field(w, obj, ir.RANGE_ITER_STEP)}, 1", refuse)
    part = _field(w, obj, first)
    if first.type == ir.REF:  # NULL: the iterator is exhausted
        _require(w, f"icmp ne ptr {part}, null", refuse)
    return [part, _field(w, obj, second)]


def _parts_of_zip(w: Writer, obj: str, tree: ir.IteratorTree, refuse: str, generators: list[str]) -> list[str]:
    strict, walked = w.fresh(), _field(w, obj, ir.ZIP_ITERS)
    w.load(strict, "i32", obj, _STRICT, "zip.strict")
    _require(w, f"icmp eq i32 {strict}, 0", refuse)
    _require_alone(w, walked, refuse)
    _require(w, f"icmp eq i64 {_field(w, walked, ir.TUPLE_SIZE)}, {len(tree.inner)}", refuse)
    found: list[str] = []
    for k, inner in enumerate(tree.inner):
        v = w.fresh()
        w.load(v, "ptr", walked, w.offset(ir.TUPLE_ITEM.offset_key) + 8 * k, ir.TUPLE_ITEM.memory)
        found += _parts(w, v, inner, refuse, generators)
    return found


def _require_alone(w: Writer, obj: str, refuse: str, holders: int = 1) -> None:
    count = w.fresh()
    w.load(count, "i32", obj, w.offset("ob_refcnt"), "refcount")
    _require(w, f"icmp eq i32 {count}, {holders}", refuse)


def _field(w: Writer, obj: str, field: ir.FieldDescr) -> str:
    v = w.fresh()
    w.load(v, LLVM_TYPE[field.type], obj, field.offset if field.offset >= 0 else w.offset(field.name), field.memory)
    return v


def _take(w: Writer, op: ir.Op, obj: str) -> None:
    if type(op.desc) is ir.PartDescr:
        if op.type == ir.REF:
            change_count(w, obj, "add")
        return
    from_slot = type(op.desc) is ir.SlotDescr
    if op.type == ir.REF:
        if not from_slot:
            for _ in range(w.trace.owned_inputs.count(op)):
                change_count(w, obj, "add")
    elif from_slot:
        dead, dealloc, done = w.fresh(), w.label("d"), w.label("b")
        w.lines.append(f"{dead} = icmp eq i32 {change_count(w, obj, 'sub')}, 0")
        w.lines.append(f"br i1 {dead}, label %{dealloc}, label %{done}")
        w.begin(dealloc)
        w.lines.append(f"call void {w.symbol('pt_free')}(ptr {obj}) nounwind")
        w.lines.append(f"br label %{done}")
        w.begin(done)
