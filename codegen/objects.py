"""Emitters of the operations on objects: boxes, reference counts, memory, allocations, calls."""

from __future__ import annotations

from ..tracer import ir
from .exits import RAISE
from .functions import native_call
from .homes import LEAVES, STAYS, VISITS
from .scalars import emits
from .shown import Shown, can_show
from .text import INVARIANT, LIKELY, LLVM_TYPE, UNLIKELY, ExitBlock, Writer, _counted, address

# -- boxes


@emits("box_int")
def _box_int(w: Writer, op: ir.Op, a: list[str]) -> None:
    """The small ints lie side by side.  Others of one digit are made in line."""
    index, known, place, made = (w.fresh() for _ in range(4))
    small, make, done = w.label("b"), w.label("b"), w.label("b")
    arms: list[str] = []
    w.lines.append(f"{index} = add i64 {a[0]}, {w.offset('small_ints.below')}")
    w.lines.append(f"{known} = icmp ult i64 {index}, {w.offset('small_ints.n')}")
    w.lines.append(f"br i1 {known}, label %{small}, label %{make}")
    w.begin(small)
    w.lines.append(f"{place} = getelementptr [{w.offset('small_ints.size')} x i8], ptr {w.symbol('pt_small_ints')}, i64 {index}")
    w.lines.append(f"br label %{done}")
    w.begin(make)
    if w.has_symbol("pt_blocks"):
        other, shifted, fits, negative, bits, tag, minus, digit = (w.fresh() for _ in range(8))
        call, short = w.label("d"), w.label("b")
        w.lines.append(f"{shifted} = add i64 {a[0]}, {(1 << 30) - 1}")
        w.lines.append(f"{fits} = icmp ult i64 {shifted}, {(1 << 31) - 1}")
        w.lines.append(f"br i1 {fits}, label %{short}, label %{call}, {LIKELY}")
        w.begin(short)
        box = _block(w, int, call)
        w.lines.append(f"{negative} = lshr i64 {a[0]}, 63")
        w.lines.append(f"{bits} = shl i64 {negative}, 1")
        w.lines.append(f"{tag} = or i64 {bits}, 8")
        w.store("i64", tag, box, w.offset("long.lv_tag"), "int")
        w.lines.append(f"{minus} = sub i64 0, {a[0]}")
        w.lines.append(f"{other} = call i64 @llvm.smax.i64(i64 {a[0]}, i64 {minus})")
        w.intrinsics["llvm.smax.i64"] = "declare i64 @llvm.smax.i64(i64, i64)"
        w.lines.append(f"{digit} = trunc i64 {other} to i32")
        w.store("i32", digit, box, w.offset("long.ob_digit0"), "int")
        w.lines.append(f"br label %{done}")
        arms.append(f"[ {box}, %{w.block} ]")
        w.begin(call)
    w.lines.append(f"{made} = call ptr {w.symbol('pt_box_int')}(i64 {a[0]}) {_PLAIN_ALLOCATOR}")
    w.lines.append(f"br label %{done}")
    arms += [f"[ {made}, %{w.block} ]", f"[ {place}, %{small} ]"]
    w.begin(done)
    w.lines.append(f"{w.define(op)} = phi ptr {', '.join(arms)}")


def _block(w: Writer, cls: type, otherwise: str) -> str:
    """An object of this class in one of the blocks that are kept (interp/boxes.c), or control goes to the label `otherwise`, which is written next.

    The list of blocks is C's as well, behind the back of LLVM, to which the allocators touch no memory of its own: hence volatile."""
    blocks = w.symbol("pt_blocks")
    first, some, following, room, more, count = (w.fresh() for _ in range(6))
    take = w.label("b")
    w.lines.append(f"{first} = load volatile ptr, ptr {blocks}")
    w.lines.append(f"{some} = icmp ne ptr {first}, null")
    w.lines.append(f"br i1 {some}, label %{take}, label %{otherwise}, {LIKELY}")
    w.begin(take)
    w.load(following, "ptr", first, 0, "refcount")
    w.lines.append(f"store volatile ptr {following}, ptr {blocks}")
    w.lines.append(f"{count} = getelementptr i8, ptr {blocks}, i64 8")
    w.lines.append(f"{room} = load volatile i64, ptr {count}")
    w.lines.append(f"{more} = add i64 {room}, 1")
    w.lines.append(f"store volatile i64 {more}, ptr {count}")
    w.store("i64", "1", first, w.offset("ob_refcnt"), "refcount")
    w.store("ptr", w.object(cls), first, w.offset("ob_type"), "ob_type")
    return first


