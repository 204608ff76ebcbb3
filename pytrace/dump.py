"""`--dump-traces`: the story of a run, as text for a terminal or a folder, and as JSON lines beside it.

The IR is printed in the text form that `pytrace.tracer.parser` reads.  Each trace's record is written whole when it is
complete, so a crash leaves a readable file.
"""

from __future__ import annotations

import dis
import io
import json
import linecache
import os
import sys
from collections.abc import Callable
from typing import Any

from .codegen.disasm import disassemble, optimized
from .tracer import ir
from .tracer.aborts import REASONS, Abort


class Dumper:
    """Writes to standard error (place "-") or to the files traces.txt and traces.jsonl in a folder, which it makes.

    `code`: which of "llvm" and "asm" to show of a compiled trace.
    """

    def __init__(self, place: str, code: tuple[str, ...] = ()) -> None:
        self.place = place
        self.code = code
        self.n = 0
        self.compiled_traces: list[tuple[int, Any, Any]] = []
        self.json: Any = None
        if place == "-":
            self.text: Any = sys.__stderr__
        else:
            os.makedirs(place, exist_ok=True)
            self.text = open(os.path.join(place, "traces.txt"), "w", encoding="utf-8")  # noqa: SIM115 - open as long as the process
            self.json = open(os.path.join(place, "traces.jsonl"), "w", encoding="utf-8")  # noqa: SIM115

    def write(self, text: str) -> None:
        self.text.write(text)
        self.text.flush()

    def record(self, event: str, **fields: Any) -> None:
        if self.json is not None:
            self.json.write(json.dumps({"event": event, **fields}) + "\n")
            self.json.flush()

    def stage(self, trace: ir.Trace) -> Callable[[str, ir.Trace], None]:
        """Begins a trace; returns what writes one stage of it."""
        self.n += 1
        n = self.n
        code = trace.code
        self.write(f"\n==== trace {n}: {trace.kind} {trace.name} ({code.co_filename}) ====\n{source(code, trace.header)}\n{bytecode(code, trace.header)}")
        self.record("trace", trace=n, kind=trace.kind, name=trace.name, file=code.co_filename, header=trace.header)

        def write(name: str, trace: ir.Trace) -> None:
            text = ir.format_trace(trace)
            self.write(f"-- trace {n}, {name}: {len(trace.ops)} operations\n{text}\n")
            self.record("ir", trace=n, stage=name, operations=len(trace.ops), text=text)

        return write

    def compiled(self, trace: ir.Trace, compiled: Any) -> None:
        """The end of a trace that was compiled."""
        n = self.n
        self.compiled_traces.append((n, trace, compiled))
        self.write(f"-- trace {n}, compiled: {compiled.size} bytes of object code, {len(compiled.exits)} exits\n")
        self.record("compiled", trace=n, size=compiled.size, exits=len(compiled.exits), llvm=compiled.text)
        self._show_code(f"trace {n}", compiled)

    def region(self, traces: list[ir.Trace], compiled: Any) -> None:
        """Traces that became one function; the first is the one that is entered."""
        names = [f"{trace.kind} {trace.name}" for trace in traces]
        self.write(f"\n==== region: {', '.join(names)} ====\n-- compiled: {compiled.size} bytes of object code\n")
        self.record("region", traces=names, size=compiled.size, llvm=compiled.text)
        self._show_code("region", compiled)

    def _show_code(self, what: str, compiled: Any) -> None:
        if "llvm" in self.code:
            self.write(f"-- {what}, LLVM IR:\n{optimized(compiled)}")
        if "asm" in self.code:
            self.write(f"-- {what}, machine code:\n{disassemble(compiled)}")

    def aborted(self, recorder: Any, abort: Abort) -> None:
        """A recording that came to nothing."""
        f = recorder.frames[-1] if recorder.frames else None
        where = f"{f.code.co_filename}:{line(f.code, f.pc)} in {f.code.co_qualname}" if f is not None else "?"
        reason = REASONS[abort.code]
        hint = f" ({reason.hint})" if reason.hint else ""
        self.write(f"\n==== given up at {where}: {reason.text}{hint}: {abort.context} [{abort.code}]\n")
        self.record("abort", where=where, code=abort.code, text=reason.text, context=abort.context)

    def close(self, jit: Any) -> None:
        """The exits with their counts."""
        lines = []
        for n, _, compiled in self.compiled_traces:
            for e in compiled.exits:
                if e.count:
                    origin = getattr(e.tag, "origin", None)
                    what = ir.format_op(origin) if origin is not None else "entry"
                    way = ", to a bridge" if e.state == "bridged" else ""
                    lines.append(f"trace {n}: taken {e.count} times{way}: {what}")
                    self.record("exit", trace=n, count=e.count, at=what)
        if lines:
            self.write("\n==== exits ====\n" + "\n".join(lines) + "\n")


def line(code: Any, offset: int) -> int:
    """The source line of a byte offset, 0 when there is none."""
    found = 0
    for start, end, n in code.co_lines():
        if start <= offset < end and n:
            found = n
    return found


def source(code: Any, header: int) -> str:
    """The source line at a loop's header."""
    n = line(code, max(header, 0))
    if not n:
        return ""
    known = code.co_filename in linecache.cache
    text = linecache.getline(code.co_filename, n).rstrip()
    if not known:  # the program's cache stays as it was
        linecache.cache.pop(code.co_filename, None)
    return f"{n:5} {text}"


def bytecode(code: Any, header: int) -> str:
    """The bytecode from a loop's header to its end."""
    from .interp.bytecode import info

    end = info(code).headers.get(header)
    if end is None:
        return ""
    out = io.StringIO()
    for i in dis.get_instructions(code):
        if header <= i.offset <= end:
            out.write(f"      {i.offset:5} {i.opname} {i.argrepr or (i.arg if i.arg is not None else '')}\n")
    return out.getvalue()
