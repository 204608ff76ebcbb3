"""The label: what a loop carries from one iteration to the next, and in which form.

The source's label has one phi for each input, all of them references.  Here each becomes a *shape*, a small tree:

    SAME      the same value each time around: no phi
    PHI       a phi, and what is known of it (type, not NULL, range)
    BOX       a number object: its number is carried instead (one part)
    VIRTUAL   an object that is not allocated: its items are carried instead (a part for each)
    SHARED    the same virtual object as elsewhere in the state

A shape describes the value at both ends, on arrival from above and at the jump.  The first guess is made from what arrives.  The loop's
body is optimized under the guess; then the jump's values are held against it.  `meet` lowers a shape until it describes the
value too: SAME -> BOX or PHI, VIRTUAL -> PHI, BOX -> PHI, PHI with fewer facts.  If anything had to be lowered, what was done under the
guess is thrown away and done again.  Each round lowers something, shapes are finite and ranges are widened in a few steps, so this
ends; and ROUNDS bounds it: the last guess assumes nothing at all and fits always.

Memory is treated alike.  A place that holds the same value at both ends (of a round) is known in the loop from the start.  A number
that the loop keeps in memory (a counter in an object) gets a phi: loads find it, stores remain.  So are facts about classes of
objects and about watched things, which Python code may change.  A guess that nobody has used can be wrong without harm.

References: the label and the jump steal their reference operands, and the loop owns its reference phis.  A value that is SAME keeps the
reference that it has.  Where a number is carried instead of its object, the object's reference is given up on the way.
"""

from __future__ import annotations

from typing import Any

from ..tracer import ir
from ..tracer.ir import Const, Op
from .codes import C
from .forward import FULL, MAX, MIN, Forward
from .guards import is_nonnull
from .objects import BOX_OF, TYPES, UNBOXED_TYPE
from .virtuals import make

SAME, PHI, BOX, VIRTUAL, SHARED = range(5)
ROUNDS = 6


class Shape:
    """One node of the state.  Which attributes count depends on `kind`; `now` is the value of this round."""

    __slots__ = ("kind", "type", "value", "cls", "nonnull", "low", "high", "code", "desc", "parts", "target", "now")

    def __init__(self, kind: int, type: str) -> None:
        self.kind = kind
        self.type = type
        self.value: Any = None  # SAME
        self.cls: type | None = None  # PHI
        self.nonnull = False
        self.low, self.high = FULL
        self.code = -1  # BOX, VIRTUAL
        self.desc: Any = None
        self.parts: list[Shape] = []
        self.target: Shape | None = None  # SHARED
        self.now: Any = None

    def become(self, other: Shape) -> bool:
        for name in Shape.__slots__:
            setattr(self, name, getattr(other, name))
        return True


class Place:
    """A place in memory whose content is known on arrival."""

    __slots__ = ("memory", "key", "shape")

    def __init__(self, memory: str, key: tuple, shape: Shape) -> None:
        self.memory = memory
        self.key = key
        self.shape = shape


# -- the first guess


def same(v: ir.Value) -> Shape:
    shape = Shape(SAME, v.type)
    shape.value = v
    return shape


def phi(fw: Forward, *values: ir.Value) -> Shape:
    """A phi with what is known of all these values."""
    shape = Shape(PHI, values[0].type)
    if shape.type == ir.REF:
        cls = fw.type_of(values[0])
        shape.cls = cls if all(fw.type_of(v) is cls for v in values) else None
        shape.nonnull = all(is_nonnull(fw, v) for v in values)
    elif shape.type == ir.INT:
        shape.low, shape.high = fw.range(values[0])
        for v in values[1:]:
            widen(shape, *fw.range(v))
    return shape


def number(fw: Forward, v: ir.Value) -> ir.Value | None:
    """The number in a number object, where it is at hand."""
    if "virtuals" in fw.off or "objects" in fw.info and v not in fw.virtual:
        return None
    if type(v) is Const:
        if type(v.value) not in BOX_OF or type(v.value) is int and not MIN <= v.value <= MAX:
            return None
        return fw.const(UNBOXED_TYPE[BOX_OF[type(v.value)]], v.value)
    if fw.types.get(v) not in BOX_OF:
        return None
    n = fw.unboxed.get(v)
    return fw.known.get(n, n)


def box_code(fw: Forward, v: ir.Value) -> int:
    return BOX_OF[type(v.value) if type(v) is Const else fw.types[v]]


