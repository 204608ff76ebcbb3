"""Tells Linux `perf` the names of compiled traces: lines of /tmp/perf-PID.map, "start size name" in hexadecimal."""

from __future__ import annotations

import os
import struct
import tempfile
from typing import Iterator

from .compile import Compiled


def function_sizes(obj: bytes) -> Iterator[tuple[str, int]]:
    """(name, size in bytes) of each function in an ELF64 object."""
    offset, entry_size, n = struct.unpack_from("<Q", obj, 40)[0], *struct.unpack_from("<2H", obj, 58)
    sections = [struct.unpack_from("<IIQQQQIIQQ", obj, offset + k * entry_size) for k in range(n)]
    for section in sections:
        if section[1] != 2:  # SHT_SYMTAB
            continue
        names = sections[section[6]][4]
        for at in range(section[4], section[4] + section[5], 24):
            name, info, _, _, _, size = struct.unpack_from("<IBBHQQ", obj, at)
            if info & 15 == 2:  # STT_FUNC
                start = names + name
                yield obj[start : obj.index(b"\0", start)].decode(), size


def note(compiled: Compiled, path: str | None = None) -> None:
    """Appends a compiled trace's functions to the map (by default the one that perf looks for)."""
    if path is None:
        path = os.path.join("/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir(), f"perf-{os.getpid()}.map")
    addresses = {compiled.name: compiled.entry, compiled.name + "_buf": compiled.buf_entry}
    label = compiled.trace.name or compiled.name
    with open(path, "a") as f:
        for name, size in (*function_sizes(compiled.object), *(function_sizes(compiled.entry_object) if compiled.entry else ())):
            if addresses.get(name):
                f.write(f"{addresses[name]:x} {size:x} pytrace:{label}:{name}\n")