@emits("box_float")
def _box_float(w: Writer, op: ir.Op, a: list[str]) -> None:
    if not w.has_symbol("pt_blocks"):
        w.lines.append(f"{w.define(op)} = call ptr {w.symbol('pt_box_float')}(double {a[0]}) {_PLAIN_ALLOCATOR}")
        return
    call, done, made = w.label("d"), w.label("b"), w.fresh()
    box = _block(w, float, call)
    w.store("double", a[0], box, w.offset("float.ob_fval"), "float")
    w.lines.append(f"br label %{done}")
    fast = w.block
    w.begin(call)
    w.lines.append(f"{made} = call ptr {w.symbol('pt_box_float')}(double {a[0]}) {_PLAIN_ALLOCATOR}")
    w.lines.append(f"br label %{done}")
    w.begin(done)
    w.lines.append(f"{w.define(op)} = phi ptr [ {box}, %{fast} ], [ {made}, %{call} ]")


# The new object's fields belong to memory that no other pointer reaches, and the allocator's own state is its own.
_PLAIN_ALLOCATOR = "nounwind willreturn memory(inaccessiblemem: readwrite)"


@emits("box_bool")
def _box_bool(w: Writer, op: ir.Op, a: list[str]) -> None:
    w.lines.append(f"{w.define(op)} = select i1 {a[0]}, ptr {w.object(True)}, ptr {w.object(False)}")


def unbox_int(w: Writer, obj: str, leave: str) -> str:
    """The value of an exact int, or control goes to the label `leave`.

    Up to two digits inline: the tag's low bits are 1 - sign, and the digit count starts at bit 3.  Zero has no digit, and sign 0.
    Two digits are read as one word.
    """
    tag, digit, wide, sign_bits, sign, small, compact = (w.fresh() for _ in range(7))
    w.load(tag, "i64", obj, w.offset("long.lv_tag"), "int")
    w.lines.append(f"{compact} = icmp ult i64 {tag}, 16")
    fast, cold, slow, done, long, two, sized = (w.label("b") for _ in range(7))
    w.lines.append(f"br i1 {compact}, label %{fast}, label %{cold}, {LIKELY}")
    w.begin(cold)
    is_two, pair, low, high, up, both = (w.fresh() for _ in range(6))
    w.lines.append(f"{is_two} = icmp ult i64 {tag}, 24")
    w.lines.append(f"br i1 {is_two}, label %{two}, label %{long}, {LIKELY}")
    w.begin(two)
    w.load(pair, "i64", obj, w.offset("long.ob_digit0"), "int")
    w.lines.append(f"{low} = and i64 {pair}, 4294967295")
    w.lines.append(f"{high} = lshr i64 {pair}, 32")
    w.lines.append(f"{up} = shl i64 {high}, {30}")
    w.lines.append(f"{both} = or i64 {low}, {up}")
    w.lines.append(f"br label %{sized}")
    w.begin(long)
    ok, big, fits, result = w.fresh(), w.fresh(), w.fresh(), w.fresh()
    w.out_word = True
    w.lines.append(f"{ok} = call i32 {w.symbol('pt_unbox_int')}(ptr {obj}, ptr %out) nounwind")
    w.lines.append(f"{fits} = icmp ne i32 {ok}, 0")
    w.lines.append(f"br i1 {fits}, label %{slow}, label %{leave}, {LIKELY}")
    w.begin(slow)
    w.load(big, "i64", "%out", 0, "stack")
    w.lines.append(f"br label %{done}")
    w.begin(fast)
    w.load(digit, "i32", obj, w.offset("long.ob_digit0"), "int")
    w.lines.append(f"{wide} = zext i32 {digit} to i64")
    w.lines.append(f"br label %{sized}")
    w.begin(sized)
    amount = w.fresh()
    w.lines.append(f"{amount} = phi i64 [ {wide}, %{fast} ], [ {both}, %{two} ]")
    w.lines.append(f"{sign_bits} = and i64 {tag}, 3")
    w.lines.append(f"{sign} = sub i64 1, {sign_bits}")
    w.lines.append(f"{small} = mul nsw i64 {sign}, {amount}")
    w.lines.append(f"br label %{done}")
    w.begin(done)
    w.lines.append(f"{result} = phi i64 [ {small}, %{sized} ], [ {big}, %{slow} ]")
    return result