def guess(fw: Forward, v: ir.Value, seen: dict) -> Shape:
    """The shape of a value that arrives."""
    if type(v) is Const or v in fw.pinned:
        return same(v)
    if v.type != ir.REF:
        return phi(fw, v)
    n = number(fw, v)
    if n is not None:
        return parted(BOX, box_code(fw, v), None, [guess(fw, n, seen)])
    virtual = fw.virtual.get(v)
    if virtual is None:
        return same(v) if is_invariant(fw, v) else phi(fw, v)
    if v in seen:
        shape = Shape(SHARED, ir.REF)
        shape.target = seen[v]
        return shape
    seen[v] = shape = parted(VIRTUAL, virtual.code, virtual.desc, [])
    shape.parts = [guess(fw, item, seen) for item in virtual.items]
    return shape


def is_invariant(fw: Forward, v: Any) -> bool:
    """Whether a value comes from a fixed place in memory that the iteration has not written to."""
    if type(v) is Const or v in fw.pinned or v.code == C.FRAME_SLOT:
        return True
    if v.code not in (C.LOAD, C.LOAD_AT) or fw.ran or v.desc.memory in fw.wrote or "*" in fw.wrote:
        return False
    return all(is_invariant(fw, a) for a in v.args)


def parted(kind: int, code: int, desc: Any, parts: list[Shape]) -> Shape:
    shape = Shape(kind, ir.REF)
    shape.code, shape.desc, shape.parts = code, desc, parts
    return shape


def places(fw: Forward) -> list[Place]:
    """What memory may still hold at the end of an iteration, going by the first one."""
    found: list[Place] = []
    if fw.ran or "*" in fw.wrote:
        return found
    for (memory, key), desc in fw.kept.items():
        if key not in fw.heap.get(memory, ()):  # something unlikely got in between
            fw.again(C.LOAD, key[1:], desc=desc)
    for memory, cells in fw.heap.items():
        written = memory in fw.wrote
        for key, value in cells.items():
            if not written:
                found.append(Place(memory, key, same(value)))
            elif value.type in (ir.INT, ir.FLOAT) and (len(key) == 2 or type(key[2]) is Const):
                found.append(Place(memory, key, same(value) if type(value) is Const else phi(fw, value)))
    return found


# -- meet: the shape that describes the value as well


def meet(fw: Forward, shape: Shape, v: ir.Value, seen: dict) -> bool:
    """Lowers a shape until it describes v; whether it had to."""
    return MEET[shape.kind](fw, shape, v, seen)


def meet_all(fw: Forward, shapes: list[Shape], values: list, seen: dict) -> bool:
    lowered = False
    for shape, v in zip(shapes, values):
        lowered |= meet(fw, shape, v, seen)
    return lowered


def meet_same(fw: Forward, shape: Shape, v: ir.Value, seen: dict) -> bool:
    old = shape.value
    if v is old:
        return False
    if v.type == ir.REF:
        n, m = number(fw, old), number(fw, v)
        if n is not None and m is not None and n.type == m.type:
            return shape.become(parted(BOX, box_code(fw, v), None, [same(n) if n is m else phi(fw, n, m)]))
    return shape.become(phi(fw, old, v))


def meet_phi(fw: Forward, shape: Shape, v: ir.Value, seen: dict) -> bool:
    if shape.type == ir.INT:
        return widen(shape, *fw.range(v))
    lowered = False
    if shape.cls is not None and fw.type_of(v) is not shape.cls:
        shape.cls = None
        lowered = True
    if shape.nonnull and not is_nonnull(fw, v):
        shape.nonnull = False
        lowered = True
    return lowered


def meet_box(fw: Forward, shape: Shape, v: ir.Value, seen: dict) -> bool:
    n = number(fw, v)
    if n is None or box_code(fw, v) != shape.code:
        return shape.become(plain(fw, TYPES[shape.code], v))
    return meet(fw, shape.parts[0], n, seen)


def meet_virtual(fw: Forward, shape: Shape, v: ir.Value, seen: dict) -> bool:
    virtual = fw.nested.get(v)
    if virtual is None or v in seen or (virtual.code, virtual.desc) != (shape.code, shape.desc) or len(virtual.items) != len(shape.parts):
        return shape.become(plain(fw, TYPES.get(shape.code), v))
    seen[v] = shape
    return meet_all(fw, shape.parts, virtual.items, seen)


def meet_shared(fw: Forward, shape: Shape, v: ir.Value, seen: dict) -> bool:
    target = shape.target
    assert target is not None
    if target.kind == VIRTUAL and seen.get(v) is target:
        return False
    if target.kind == VIRTUAL:
        target.become(plain(fw, TYPES.get(target.code), v))
    return shape.become(plain(fw, target.cls, v))


MEET = [meet_same, meet_phi, meet_box, meet_virtual, meet_shared]


