"""Starts and stops the JIT.  Kept small: until the first hot loop nothing else of pytrace is imported."""

from __future__ import annotations

import os
import sys
from typing import Any

from .interp import _bridge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .jit import Jit
    from .settings import Settings

DEFAULT_LOOP_THRESHOLD = 3900  # not a round number: loops with a round number of iterations should not become hot in their last one

_STDLIB = (os.path.dirname(os.__file__) + os.sep, "frozen", "built-in")
_LATER = 50  # events

_jit: Jit | None = None
_settings: Settings | None = None


def _stdlib_is_importing() -> bool:
    """Whether a module of the standard library is half imported: importing what we need could meet it in that state."""
    for module in list(sys.modules.values()):
        spec = getattr(module, "__dict__", {}).get("__spec__")
        if getattr(spec, "_initializing", False) and str(getattr(spec, "origin", "")).startswith(_STDLIB):
            return True
    return False


def _get() -> Jit | None:
    global _jit
    if _jit is None and not _stdlib_is_importing():
        _bridge.import_threading()  # llvmlite would do it, and find no main thread: signals are deferred here
        from .codegen.compile import get_engine
        from .jit import Jit

        assert _settings is not None
        get_engine()  # imports llvmlite, at a moment when that is safe
        _jit = Jit(_bridge, _settings)
    return _jit


def _import_threading(root: Any) -> bool:
    """Imports threading (llvmlite would do it, at a time when there is no main thread).  A signal may be handled meanwhile: what its handler
    raises is raised in the program, and the answer is False."""
    try:
        _bridge.import_threading()
        return True
    except BaseException as error:  # noqa: BLE001
        exc = error
    tb = exc.__traceback__
    while tb is not None and (tb.tb_frame.f_globals.get("__name__", "").startswith(("pytrace.", "importlib.")) or "importlib" in tb.tb_frame.f_code.co_filename):
        tb = tb.tb_next
    root.raise_at(root.offset, None, root.stack(), exc.with_traceback(tb))
    return False


def _on_hot_loop(root: Any, code: Any, header: int) -> int:
    if _jit is None and not _stdlib_is_importing() and not _import_threading(root):
        return _LATER
    jit = _get()
    return _LATER if jit is None else jit.on_hot_loop(root, code, header)


def _on_hot_exit(root: Any, exit: Any, frames: list, values: list) -> int:
    assert _jit is not None  # or there would be no exits
    return _jit.on_hot_exit(root, exit, frames, values)


def enable(settings: Settings) -> None:
    """Starts counting loops.  Raises RuntimeError with a sentence for a Python that pytrace was not built for."""
    global _settings
    _bridge.check()
    _settings = settings
    if _jit is not None:
        _jit.configure(settings)
    threshold = settings.threshold or DEFAULT_LOOP_THRESHOLD
    _bridge.enable(_on_hot_loop, _on_hot_exit, None, threshold, threshold, settings.exit_threshold if settings.threshold is None else min(settings.exit_threshold, threshold))
    if settings.stats or settings.stats_json:
        _bridge.set_timing(True)


def disable() -> None:
    """Stops counting and entering compiled code."""
    _bridge.disable()


def stats() -> dict[str, Any]:
    """Figures of the run so far."""
    out = dict(_bridge.stats())
    if _jit is not None:
        out.update(_jit.stats())
    return out


def at_exit() -> None:
    """Last words of the dumps; then everything is let go of, before the interpreter takes the modules apart."""
    global _jit
    _bridge.disable()
    if _jit is not None:
        _jit.close()
        _jit = None
    _bridge.shutdown()