@emits("unbox_int")
def _unbox_int(w: Writer, op: ir.Op, a: list[str]) -> None:
    exit = w.exit(op)
    exit.used = True
    w.names[op] = unbox_int(w, a[0], exit.label)


@emits("unbox_float")
def _unbox_float(w: Writer, op: ir.Op, a: list[str]) -> None:
    w.load(w.define(op), "double", a[0], w.offset("float.ob_fval"), "float")


@emits("unbox_bool")
def _unbox_bool(w: Writer, op: ir.Op, a: list[str]) -> None:
    w.lines.append(f"{w.define(op)} = icmp eq ptr {a[0]}, {w.object(True)}")


# -- reference counts (32 bits; negative: immortal).  No branch for immortals: they are written back unchanged.


def change_count(w: Writer, obj: str, operation: str) -> str:
    """One reference more ("add") or less ("sub"); the new count."""
    old, mortal, one, new = w.fresh(), w.fresh(), w.fresh(), w.fresh()
    w.load(old, "i32", obj, w.offset("ob_refcnt"), "refcount")
    w.lines.append(f"{mortal} = icmp sgt i32 {old}, -1")
    w.lines.append(f"{one} = zext i1 {mortal} to i32")
    w.lines.append(f"{new} = {operation} i32 {old}, {one}")
    w.store("i32", new, obj, w.offset("ob_refcnt"), "refcount")
    return new


@emits("incref")
def _incref(w: Writer, op: ir.Op, a: list[str]) -> None:
    if _counted(op.args[0]):
        change_count(w, a[0], "add")


@emits("decref")
def _decref(w: Writer, op: ir.Op, a: list[str]) -> None:
    """Without a snapshot the type is known to be harmless: its deallocation runs no Python code."""
    if not _counted(op.args[0]) or op in w.together:
        return
    exit = w.exit(op, mode=VISITS) if op.snap is not None else None
    if exit is not None:
        w.dirty = ""
        w.shown.clear()
    dead = w.fresh()
    w.lines.append(f"{dead} = icmp eq i32 {change_count(w, a[0], 'sub')}, 0")
    dealloc, done = w.label("d"), w.label("b")
    w.lines.append(f"br i1 {dead}, label %{dealloc}, label %{done}, {UNLIKELY}")
    w.begin(dealloc)
    if exit is None:
        w.lines.append(f"call void {w.symbol('pt_free')}(ptr {a[0]}) nounwind")
    else:
        w.put(exit.late)
        if w.function is None:
            w.lines.append(f"call void {w.symbol('pt_dealloc_sync')}(ptr %ctx, ptr {address(exit.address)}, ptr {a[0]}) nounwind")
        else:
            w.lines.append(f"call void {w.symbol('pt_native_dealloc')}(ptr %ctx, ptr {address(exit.address)}, ptr %buf, ptr {a[0]}) nounwind")
    w.lines.append(f"br label %{done}")
    w.begin(done)


@emits("own")
def _own(w: Writer, op: ir.Op, a: list[str]) -> None:
    pass


@emits("frame_slot")
def _frame_slot(w: Writer, op: ir.Op, a: list[str]) -> None:
    slots = w.ctx_field("slots")
    w.load(w.define(op), "ptr", slots, 8 * op.desc, "slots", ", " + INVARIANT)


@emits("global_ref")
def _(w: Writer, op: ir.Op, a: list[str]) -> None:
    w.names[op] = address(op.desc)


# -- memory

# fields that are not 8 bytes wide in C: LLVM type, and how it is widened
_NARROW = {"type.tp_version_tag": ("i32", "zext"), "generator.state": ("i8", "sext")}


