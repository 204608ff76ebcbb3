"""What a trace takes for granted and CPython tells us about when it changes.

Each trace has a flag that its `guard_not_invalidated` operations test; CPython's dict, type and function watchers raise it
through the bridge.  A thing that changed more than `TOLERANCE` times while it was watched is volatile: it is loaded and
guarded from then on.
"""

from __future__ import annotations

from typing import Any

TOLERANCE = 2
MAX_CHANGES = 20000
MAX_OPAQUE = 1000


class Watcher:
    """Registers watches for the traces that are being recorded."""

    def __init__(self, bridge: Any) -> None:
        self.bridge = bridge
        self.changes: dict[tuple, int] = {}
        self.opaque: dict[int, Any] = {}

    def _handle(self, flag: Any) -> Any:
        if flag.handle is None:
            flag.handle = self.bridge.new_flag()
        return flag.handle

    def watch_key(self, flag: Any, d: dict, key: str) -> bool:
        """Makes the value of d[key] (or its absence) something the trace may rely on; False when it changes too often."""
        name = ("dict", id(d), key)
        if self.changes.get(name, 0) > TOLERANCE:
            return False
        if name not in flag.seen:
            flag.seen[name] = (d, key)
            self.bridge.watch_dict_key(d, key, self._handle(flag).address)
        return True

    def watch_type(self, flag: Any, t: type) -> bool:
        """The same for a class's attributes, with those of its bases."""
        name = ("type", id(t))
        if self.changes.get(name, 0) > TOLERANCE:
            return False
        if name not in flag.seen:
            if self.bridge.watch_type(t, self._handle(flag).address) is False:
                return False
            flag.seen[name] = t
        return True

    def watch_function(self, flag: Any, func: Any) -> bool:
        """The same for a function's code and defaults."""
        name = ("function", id(func))
        if self.changes.get(name, 0) > TOLERANCE:
            return False
        if name not in flag.seen:
            flag.seen[name] = func
            self.bridge.watch_function(func, self._handle(flag).address)
        return True

    def watch_code(self, flag: Any, code: Any) -> bool:
        """That nobody asks for monitoring events of this code; False where somebody has."""
        name = ("code", id(code))
        if self.changes.get(name, 0) > TOLERANCE:
            return False
        if name not in flag.seen:
            if not self.bridge.watch_code(code, self._handle(flag).address):
                return False
            flag.seen[name] = code
        return True

    def note_invalidated(self, flag: Any) -> None:
        """A flag was raised: counts against what changed, or against everything that it watched if that is not known."""
        if len(self.changes) > MAX_CHANGES:  # most of it is about things that are long gone
            self.changes.clear()
        cause = flag.handle.cause
        for name in (cause,) if cause in flag.seen else flag.seen:
            self.changes[name] = self.changes.get(name, 0) + 1

    def is_opaque(self, code: Any) -> bool:
        """Whether calls of this code are not traced into."""
        return self.opaque.get(id(code)) is code

    def make_opaque(self, code: Any) -> None:
        if len(self.opaque) >= MAX_OPAQUE:
            self.opaque.clear()
        self.opaque[id(code)] = code
