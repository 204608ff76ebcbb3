"""Loads pytrace's own code, and what that imports, out of the program's reach.

The JIT is imported in the middle of somebody else's program, which may have replaced `len`, keep a `types.py` of its own beside the
script, put import hooks in place, or be in the middle of an import itself.  So:

* Our modules see the builtins as they were when pytrace started: their globals' `__builtins__` is a private copy, with an `__import__` of
  its own (`Isolation.private_import`).  Extension modules are imported as copies that hold their original functions.
* What we import is looked for in the standard library first, by finders of our own; not in the script's folder, nor through the
  program's hooks.  While our thread imports, its finder stands first in sys.meta_path, and lets other threads' imports pass.
* What the program replaced among the real builtins is put back for as long as we import: modules of the standard library, which the
  program will share, get the real ones.
* Where the program has a module of its own under a standard library's name, that steps aside for us meanwhile.  Afterwards sys.modules holds
  the program's modules, and of those that we brought only what the program would find under the same name.
* While a module of the standard library is being initialized, by any thread, nothing of ours is imported: `busy`.

sys.path, sys.path_hooks, sys.path_importer_cache, linecache and the warnings filters are not touched.
"""

import _imp
import _thread
import os
import sys
from _frozen_importlib import BuiltinImporter, FrozenImporter, ModuleSpec  # pyright: ignore[reportMissingImports]
from _frozen_importlib_external import (  # pyright: ignore[reportMissingImports]
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
    _get_supported_file_loaders,  # pyright: ignore[reportAttributeAccessIssue]
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import CodeType, ModuleType
    from typing import Any

_Module = type(sys)
_BuiltinFunction = type(_imp.is_builtin)
_UNCOPIED = ("sys", "_thread", "_imp")
_REST = ("llvmlite",)  # what we need beside the standard library
_AT_RUN_TIME = ("ast", "contextlib")  # of the standard library: their code runs when traces are compiled
_OURS = ("llvmlite", "ctypes", "enum", *_AT_RUN_TIME)  # get the private builtins when we are the first to load them


class Isolation:
    """One for each process.

    `builtins` and `path`: as they were before the program ran; `unpatched(function, *args)`: calls with such builtins in place.
    """

    def __init__(self, builtins: "dict[str, Any]", path: "Sequence[str]", unpatched: "Callable[..., Any]") -> None:
        self._import = builtins["__import__"]
        self._unpatched = unpatched
        self.builtins = builtins
        builtins["__import__"] = self.private_import
        self._copies: dict[str, ModuleType] = {}
        self._finders: dict[str, Any] = {}
        self._thread = 0
        self._library = getattr(sys, "_stdlib_dir", None)
        library = [self._library, f"{self._library}/lib-dynload"] if self._library else []
        site = f"{os.path.dirname(os.path.dirname(sys.executable))}/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
        self._path = [*library, *(place for place in path if isinstance(place, str) and place and place not in library), site]
        copy = _Module("builtins")
        copy.__dict__.update(builtins)
        self._copies["builtins"] = copy

    # -- importing ------------------------------------------------------------------------------------------------------

    def busy(self) -> bool:
        """Whether this is no time to import: someone does already, or what we need is half initialized."""
        if self._thread:
            return True
        names = sys.stdlib_module_names
        for name, module in list(sys.modules.items()):
            if type(module) is _Module:
                top = name.partition(".")[0]
                if (top in names or top in _REST) and getattr(module.__dict__.get("__spec__"), "_initializing", False):
                    return True
        return False

    def apart(self, function: "Callable[..., Any]", *args: "Any") -> "Any":
        """Calls a function that imports for us."""
        return self._unpatched(self._apart, function, *args)

    def load(self, name: str) -> "ModuleType":
        """Imports a module of ours."""
        self.private_import(name)
        return sys.modules[name]

    def folder(self, name: str) -> "str | None":
        """Where a package is, without importing it."""
        spec = self._unpatched(self._find, name, self._path)
        return spec.origin.rpartition("/")[0] if spec is not None and spec.origin else None

    def private_import(
        self, name: str, globals: "dict[str, Any] | None" = None, locals: object = None, fromlist: "tuple[str, ...]" = (), level: int = 0
    ) -> "Any":
        """The `__import__` of our modules."""
        if level:
            assert globals is not None
            package = globals["__package__"].rsplit(".", level - 1)[0]
            full = f"{package}.{name}" if name else package
        else:
            full = name
            if copy := self._copies.get(name):
                return copy
            if name in _AT_RUN_TIME:
                return self._own(name)
        if self._thread == _thread.get_ident() or full in sys.modules and (level or not self._is_foreign(full)):
            module = self._import(name, globals, locals, fromlist, level)
        else:
            module = self.apart(self._import, name, globals, locals, fromlist, level)
        if not level and "." not in name and name not in _UNCOPIED and _is_extension(module):
            return self._copy(module)
        return module

    def _own(self, name: str) -> "ModuleType":
        """A module that runs with the private builtins: the program's or, when that was loaded without us, another one."""
        if name not in sys.modules:
            self.apart(self._import, name)
        module = sys.modules.get(name)
        if module is None or module.__dict__.get("__builtins__") is not self.builtins:
            spec = self._unpatched(self._find, name, self._path)
            module = _Module(name)
            module.__spec__ = spec
            self.apart(_Loader(spec.loader, self.builtins).exec_module, module)
        self._copies[name] = module
        return module

    def _apart(self, function: "Callable[..., Any]", *args: "Any") -> "Any":
        """Calls with our finder in front and the program's own modules out of the way."""
        if self._thread == _thread.get_ident():
            return function(*args)
        before = set(sys.modules)
        aside = {name: sys.modules.pop(name) for name in self._foreign()}
        hooks = sys.meta_path
        ours = sys.meta_path = [self, *(hooks or ())]
        self._thread = _thread.get_ident()
        try:
            return function(*args)
        finally:
            self._thread = 0
            if sys.meta_path is ours:
                sys.meta_path = hooks
            self._tidy(before, aside)

    def _foreign(self) -> "list[str]":
        """The program's modules that have names of the standard library."""
        tops = {name for name in sys.stdlib_module_names if name in sys.modules and self._is_foreign(name)}
        return [name for name in sys.modules if name.partition(".")[0] in tops] if tops else []

    def _is_foreign(self, name: str) -> bool:
        if self._library is None or name.partition(".")[0] not in sys.stdlib_module_names:
            return False
        module = sys.modules[name]
        spec = module.__dict__.get("__spec__") if type(module) is _Module else None
        if type(spec) is not ModuleSpec:
            return "." not in name
        return spec.origin not in ("built-in", "frozen") and not (spec.origin or "").startswith(self._library + "/")

    def _tidy(self, before: "set[str]", aside: "dict[str, ModuleType]") -> None:
        names = sys.stdlib_module_names
        brought = [name for name in list(sys.modules) if name.partition(".")[0] in names and (name not in before or name in aside)]
        hidden = {top for top in {name.partition(".")[0] for name in brought} if top in aside or self._is_hidden(top)}
        for name in brought:
            if name.partition(".")[0] in hidden:
                del sys.modules[name]
        sys.modules.update(aside)

    def _is_hidden(self, name: str) -> bool:
        """Whether the program would find something else by this name."""
        if _imp.is_builtin(name) or FrozenImporter.find_spec(name) is not None:
            return False
        for place in list(sys.path or ()):
            if place == self._library:
                return False
            if isinstance(place, str) and self._find(name, [place or "."]) is not None:
                return True
        return False

    # -- finding and loading ----------------------------------------------------------------------------------------------

    def find_spec(self, name: str, path: "Sequence[str] | None" = None, target: object = None) -> "Any":
        """The finder in sys.meta_path: answers our thread only."""
        if self._thread != _thread.get_ident():
            return None
        if path is None:
            spec = BuiltinImporter.find_spec(name) or FrozenImporter.find_spec(name) or self._find(name, self._path)
        else:
            spec = self._find(name, path)
        if spec is None and name.partition(".")[0] not in ("pytrace", *_REST):  # nor is the program asked
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if spec is not None and (name in _OURS or name.startswith(("pytrace.", "llvmlite."))) and isinstance(spec.loader, (SourceFileLoader, SourcelessFileLoader)):
            spec.loader = _Loader(spec.loader, self.builtins)  # pyright: ignore[reportAttributeAccessIssue]
        return spec

    def _find(self, name: str, path: "Iterable[str]") -> "Any":
        for place in path:
            finder = self._finders.get(place)
            if finder is None:
                finder = self._finders[place] = FileFinder(place, *_get_supported_file_loaders())
            spec = finder.find_spec(name)
            if spec is not None and spec.loader is not None:
                return spec
        return None

    def _copy(self, module: "ModuleType") -> "ModuleType":
        """A copy of an extension module, with the functions that it had at first."""
        name = module.__name__
        copy = self._copies[name] = _Module(name)
        fresh = None
        for key, value in list(module.__dict__.items()):
            if not key.startswith("__") and callable(value) and not _is_original(value, key, module):
                if fresh is None:
                    fresh = _fresh(module)
                value = fresh.get(key, value)
            copy.__dict__[key] = value
        return copy


class _Loader:
    """Runs a module of ours with the private builtins; the module shows the loader that it would have had."""

    def __init__(self, loader: "Any", builtins: "dict[str, Any]") -> None:
        self._loader = loader
        self._builtins = builtins

    def create_module(self, spec: object) -> None:
        return None

    def exec_module(self, module: "ModuleType") -> None:
        code: CodeType = self._loader.get_code(module.__name__)
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__dict__["__builtins__"] = self._builtins
        run: Callable[[CodeType, dict[str, Any]], None] = self._builtins["exec"]
        run(code, module.__dict__)


def _is_extension(module: object) -> bool:
    spec = module.__dict__.get("__spec__") if type(module) is _Module else None
    return spec is not None and (spec.origin == "built-in" or isinstance(spec.loader, ExtensionFileLoader))


def _is_original(value: object, key: str, module: "ModuleType") -> bool:
    if type(value) is _BuiltinFunction:
        return value.__name__ == key and value.__self__ is module  # pyright: ignore[reportAttributeAccessIssue]
    return isinstance(value, type)


def _fresh(module: "ModuleType") -> "dict[str, Any]":
    """The content of an extension module that is set up once more."""
    spec = module.__spec__
    assert spec is not None
    again = _imp.create_builtin(spec) if spec.origin == "built-in" else _imp.create_dynamic(spec)
    (_imp.exec_builtin if spec.origin == "built-in" else _imp.exec_dynamic)(again)
    return again.__dict__