@emits("load")
def _load(w: Writer, op: ir.Op, a: list[str]) -> None:
    d = op.desc
    if d.name == "inst.values_ptr" and d.offset == -1:
        _load_values_pointer(w, op, a[0])
        return
    offset = d.offset if d.offset != -1 else w.offset(d.name)
    more = ", " + INVARIANT if d.immutable else ""
    narrow = _NARROW.get(d.name)
    if narrow is not None:
        raw, (t, extend) = w.fresh(), narrow
        w.load(raw, t, a[0], offset, d.memory, more)
        w.lines.append(f"{w.define(op)} = {extend} {t} {raw} to i64")
    elif d.type == ir.BOOL:
        raw = w.fresh()
        w.load(raw, "i8", a[0], offset, d.memory, more)
        w.lines.append(f"{w.define(op)} = icmp ne i8 {raw}, 0")
    else:
        w.load(w.define(op), LLVM_TYPE[d.type], a[0], offset, d.memory, more)


def _load_values_pointer(w: Writer, op: ir.Op, obj: str) -> None:
    """The address of an instance's first inline attribute value, NULL where it has none.

    3.12: the third word before the object, tagged: an odd word + 1 is the pointer.  3.13: the values follow the object's fixed
    part (its type's tp_basicsize), with a byte that says whether they are valid.
    """
    layout = w.layout
    if layout["inst.values_inline"]:
        type, size, values, valid, ok = (w.fresh() for _ in range(5))
        w.load(type, "ptr", obj, w.offset("ob_type"), "ob_type")
        w.load(size, "i64", type, w.offset("type.tp_basicsize"), "type", ", " + INVARIANT)
        w.lines.append(f"{values} = getelementptr i8, ptr {obj}, i64 {size}")
        w.load(valid, "i8", values, w.offset("values.valid"), "inst.values_ptr")
        w.lines.append(f"{ok} = icmp ne i8 {valid}, 0")
        first = w.field(values, w.offset("values.values0"))
        w.lines.append(f"{w.define(op)} = select i1 {ok}, ptr {first}, ptr null")
        return
    word, odd, bit, values = (w.fresh() for _ in range(4))
    w.load(word, "i64", obj, w.offset("inst.dict_or_values"), "inst.values_ptr")
    w.lines.append(f"{bit} = and i64 {word}, 1")
    w.lines.append(f"{odd} = icmp ne i64 {bit}, 0")
    one = w.fresh()
    w.lines.append(f"{one} = add i64 {word}, {1 + layout['values.values0']}")
    w.lines.append(f"{values} = inttoptr i64 {one} to ptr")
    w.lines.append(f"{w.define(op)} = select i1 {odd}, ptr {values}, ptr null")


@emits("store")
def _store(w: Writer, op: ir.Op, a: list[str]) -> None:
    d = op.desc
    offset = d.offset if d.offset != -1 else w.offset(d.name)
    t, v = LLVM_TYPE[d.type], a[1]
    if d.name in _NARROW:
        t, v = _NARROW[d.name][0], w.fresh()
        w.lines.append(f"{v} = trunc i64 {a[1]} to {t}")
    elif d.type == ir.BOOL:
        t, v = "i8", w.fresh()
        w.lines.append(f"{v} = zext i1 {a[1]} to i8")
    w.store(t, v, a[0], offset, d.memory)


# items that are not 8 bytes wide: (LLVM type, how it becomes an int or float value, how it is made of one)
_NARROW_ITEMS = {
    "array.b": ("i8", "sext", "trunc"), "array.B": ("i8", "zext", "trunc"), "array.h": ("i16", "sext", "trunc"), "array.H": ("i16", "zext", "trunc"),
    "array.i": ("i32", "sext", "trunc"), "array.I": ("i32", "zext", "trunc"), "array.f": ("float", "fpext", ""),
}  # fmt: skip


def _element(w: Writer, op: ir.Op, a: list[str], type: str = "i64") -> str:
    key = op.desc.offset_key
    base = w.field(a[0], w.offset(key) if key else 0)
    p = w.fresh()
    w.lines.append(f"{p} = getelementptr {type}, ptr {base}, i64 {a[1]}")
    return p


