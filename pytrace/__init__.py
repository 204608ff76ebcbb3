"""pytrace: a tracing JIT compiler that runs inside CPython.

    import pytrace
    pytrace.enable(threshold=1000)     # or: with pytrace.enabled(): ...

Importing this costs next to nothing; the JIT itself is imported by `enable`.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from .settings import Settings

__all__ = ["disable", "enable", "enabled", "stats"]

# Installed, the stages are folders of this package; in a source tree they are its neighbours. An editable install's
# import hook knows that too, but is not there under -S, or when the package is found through the current directory.
if not os.path.isdir(os.path.join(__path__[0], "interp")):
    __path__.append(os.path.dirname(__path__[0]))

_running = False
_settings: "Settings | None" = None


def enable(**options: object) -> bool:
    """Start tracing in this process, with these settings on top of the environment variable PYTRACE.

    Returns whether pytrace runs: where it cannot, it says why on standard error and the program goes on in CPython (so it does under `python -b`).
    Raises `pytrace.settings.SettingsError` (a ValueError) for a setting that does not exist.
    """
    from .settings import Settings, from_environment

    return _start(Settings(**(from_environment(os.environ) | options)))


def disable() -> None:
    """Stop tracing and leave compiled code; the program goes on in CPython."""
    global _running
    if _running:
        _running = False
        _driver().disable()


def stats() -> "dict[str, Any]":
    """What was traced, compiled, exited and aborted in this process so far, and where the time went."""
    driver = sys.modules.get("pytrace.driver")
    return driver.stats() if driver is not None else {}


class enabled:
    """`with pytrace.enabled(...)`: trace inside the block only."""

    def __init__(self, **options: object) -> None:
        self._options = options
        self._outer: tuple[bool, Settings | None] = (False, None)

    def __enter__(self) -> "enabled":
        self._outer = _running, _settings
        enable(**self._options)
        return self

    def __exit__(self, *exception: object) -> None:
        disable()
        running, settings = self._outer
        if running:
            _start(settings)


def _driver() -> "ModuleType":
    import importlib

    return importlib.import_module("pytrace.driver")


def _start(settings: "Settings | None") -> bool:
    """Start the driver with these settings (None: the defaults), or say in one sentence why it cannot be started."""
    global _running, _settings
    if settings is not None and settings.off or sys.flags.bytes_warning:  # -b: comparing what is plain may run Python code
        return False
    try:
        from . import driver  # pyright: ignore[reportAttributeAccessIssue]

        driver.enable(settings)
    except (ImportError, RuntimeError) as why:
        print(f"pytrace: {_sentence(why)}; running on plain CPython", file=sys.stderr)
        return False
    if not _running:
        import atexit

        atexit.unregister(driver.at_exit)
        atexit.register(driver.at_exit)
    _running, _settings = True, settings
    return True


def _sentence(why: Exception) -> str:
    if isinstance(why, ImportError) and (why.name_from == "_bridge" or (isinstance(why, ModuleNotFoundError) and why.name == "pytrace.interp._bridge")):
        version = sys.version.split()[0]
        return f"its C extension is not built for Python {version}, which takes a C compiler and Python's headers"
    return str(why).rstrip(".")