def plain(fw: Forward, cls: type | None, v: ir.Value) -> Shape:
    """A phi for references of this type, or v."""
    shape = Shape(PHI, ir.REF)
    shape.cls = cls if cls is not None and fw.type_of(v) is cls else None
    shape.nonnull = is_nonnull(fw, v)
    return shape


STEPS = (0, -1, MIN), ((1 << 31) - 1, (1 << 60), MAX)


def widen(shape: Shape, low: int, high: int) -> bool:
    """Makes room for (low, high) in a phi's range, in large steps."""
    lowered = False
    if low < shape.low:
        shape.low = next(step for step in STEPS[0] if step <= low)
        lowered = True
    if high > shape.high:
        shape.high = next(step for step in STEPS[1] if step >= high)
        lowered = True
    return lowered


# -- both ends


def settle(fw: Forward, shape: Shape, v: ir.Value) -> None:
    """Allocates what has to be an object by the shape."""
    if shape.kind == PHI:
        if v in fw.virtual:
            fw.virtual[v].force(fw, v)
    elif shape.kind == VIRTUAL and v in fw.nested:
        for part, item in zip(shape.parts, fw.nested[v].items):
            settle(fw, part, item)


def fit(fw: Forward, shapes: list[Shape], values: list) -> bool:
    """Whether the shapes describe the values; they do afterwards."""
    for shape, v in zip(shapes, values):
        settle(fw, shape, v)
    return not meet_all(fw, shapes, values, {})


def give(fw: Forward, shape: Shape, v: Any, operands: list, drops: list) -> None:
    """Takes a value apart into operands; `drops`: objects of which a reference is left over."""
    if shape.kind == PHI:
        operands.append(v)
    elif shape.kind != SAME:
        virtual: Any = fw.virtual.get(v)
        if virtual is not None:
            virtual.count -= 1
        elif shape.kind == BOX:
            drops.append(v)
        if shape.kind == BOX:
            give(fw, shape.parts[0], number(fw, v), operands, drops)
        elif virtual is not None and shape.kind == VIRTUAL:
            for part, item in zip(shape.parts, virtual.items):
                give(fw, part, item, operands, drops)


def hand_over(fw: Forward, shapes: list[Shape], values: list) -> list:
    """The operands of label or jump."""
    operands: list = []
    drops: list = []
    for shape, v in zip(shapes, values):
        give(fw, shape, v, operands, drops)
    for v in drops:
        fw.again(C.DECREF, (v,), fw.snap)
    return operands


def take(fw: Forward, shape: Shape, phis: list[Op]) -> Any:
    """The value inside the loop that a shape stands for."""
    if shape.kind == SAME:
        shape.now = shape.value
    elif shape.kind == PHI:
        shape.now = new_phi(fw, shape, phis)
    elif shape.kind == SHARED:
        assert shape.target is not None
        shape.now = shape.target.now
        fw.virtual[shape.now].count += 1
    else:
        shape.now = make(fw, shape.code, shape.desc, [take(fw, part, phis) for part in shape.parts], 1)
    return shape.now


def new_phi(fw: Forward, shape: Shape, phis: list[Op]) -> Op:
    op = Op(C.PHI, (), shape.type)
    op.num = len(fw.out)
    phis.append(op)
    if shape.cls is not None:
        fw.set_type(op, shape.cls)
    if shape.nonnull:
        fw.nonnull.add(op)
    if (shape.low, shape.high) != FULL:
        fw.ranges[op] = (shape.low, shape.high)
    return op


# -- the loop


