"""What a trace takes for granted and CPython tells us about when it changes.

Each trace has a flag that its `guard_not_invalidated` operations test; CPython's dict, type and function watchers raise it
through the bridge.  A thing that changed more than `TOLERANCE` times while it was watched is volatile: it is loaded and
guarded from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TOLERANCE = 2
MAX_OPAQUE = 1000


class Watcher:
    """Registers watches for the traces that are being recorded."""

    def __init__(self, bridge: Any) -> None:
        self.bridge = bridge
        self.changes: dict[tuple, int] = {}  # by what the bridge calls a thing that is watched, and the dict's key or None
        self.room = 50  # for changes, until those of dead things are thrown out
        self.opaque: dict[int, Any] = {}

    def _handle(self, flag: Any) -> Any:
        if flag.handle is None:
            flag.handle = self.bridge.new_flag()
        return flag.handle

    def watch_key(self, flag: Any, d: dict, key: str) -> bool:
        """Makes the value of d[key] (or its absence) something the trace may rely on; False when it changes too often."""
        name = self.bridge.watch_serial(d), key
        if self.changes.get(name, 0) > TOLERANCE:
            return False
        if name not in flag.seen:
            flag.seen[self.bridge.watch_dict_key(d, key, self._handle(flag).address), key] = d
        return True

    def watch_type(self, flag: Any, t: type) -> bool:
        """The same for a class's attributes, with those of its bases."""
        return self._watch(flag, t, self.bridge.watch_type)

    def watch_function(self, flag: Any, func: Any) -> bool:
        """The same for a function's code and defaults."""
        return self._watch(flag, func, self.bridge.watch_function)

    def watch_code(self, flag: Any, code: Any) -> bool:
        """That nobody asks for monitoring events of this code; False where somebody has."""
        return self._watch(flag, code, self.bridge.watch_code)

    def _watch(self, flag: Any, thing: Any, watch: Callable) -> bool:
        name = self.bridge.watch_serial(thing), None
        if self.changes.get(name, 0) > TOLERANCE:
            return False
        if name not in flag.seen:
            serial = watch(thing, self._handle(flag).address)
            if not serial:
                return False
            flag.seen[serial, None] = thing
        return True

    def note_invalidated(self, flag: Any) -> None:
        """A flag was raised: counts against what changed, or against everything that it watched if that is not known."""
        if len(self.changes) >= self.room:
            alive = set(self.bridge.watch_serials())
            self.changes = {name: count for name, count in self.changes.items() if name[0] in alive}
            self.room = len(self.changes) * 5 // 4 + 50
        cause = flag.handle.cause
        for name in flag.seen if cause is None else (cause,):
            self.changes[name] = self.changes.get(name, 0) + 1

    def is_opaque(self, code: Any) -> bool:
        """Whether calls of this code are not traced into."""
        return self.opaque.get(id(code)) is code

    def make_opaque(self, code: Any) -> None:
        if len(self.opaque) >= MAX_OPAQUE:
            self.opaque.clear()
        self.opaque[id(code)] = code