@emits("load_at")
def _load_at(w: Writer, op: ir.Op, a: list[str]) -> None:
    d = op.desc
    narrow = _NARROW_ITEMS.get(d.name)
    if narrow is not None:
        item = w.fresh()
        w.load(item, narrow[0], _element(w, op, a, narrow[0]), 0, d.memory)
        w.lines.append(f"{w.define(op)} = {narrow[1]} {narrow[0]} {item} to {LLVM_TYPE[d.type]}")
        return
    w.load(w.define(op), LLVM_TYPE[d.type], _element(w, op, a), 0, d.memory, ", " + INVARIANT if d.immutable else "")


@emits("store_at", "put_at")
def _store_at(w: Writer, op: ir.Op, a: list[str]) -> None:
    d = op.desc
    narrow = _NARROW_ITEMS.get(d.name)
    if narrow is not None:
        item = w.fresh()
        w.lines.append(f"{item} = {narrow[2]} {LLVM_TYPE[d.type]} {a[2]} to {narrow[0]}")
        w.store(narrow[0], item, _element(w, op, a, narrow[0]), 0, d.memory)
        return
    w.store(LLVM_TYPE[d.type], a[2], _element(w, op, a), 0, d.memory)


@emits("store_float")
def _store_float(w: Writer, op: ir.Op, a: list[str]) -> None:
    d = op.desc
    _recycle(w, w.field(a[0], d.offset if d.offset != -1 else w.offset(d.name)), a[1], d.memory)


def place_of(w: Writer, op: ir.Op, a: list[str]) -> str:
    """The address that a store or store_at writes to."""
    d = op.desc
    if len(a) > 1:
        return _element(w, op, a)
    return w.field(a[0], d.offset if d.offset != -1 else w.offset(d.name))


@emits("store_float_at")
def _store_float_at(w: Writer, op: ir.Op, a: list[str]) -> None:
    _recycle(w, _element(w, op, a), a[2], op.desc.memory)


@emits("store_int")
def _store_int(w: Writer, op: ir.Op, a: list[str]) -> None:
    d = op.desc
    place = w.field(a[0], d.offset if d.offset != -1 else w.offset(d.name))
    w.lines.append(f"call void {w.symbol('pt_store_int')}(ptr {place}, i64 {a[1]}) nounwind")


@emits("store_int_at")
def _store_int_at(w: Writer, op: ir.Op, a: list[str]) -> None:
    w.lines.append(f"call void {w.symbol('pt_store_int')}(ptr {_element(w, op, a)}, i64 {a[2]}) nounwind")


def _recycle(w: Writer, place: str, value: str, memory: str) -> None:
    """Puts a float object with this value into a place: the old one, if it is an exact float that only this place refers to."""
    old, type, refs, is_float, alone, both = (w.fresh() for _ in range(6))
    write, replace, done = w.label("b"), w.label("b"), w.label("b")
    w.load(old, "ptr", place, 0, memory)
    w.load(type, "ptr", old, w.offset("ob_type"), "ob_type")
    w.load(refs, "i32", old, w.offset("ob_refcnt"), "refcount")
    w.lines.append(f"{is_float} = icmp eq ptr {type}, {w.object(float)}")
    w.lines.append(f"{alone} = icmp eq i32 {refs}, 1")
    w.lines.append(f"{both} = and i1 {is_float}, {alone}")
    w.lines.append(f"br i1 {both}, label %{write}, label %{replace}, {LIKELY}")
    w.begin(replace)
    w.lines.append(f"call void {w.symbol('pt_store_float')}(ptr {place}, double {value}) nounwind")
    w.lines.append(f"br label %{done}")
    w.begin(write)
    w.store("double", value, old, w.offset("float.ob_fval"), "float")
    w.lines.append(f"br label %{done}")
    w.begin(done)


# -- allocations (all helpers steal as the op table says; NULL only when memory is exhausted)


def array(w: Writer, values: list[str], types: list[str]) -> str:
    """Values side by side on the C stack; the word before them is free, as vectorcall likes it."""
    stack = w.scratch(len(values) + 1)
    for k, (t, v) in enumerate(zip(types, values)):
        w.store(t, v, stack, 8 * (k + 1), "stack")
    return w.field(stack, 8)


