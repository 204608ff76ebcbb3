"""What a class is, asked of `type` itself: a metaclass may have answers, a hash and an equality of its own, and nothing of the program's runs because it is recorded."""

from __future__ import annotations

from types import ModuleType
from typing import Any

mro = type.__dict__["__mro__"].__get__
namespace = type.__dict__["__dict__"].__get__
flags = type.__dict__["__flags__"].__get__
basic_size = type.__dict__["__basicsize__"].__get__
dict_offset = type.__dict__["__dictoffset__"].__get__
weakref_offset = type.__dict__["__weakrefoffset__"].__get__
MISSING: Any = object()
IMMUTABLE_TYPE = 1 << 8
HEAP_TYPE = 1 << 9


def lookup(t: type, name: str) -> Any:
    """What `_PyType_Lookup` finds: the attribute in the class's MRO, undescribed."""
    for c in mro(t):
        d = namespace(c)
        if name in d:
            return d[name]
    return MISSING


def is_static(t: type) -> bool:
    return not flags(t) & HEAP_TYPE


def is_class(obj: Any) -> bool:
    """Whether obj is a class, whatever it says that its class is."""
    return issubclass(type(obj), type)


def keeps_class(t: type) -> bool:
    """Whether an object of exactly this type is of this type for life."""
    return bool(flags(t) & IMMUTABLE_TYPE) and not issubclass(t, ModuleType)


class Types:
    """A set of types.  What is looked for in it is not asked for its hash."""

    __slots__ = ("types", "_ids")

    def __init__(self, *types: type) -> None:
        self.types = types
        self._ids = frozenset([id(t) for t in types])

    def __contains__(self, t: Any) -> bool:
        return id(t) in self._ids


class ByType:
    """A table by type; the same."""

    __slots__ = ("_types", "_found")

    def __init__(self, table: dict[type, Any]) -> None:
        self._types = tuple(table)
        self._found = {id(t): value for t, value in table.items()}

    def __contains__(self, t: Any) -> bool:
        return id(t) in self._found

    def __getitem__(self, t: Any) -> Any:
        return self._found[id(t)]

    def get(self, t: Any) -> Any:
        return self._found.get(id(t))


INTS = Types(int, bool)
NUMBERS = Types(int, float, bool)
TEXTS = Types(str, bytes)
SEQUENCES = Types(list, tuple)
#: Giving up a reference to an object of these types runs no Python code and changes no other object.
HARMLESS = Types(int, float, bool, str, bytes, complex, type(None), range, type(iter(range(0))), type(...), type(NotImplemented))
