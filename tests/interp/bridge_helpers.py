"""What the bridge's tests share: exit descriptions, native code from LLVM text, offsets by source line."""

import contextlib
import dis
import os
import struct

import llvmlite.binding as llvm

from pytrace.interp import _bridge

with contextlib.suppress(RuntimeError):
    llvm.initialize()
llvm.initialize_native_target()
llvm.initialize_native_asmprinter()

NULL = _bridge.NULL
HUGE = 1 << 60
L = _bridge.layout()
S = _bridge.symbols()

RAISE, PLAIN, RETURN = 1, 2, 4
REF, INT, FLOAT, BOOL = range(4)
(V_INT, V_FLOAT, V_BOOL, V_TUPLE, V_LIST, V_METHOD, V_INSTANCE, V_RANGE_ITER, V_CELL, V_LIST_ITER, V_SLICE,
 V_TUPLE_ITER, V_FUNCTION, V_COMPLEX) = range(14)


def null():
    return 0


def live(i):
    return 1 << 32 | i


def const(i):
    return 2 << 32 | i


def virtual(i):
    return 3 << 32 | i


def frame(func, code, offset, call_offset=-1, drop=0, locals=(), stack=()):
    """func and code are indexes into the consts (func -1: the root); locals are pairs (slot, operand)."""
    words = [func, code, offset, call_offset, drop, len(locals)]
    for slot, op in locals:
        words += [slot, op]
    return [*words, len(stack), *stack]


def blob(flags=0, live=(), virtuals=(), frames=(), names=(), release=()):
    words = [flags, len(live), *live, len(virtuals)]
    for kind, *args in virtuals:
        words += [kind, len(args), *args]
    words.append(len(frames))
    for f in frames:
        words += f
    words.append(len(names))
    for n in names:
        words += n
    words += [len(release), *release]
    return struct.pack(f"<{len(words)}q", *words)


PLAIN_EXIT = struct.pack("<q", PLAIN)


class Native:
    """One function ptr f(ptr %ctx) from LLVM text. `@name` of a symbol may be called: declare it in `head`."""

    def __init__(self, body, head=""):
        text = f"{head}\ndefine ptr @f(ptr %ctx) {{\n{body}\n}}\n"
        for name, address in S.items():
            if f"@{name}(" in text or f"@{name} " in text or f"@{name}," in text:
                llvm.add_symbol(name, address)
        module = llvm.parse_assembly(text)
        module.verify()
        machine = llvm.Target.from_default_triple().create_target_machine(opt=1, jit=True)
        self.engine = llvm.create_mcjit_compiler(module, machine)
        self.engine.finalize_object()
        self.address = self.engine.get_function_address("f")


def prologue():
    """%slots and %buf."""
    return f"""
  %ctx.slots = getelementptr i8, ptr %ctx, i64 {L["ctx.slots"]}
  %slots = load ptr, ptr %ctx.slots
  %ctx.buf = getelementptr i8, ptr %ctx, i64 {L["ctx.buf"]}
  %buf = load ptr, ptr %ctx.buf
"""


def leave(exit):
    return f"  ret ptr inttoptr (i64 {exit.address} to ptr)\n"


def to_buf(i, value, type="ptr"):
    return f"  %b{i} = getelementptr i64, ptr %buf, i64 {i}\n  store {type} {value}, ptr %b{i}\n"


def slot(name, i):
    return f"  %{name}.p = getelementptr ptr, ptr %slots, i64 {i}\n  %{name} = load ptr, ptr %{name}.p\n"


def moves(pairs, exit):
    """Native code that copies slots to buf and leaves: pairs of (buf index, slot)."""
    text = prologue()
    for b, s in pairs:
        text += slot(f"s{s}", s) + to_buf(b, f"%s{s}")
    return Native(text + leave(exit))


def header(code, nth=0):
    """Byte offset of the nth loop header: the target of a backward jump."""
    return sorted({i.argval for i in dis.get_instructions(code) if "JUMP_BACKWARD" in i.opname})[nth]


def offset_of(code, opname, nth=0, arg=None):
    found = [i.offset for i in dis.get_instructions(code)
             if i.opname == opname and (arg is None or i.argval == arg)]
    return found[nth]


def offset_after(code, offset):
    return min(i.offset for i in dis.get_instructions(code) if i.offset > offset)


def slot_of(code, name):
    names = code.co_varnames + tuple(n for n in code.co_cellvars if n not in code.co_varnames) + code.co_freevars
    return names.index(name)


def only_tests(handler):
    """The handler for code of test files; other code is left alone."""

    def filtered(root, code, *rest):
        name = os.path.basename(code.co_filename)
        return handler(root, code, *rest) if name.startswith(("test_bridge", "<string>")) else HUGE

    return handler and filtered


@contextlib.contextmanager
def enabled(on_loop=None, on_exit=None, on_func=None, loop=HUGE, func=HUGE, exit=HUGE):
    _bridge.enable(only_tests(on_loop), on_exit, only_tests(on_func), loop, func, exit)
    try:
        yield _bridge
    finally:
        _bridge.disable()