def _new_sequence(symbol: str):
    def emit(w: Writer, op: ir.Op, a: list[str]) -> None:
        items = array(w, a, ["ptr"] * len(a)) if a else "null"
        w.lines.append(f"{w.define(op)} = call ptr {w.symbol(symbol)}(i64 {len(a)}, ptr {items}) nounwind")

    return emit


emits("new_tuple")(_new_sequence("pt_new_tuple"))
emits("new_list")(_new_sequence("pt_new_list"))


def _new_by_api(symbol: str, *refs: int):
    """An allocation by a C function.  One of the C API takes references of its own: the operands `refs` give theirs up (it cannot be the last)."""

    def emit(w: Writer, op: ir.Op, a: list[str]) -> None:
        args = ", ".join(f"{LLVM_TYPE[v.type]} {x}" for v, x in zip(op.args, a))
        w.lines.append(f"{w.define(op)} = call ptr {w.symbol(symbol)}({args}) nounwind")
        for k in refs:
            _give_up(w, op.args[k], a[k])

    return emit


def _give_up(w: Writer, v: ir.Value, text: str) -> None:
    if _counted(v):
        change_count(w, text, "sub")


emits("new_method")(_new_by_api("PyMethod_New", 0, 1))
emits("new_cell")(_new_by_api("PyCell_New", 0))
emits("new_slice")(_new_by_api("PySlice_New", 0, 1, 2))
emits("new_complex")(_new_by_api("PyComplex_FromDoubles"))
emits("new_range_iter")(_new_by_api("pt_range_iter_new"))
emits("new_range")(_new_by_api("pt_new_range"))
emits("new_list_iter")(_new_by_api("pt_list_iter_new"))
emits("new_tuple_iter")(_new_by_api("pt_tuple_iter_new"))
emits("new_enumerate")(_new_by_api("pt_new_enumerate"))
emits("new_zip")(_new_by_api("pt_new_zip"))
emits("new_function")(_new_by_api("pt_make_function"))


@emits("new_generator")
def _new_generator(w: Writer, op: ir.Op, a: list[str]) -> None:
    words = array(w, a, [LLVM_TYPE[v.type] for v in op.args])
    w.lines.append(f"{w.define(op)} = call ptr {w.symbol('pt_new_generator')}(i64 {len(a)}, ptr {words}) nounwind")


@emits("new_instance")
def _new_instance(w: Writer, op: ir.Op, a: list[str]) -> None:
    if not op.desc:
        w.lines.append(f"{w.define(op)} = call ptr {w.symbol('pt_new_instance')}(ptr {a[0]}) nounwind")
        return
    maker = w.env.new_maker(op.args[0].value, op.desc)  # pyright: ignore[reportAttributeAccessIssue]
    w.keep.append(maker)
    values = array(w, a[1:], ["ptr"] * len(op.desc))
    w.lines.append(f"{w.define(op)} = call ptr {w.symbol('pt_make_instance')}(ptr {address(maker.address)}, ptr {values}) nounwind")


# -- calls

# Width of an `int` result in C, which a descriptor does not tell: what reports errors by -1 returns a C int (32 bits), but for these …
_WORD_RESULT = frozenset(
    {
        "PyObject_Size", "PyObject_Length", "PyObject_LengthHint", "PyObject_Hash", "PySequence_Size", "PySequence_Length",
        "PySequence_Count", "PySequence_Index", "PyMapping_Size", "PyMapping_Length", "PyList_Size", "PyTuple_Size",
        "PyDict_Size", "PySet_Size", "PyBytes_Size", "PyUnicode_GetLength", "PyUnicode_Find", "PyUnicode_FindChar",
        "PyUnicode_Count", "PyUnicode_Tailmatch", "PyNumber_AsSsize_t", "PyLong_AsSsize_t", "PyLong_AsLong",
        "PyLong_AsLongLong",
    }
)  # fmt: skip
# … and everything else returns a word, but for these.
_INT_RESULT = frozenset(["PyObject_IsTrue", "PyObject_Not", "PyCallable_Check", "PyIter_Check", "PySequence_Check", "PyMapping_Check", "PyType_IsSubtype"])