class Loop:
    """The state that is carried around, and the guesses about it."""

    __slots__ = ("fw", "values", "shapes", "places", "moving", "volatile", "flags", "label")

    def __init__(self, fw: Forward, values: list, shapes: list[Shape]) -> None:
        self.fw = fw
        self.values = values
        self.shapes = shapes
        self.places = places(fw)
        self.moving: list[Place] = []  # those that got a phi in this round
        self.volatile = {} if fw.ran else fw.volatile.copy()
        self.flags = set() if fw.ran else fw.flags.copy()
        self.label: Op | None = None

    def arrive(self, source: Op) -> bool:
        """Writes the label and binds the source's phis; False where the guess does not even fit what arrives."""
        fw = self.fw
        if not fit(fw, self.shapes, self.values):
            return False
        operands = hand_over(fw, self.shapes, self.values)
        self.moving = [place for place in self.places if place.shape.kind == PHI]
        operands += [fw.heap[place.memory][place.key] for place in self.moving]
        fw.virtual = {op: v for op, v in fw.virtual.items() if v.code == C.BOX_BOOL}
        fw.nested = {}
        fw.volatile = self.volatile.copy()
        fw.flags = self.flags.copy()
        phis: list[Op] = []
        for shape, old in zip(self.shapes, source.desc):
            old.fwd = take(fw, shape, phis)
        fw.heap = {}
        for place in self.places:
            fw.heap.setdefault(place.memory, {})[place.key] = take(fw, place.shape, phis)
        self.label = fw.write(Op(C.LABEL, tuple(operands), ir.VOID, phis))
        fw.base = len(fw.out)
        fw.snaps.clear()
        fw.frames.clear()
        return True

    def leave(self, source: Op) -> bool:
        """Writes the jump; False where the guess was wrong."""
        fw = self.fw
        values = [fw.value(v) for v in source.args]
        fits = [fit(fw, self.shapes, values), self.places_hold(), self.facts_hold()]
        if not all(fits):
            return False
        operands = hand_over(fw, self.shapes, values)
        self.drop_unused()
        operands += [fw.heap[place.memory][place.key] for place in self.moving]
        fw.write(Op(C.JUMP, tuple(operands), ir.VOID))
        return True

    def drop_unused(self) -> None:
        """Removes phis for memory that no load has asked for."""
        label = self.label
        assert label is not None
        unused = {place.shape.now for place in self.moving} - self.fw.hits
        if unused:
            self.moving = [place for place in self.moving if place.shape.now not in unused]
            kept = [k for k, p in enumerate(label.desc) if p not in unused]
            label.args = tuple([label.args[k] for k in kept])
            label.desc = [label.desc[k] for k in kept]

    def places_hold(self) -> bool:
        """Whether memory holds at the end what it was said to hold at the start."""
        fw = self.fw
        kept, held = [], True
        for place in self.places:
            value = fw.heap.get(place.memory, {}).get(place.key)
            used = place.shape.now in fw.hits
            if value is None:
                held &= not used
                continue
            if place.shape.kind == SAME and value is not place.shape.value and (value.type in (ir.REF, ir.PTR) or not used):
                held &= not used
                continue
            kept.append(place)
            if meet(fw, place.shape, value, {}):
                held = False
        self.places = kept
        return held

    def facts_hold(self) -> bool:
        """The same for classes of objects and for watched things."""
        fw = self.fw
        lost = [v for v, cls in self.volatile.items() if fw.volatile.get(v) is not cls]
        void = self.flags - fw.flags
        for v in lost:
            del self.volatile[v]
        self.flags -= void
        return not any(x in fw.hits for x in (*lost, *void))

    def assume_nothing(self) -> None:
        for shape in self.shapes:
            if shape.kind != SAME or shape.value not in self.fw.pinned:
                shape.become(Shape(PHI, shape.type))
        self.places = []
        self.volatile = {}
        self.flags = set()


def unchanged(label: Op, jump: Op) -> list[int]:
    """For each phi: the phi, unchanged in the loop, that it equals from the second iteration on; -1: none."""
    index = {p: k for k, p in enumerate(label.desc)}
    sources = [index.get(v, -1) for v in jump.args]
    return [m if m >= 0 and sources[m] == m else -1 for m in sources]


def stays_with(source: Op) -> bool:
    """Whether an input that arrives at the label as it came is likely to stay: a number, or what an iterator walks over."""
    return source.type != ir.REF or type(source.desc) is ir.PartDescr


def close(fw: Forward, trace: ir.Trace, header: int) -> None:
    """Optimizes a trace with a label at ops[header]."""
    ops = trace.ops
    label, jump, body = ops[header], ops[-1], ops[header + 1 : -1]
    stays = unchanged(label, jump)
    for k, m in enumerate(stays):
        if m == k and type(label.args[k]) is Op and label.args[k].code == C.INPUT:
            fw.pinned.add(label.args[k].fwd)
    fw.walk(ops[:header])
    values = [fw.value(v) for v in label.args]
    seen: dict = {}
    shapes = [
        same(v) if m >= 0 and values[m] is v and v not in fw.virtual or v is old.fwd and stays_with(old) else guess(fw, v, seen)
        for v, m, old in zip(values, stays, trace.inputs)
    ]  # fmt: skip
    loop = Loop(fw, values, shapes)
    start, snap = fw.save(), fw.snap
    for attempt in range(ROUNDS):
        if attempt == ROUNDS - 1:
            loop.assume_nothing()
        fw.restore(start)
        fw.snap = snap
        fw.info["rounds"] = attempt + 1
        if not loop.arrive(label):
            continue
        fw.walk(body)
        if loop.leave(jump):
            return
    raise AssertionError("a loop state that assumes nothing must fit")
