"""The machine code of a compiled trace as text: LLVM's own assembly, with labels, and no tool of the system needed."""

from __future__ import annotations

from .compile import Compiled, get_engine

_NOISE = ("\t.cfi", "\t.p2align", "\t.file", "\t.section", "\t.size", "\t.type", "\t.globl", "\t.ident", "\t.text")


def disassemble(compiled: Compiled, noise: bool = False) -> str:
    """The trace's assembly.  It is generated anew from the LLVM text, with the settings of its tier; `noise` keeps assembler directives."""
    engine = get_engine(compiled.tier)
    module = engine.optimize(compiled.name, compiled.text)
    try:
        text = engine.target_machine.emit_assembly(module)
    finally:
        module.close()
    if noise:
        return text
    return "\n".join(line for line in text.splitlines() if not line.startswith(_NOISE) and not line.startswith("# -- ")) + "\n"


def optimized(compiled: Compiled) -> str:
    """The LLVM text after LLVM's passes."""
    module = get_engine(compiled.tier).optimize(compiled.name, compiled.text)
    try:
        return str(module)
    finally:
        module.close()