def _effects(d: ir.CallDescr) -> str:
    if d.pure:
        return " nounwind willreturn memory(none)" if "r" not in d.args else " nounwind willreturn memory(read)"
    return " nounwind"


def _show(w: Writer, what: str, exit: ExitBlock) -> None:
    """Makes the frames real (sync), or takes that back (unsync)."""
    if w.function is None:
        w.lines.append(f"call void {w.symbol('pt_' + what)}(ptr %ctx, ptr {address(exit.address)}) nounwind")
    else:
        w.lines.append(f"call void {w.symbol('pt_native_' + what)}(ptr %ctx, ptr {address(exit.address)}, ptr %buf) nounwind")


@emits("call")
def _call(w: Writer, op: ir.Op, a: list[str]) -> None:
    d: ir.CallDescr = op.desc
    if d.target is not None:
        native_call(w, op, a)
        return
    inline = _INLINE.get(d.symbol)
    if inline is not None and inline(w, op, a):
        return
    if d.runs:
        w.dirty = ""
    exit = w.exit(op, RAISE if d.error else 0, mode=STAYS if d.runs else LEAVES) if d.runs or d.error else None
    sync = exit if d.runs else None
    shown = Shown(w, op, sync) if sync is not None and can_show(w, op) else None
    if shown is not None:
        shown.begin()
    elif sync is not None:
        w.shown.clear()
        _show(w, "sync", sync)
    result = _c_call(w, op, d, a)
    if shown is not None:
        shown.end()
    elif sync is not None:
        _show(w, "unsync", sync)
    if d.error:
        assert exit is not None
        _check_error(w, op, d, result, exit)
    _define_result(w, op, d, result)


# -- C functions of ours that are a few instructions, most of the time


def _append(w: Writer, op: ir.Op, a: list[str]) -> bool:
    """To a list with room for another item."""
    size, room, fits, items, place, more, status, bad = (w.fresh() for _ in range(8))
    fast, slow, done = w.label("b"), w.label("b"), w.label("b")
    exit = w.exit(op, RAISE)
    w.load(size, "i64", a[0], w.offset("list.ob_size"), ir.LIST_SIZE.memory)
    w.load(room, "i64", a[0], w.offset("list.allocated"), "list.allocated")
    w.lines.append(f"{fits} = icmp slt i64 {size}, {room}")
    w.lines.append(f"br i1 {fits}, label %{fast}, label %{slow}, {LIKELY}")
    w.begin(slow)
    w.lines.append(f"{status} = call i32 {w.symbol('pt_list_append')}(ptr {a[0]}, ptr {a[1]}) nounwind")
    w.lines.append(f"{bad} = icmp slt i32 {status}, 0")
    exit.used = True
    w.lines.append(f"br i1 {bad}, label %{exit.label}, label %{done}, {UNLIKELY}")
    w.begin(fast)
    w.load(items, "ptr", a[0], w.offset(ir.LIST_ITEMS.name), ir.LIST_ITEMS.memory)
    w.lines.append(f"{place} = getelementptr ptr, ptr {items}, i64 {size}")
    w.store("ptr", a[1], place, 0, ir.LIST_ITEM.memory)
    w.lines.append(f"{more} = add nsw i64 {size}, 1")
    w.store("i64", more, a[0], w.offset("list.ob_size"), ir.LIST_SIZE.memory)
    w.lines.append(f"br label %{done}")
    w.begin(done)
    w.names[op] = "0"
    return True


def _ascii_char(w: Writer, op: ir.Op, a: list[str]) -> bool:
    """The characters of compact ASCII strings begin behind the header; the strings of one character lie side by side."""
    base = w.field(a[0], w.offset("str.ascii_size"))
    place, char, index = w.fresh(), w.fresh(), w.fresh()
    w.lines.append(f"{place} = getelementptr i8, ptr {base}, i64 {a[1]}")
    w.load(char, "i8", place, 0, "str.data", ", " + INVARIANT)
    w.lines.append(f"{index} = zext i8 {char} to i64")
    w.lines.append(f"{w.define(op)} = getelementptr [{w.offset('str.ascii_char_size')} x i8], ptr {w.symbol('pt_ascii_chars')}, i64 {index}")
    return True


