"""The machine code of a compiled trace as text: LLVM's own assembly, with labels, and no tool of the system needed."""

from __future__ import annotations

from .compile import ASSEMBLY, TEXT, Compiled, text_of

_NOISE = ("\t.cfi", "\t.p2align", "\t.file", "\t.section", "\t.size", "\t.type", "\t.globl", "\t.ident", "\t.text", "# -- ")


def disassemble(compiled: Compiled, noise: bool = False) -> str:
    """The trace's assembly.  It is generated anew from the LLVM text, with the settings of its tier; `noise` keeps assembler directives."""
    parts = [(compiled.tier, compiled.name + "_buf", compiled.body)]
    if compiled.entry_text:
        parts.append((1, compiled.name, compiled.entry_text))
    lines: list[str] = []
    for tier, name, text in parts:
        lines += text_of(ASSEMBLY, name, text, tier).splitlines()
    return "\n".join(line for line in lines if noise or not line.startswith(_NOISE)) + "\n"


def optimized(compiled: Compiled) -> str:
    """The LLVM text of the body after LLVM's passes."""
    return text_of(TEXT, compiled.name + "_buf", compiled.body, compiled.tier)
