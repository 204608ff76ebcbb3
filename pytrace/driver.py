"""Starts and stops the JIT.  Kept small: until the first hot loop nothing else of pytrace is imported (see isolation.py for how)."""

import builtins
import sys
from _frozen_importlib_external import SourceFileLoader  # pyright: ignore[reportMissingImports]
from time import perf_counter

from .interp import _bridge  # pyright: ignore[reportAttributeAccessIssue]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .jit import Jit
    from .settings import Settings

DEFAULT_LOOP_THRESHOLD = 3900  # of what is counted: not a round number, so that loops with a round number of iterations are not hot in their last one
FIRST_HOT_NS = 30_000_000  # a loop is hot when it took about as long as compiling it will take the program; at first loading the JIT comes on top
LATER = 50  # events until the next attempt, when this is no time to import
NEVER = -1

_start = perf_counter()
_MISSING = object()
_originals = dict(builtins.__dict__)  # before the program can change anything
_path = sys.path[not sys.flags.safe_path :]  # the first entry is the program's
_jit: "Jit | None" = None
_settings: "Settings | None" = None
_isolation: "Any" = None
_final: "dict[str, Any] | None" = None
_EXTENSIONS = "_struct", "math", "_opcode"  # what our modules need of C: the linker would wait until the other thread has loaded LLVM, which takes as long as all the rest


def _load() -> int:
    """Loads the JIT; when there is none (yet), the answer is in how many events to ask again."""
    global _isolation
    if _isolation is None:
        _isolation = _unpatched(_isolate)
    if _isolation.busy():
        return LATER
    folder = _isolation.folder("llvmlite")
    if folder is None:
        return _give_up("llvmlite is not installed")
    try:
        return _isolation.apart(_load_all, f"{folder}/binding/libllvmlite.so")
    except Exception as error:
        return _give_up(f"its own code cannot be imported ({error!r})")


def _load_all(llvm: str) -> int:
    global _settings, _jit
    for name in _EXTENSIONS:
        _isolation.load(name)
    _bridge.open_llvm(llvm)
    if _settings is None:
        _settings = _isolation.load("pytrace.settings").Settings()
        _bridge.set_thresholds(*_thresholds(_settings))
    _jit = _isolation.load("pytrace.jit").Jit(_bridge, _settings, _give_up)
    return LATER


def _isolate() -> "Any":
    """Loads isolation.py by hand: whatever the program did to `import` must not matter."""
    name, own = "pytrace.isolation", dict(_originals)
    module = type(builtins)(name)
    module.__dict__.update(__builtins__=own, __package__="pytrace", __file__=__file__.replace("driver", "isolation"))
    exec(SourceFileLoader(name, module.__file__).get_code(name), module.__dict__)  # pyright: ignore[reportArgumentType]
    sys.modules[name] = module
    return module.Isolation(own, _path, _unpatched)


def _unpatched(function: "Callable[..., Any]", *args: "Any") -> "Any":
    """Calls with the builtins that Python started with: those that the program replaced are put back meanwhile."""
    real = builtins.__dict__
    patched = {name: real.get(name, _MISSING) for name in _originals if real.get(name) is not _originals[name]}
    real.update({name: _originals[name] for name in patched})
    try:
        return function(*args)
    finally:
        for name, value in patched.items():
            if value is _MISSING:
                del real[name]
            else:
                real[name] = value


def _give_up(why: str) -> int:
    _bridge.disable()
    if sys.__stderr__ is not None:
        sys.__stderr__.write(f"pytrace: {why}; running on plain CPython\n")
    return NEVER


def _on_hot_loop(root: "Any", code: "Any", header: int) -> int:
    if _jit is None:
        _bridge.begin_loading()
        try:
            wait = _load()
        finally:
            _bridge.end_loading()
        if _jit is None:
            return wait
    return _jit.on_hot_loop(root, code, header)


def _on_hot_function(root: "Any", code: "Any") -> int:
    if _jit is None:
        wait = _load()
        if _jit is None:
            return wait
    return _jit.on_hot_function(root, code)


def _on_hot_exit(root: "Any", exit: "Any", frames: list, values: list) -> int:
    assert _jit is not None
    return _jit.on_hot_exit(root, exit, frames, values)


def _on_compiled(root: "Any") -> int:
    return _jit.on_compiled(root) if _jit is not None else 0


def enable(settings: "Settings | None") -> None:
    """Starts counting loops.  `settings` None: the defaults, which are looked up at the first hot loop.

    Raises RuntimeError with a sentence for a Python that pytrace was not built for.
    """
    global _settings
    _bridge.check()
    _settings = settings
    if _jit is not None:
        _settings = _settings or _isolation.load("pytrace.settings").Settings()
        _jit.configure(_settings)  # pyright: ignore[reportArgumentType]
    timed = _settings is None or _settings.threshold is None
    _bridge.set_hot_time((FIRST_HOT_NS if _jit is None else _jit.hot_ns) if timed else 0)
    _bridge.set_only_recursive(True)
    _bridge.enable(_on_hot_loop, _on_hot_exit, _on_hot_function, *_thresholds(_settings), _on_compiled)
    _bridge.set_timing(_settings is not None and bool(_settings.stats or _settings.stats_json))


def _thresholds(settings: "Settings | None") -> tuple[int, int, int]:
    """Events until Python is asked: about loops, functions, exits."""
    if settings is None:
        return DEFAULT_LOOP_THRESHOLD, DEFAULT_LOOP_THRESHOLD, DEFAULT_LOOP_THRESHOLD
    if settings.threshold is None:
        return DEFAULT_LOOP_THRESHOLD, DEFAULT_LOOP_THRESHOLD, settings.exit_threshold
    return settings.threshold, settings.threshold, min(settings.exit_threshold, settings.threshold)


def disable() -> None:
    """Stops counting and entering compiled code."""
    _bridge.disable()


def stats() -> "dict[str, Any]":
    """Figures of the run so far; times in seconds.

    `time_native` is measured only when statistics were asked for in the settings, and contains what compiled code called.
    """
    if _final is not None:
        return _final
    out: dict[str, Any] = dict(_bridge.stats())
    out["time_native"] = out.pop("native_ns") / 1e9
    out["time_total"] = perf_counter() - _start
    if _jit is not None:
        out.update(_jit.stats())
    return out


def at_exit() -> None:
    """Last words of the dumps; then everything is let go of, before the interpreter takes the modules apart."""
    global _jit, _final
    _final = stats()
    _bridge.disable()
    if _jit is not None:
        _jit.close()
        _jit = None
    _bridge.shutdown()