def _str_eq(w: Writer, op: ir.Op, a: list[str]) -> bool:
    """The same object is equal; strings that lie side by side, as characters do, are equal only then."""
    same, r, result, chars = w.fresh(), w.fresh(), w.define(op), w.offset("str.ascii_char_size") * 128
    ask, look, done = w.label("b"), w.label("b"), w.label("b")
    before = w.block
    w.lines.append(f"{same} = icmp eq ptr {a[0]}, {a[1]}")
    w.lines.append(f"br i1 {same}, label %{done}, label %{look}")
    w.begin(look)
    inside = []
    for x in a:
        number, distance, near = w.fresh(), w.fresh(), w.fresh()
        w.lines.append(f"{number} = ptrtoint ptr {x} to i64")
        w.lines.append(f"{distance} = sub i64 {number}, ptrtoint (ptr {w.symbol('pt_ascii_chars')} to i64)")
        w.lines.append(f"{near} = icmp ult i64 {distance}, {chars}")
        inside.append(near)
    both = w.fresh()
    w.lines.append(f"{both} = and i1 {inside[0]}, {inside[1]}")
    w.lines.append(f"br i1 {both}, label %{done}, label %{ask}")
    w.begin(ask)
    w.lines.append(f"{r} = call i64 {w.symbol('pt_str_eq')}(ptr {a[0]}, ptr {a[1]}){_effects(op.desc)}")
    w.lines.append(f"br label %{done}")
    w.begin(done)
    w.lines.append(f"{result} = phi i64 [ 1, %{before} ], [ 0, %{look} ], [ {r}, %{ask} ]")
    return True


_INLINE = {"pt_list_append": _append, "pt_ascii_char": _ascii_char, "pt_str_eq": _str_eq}


def _arguments(w: Writer, op: ir.Op, d: ir.CallDescr, a: list[str]) -> str:
    pairs: list[tuple[str, str]] = [("ptr", "%ctx")] if d.ctx else []
    values = list(zip(op.args, a))
    if d.vector:
        rest = values[1:]
        for v, text in values[:1]:
            pairs.append((LLVM_TYPE[v.type], text))
        args = array(w, [x for _, x in rest], [LLVM_TYPE[v.type] for v, _ in rest]) if rest else "null"
        pairs += [("ptr", args), ("i64", str(len(rest)))]
    else:
        for v, text in values:
            if v.type == ir.BOOL:
                wide = w.fresh()
                w.lines.append(f"{wide} = zext i1 {text} to i32")
                pairs.append(("i32", wide))
            else:
                pairs.append((LLVM_TYPE[v.type], text))
    return ", ".join(f"{t} {x}" for t, x in pairs)


def _is_c_int(d: ir.CallDescr) -> bool:
    if d.result == ir.BOOL or d.symbol in _INT_RESULT:
        return True
    return d.error == "neg" and d.symbol not in _WORD_RESULT


def _c_call(w: Writer, op: ir.Op, d: ir.CallDescr, a: list[str]) -> str:
    args = _arguments(w, op, d, a)
    type = "i32" if _is_c_int(d) else LLVM_TYPE[d.result]
    call = f"call {type} {w.symbol(d.symbol)}({args}){_effects(d)}"
    if type == "void":
        w.lines.append(call)
        return ""
    r = w.fresh()
    w.lines.append(f"{r} = {call}")
    return r


def _check_error(w: Writer, op: ir.Op, d: ir.CallDescr, result: str, exit: ExitBlock) -> None:
    bad = w.fresh()
    if d.error == "null":
        w.lines.append(f"{bad} = icmp eq ptr {result}, null")
    else:
        w.lines.append(f"{bad} = icmp slt {'i32' if _is_c_int(d) else 'i64'} {result}, 0")
    w.leave_if(bad, exit)


def _define_result(w: Writer, op: ir.Op, d: ir.CallDescr, result: str) -> None:
    if d.result == ir.BOOL:
        w.lines.append(f"{w.define(op)} = icmp ne i32 {result}, 0")
    elif d.result == ir.INT and _is_c_int(d):
        w.lines.append(f"{w.define(op)} = sext i32 {result} to i64")
    elif d.result != ir.VOID:
        w.names[op] = result
