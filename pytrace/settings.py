"""pytrace's own settings: one table, from which the parser, the help text and the README's table are made.

The text form is `KEY=VALUE,KEY=VALUE`, in `--jit` and in the environment variable PYTRACE alike; a flag's `=1` may be
left out. `dataclasses` takes half of CPython's own start-up time to import, so `Settings` is a frozen class by hand.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, NoReturn

ENVIRONMENT_VARIABLE = "PYTRACE"


class SettingsError(ValueError):
    """A setting that does not exist or a value that it cannot take; the message is one sentence."""


def _flag(text: "str | None") -> bool:
    match text:
        case None | "1" | "true" | "yes" | "on":
            return True
        case "0" | "false" | "no" | "off":
            return False
    raise ValueError


def _count(text: "str | None") -> int:
    if text is None or not text.isdecimal():
        raise ValueError
    return int(text)


def _positive(text: "str | None") -> int:
    if number := _count(text):
        return number
    raise ValueError


def _removals(text: "str | None") -> "tuple[str, ...]":
    names = (text or "").replace("+", "-").split("-")
    if names[0] or not any(names):
        raise ValueError
    return tuple(name for name in names if name)


def _path(text: "str | None") -> str:
    if not text:
        raise ValueError
    return text


def _place(text: "str | None") -> str:
    return text or "-"


def _code(text: "str | None") -> "tuple[str, ...]":
    names = tuple((text or "").split("+"))
    if not set(names) <= {"llvm", "asm"}:
        raise ValueError
    return names


class Key:
    """One row of the table: how a setting is called, read, and explained."""

    __slots__ = ("default", "doc", "name", "parse", "takes")

    def __init__(self, name: str, parse: "Callable[[str | None], Any]", default: "Any", takes: str, doc: str) -> None:
        self.name = name
        self.parse = parse
        self.default = default
        self.takes = takes
        self.doc = doc

    @property
    def usage(self) -> str:
        """The setting as one would type it."""
        return f"{self.name}={self.takes}" if self.takes else self.name


KEYS = (
    Key(
        "threshold",
        _positive,
        None,
        "N",
        "trace after N loop iterations (default: when they took as long as compiling will take)",
    ),
    Key("exit_threshold", _positive, 300, "N", "trace from a side exit after it was taken N times"),
    Key("wait", _flag, None, "", "wait for each trace to be compiled, not only with threshold=N"),
    Key("passes", _removals, (), "-NAME-NAME", "leave out these optimizer passes"),
    Key("off", _flag, False, "", "do not trace at all"),
    Key("check", _flag, False, "", "verify the trace between passes"),
    Key("max_trace_ops", _positive, 6000, "N", "give up a trace that grows longer than N operations"),
    Key("max_inline_depth", _count, 20, "N", "inline calls at most N levels deep"),
    Key("perf_map", _flag, False, "", "write /tmp/perf-PID.map for Linux perf"),
    Key("dump", _place, None, "DIR", "dump each trace, to standard error or into files in DIR (--dump-traces)"),
    Key("dump_code", _code, (), "llvm+asm", "show LLVM IR, machine code, or both in the dump"),
    Key("stats", _flag, False, "", "print statistics on standard error at exit (--stats)"),
    Key("stats_json", _path, None, "FILE", "write statistics as JSON at exit (--stats-json)"),
)
_BY_NAME = {key.name: key for key in KEYS}


class Settings:
    """What the user asked for. Frozen; `replace` makes a changed copy."""

    __slots__ = tuple(_BY_NAME)

    threshold: int | None
    exit_threshold: int
    wait: bool | None
    """None: where a threshold is given."""
    passes: tuple[str, ...]
    """The names of the passes to leave out."""
    off: bool
    check: bool
    max_trace_ops: int
    max_inline_depth: int
    perf_map: bool
    dump: str | None
    """Where to dump traces: "-" is standard error, anything else a directory."""
    dump_code: tuple[str, ...]
    stats: bool
    stats_json: str | None

    def __init__(self, **values: object) -> None:
        for name in values:
            if name not in _BY_NAME:
                _unknown(name)
        for key in KEYS:
            object.__setattr__(self, key.name, values.get(key.name, key.default))

    def __setattr__(self, name: str, value: object) -> "NoReturn":
        raise AttributeError(f"Settings are frozen: use replace({name}=...)")

    __delattr__ = __setattr__  # pyright: ignore[reportAssignmentType]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Settings):
            return NotImplemented
        return self.as_dict() == other.as_dict()

    def __hash__(self) -> int:
        return hash(tuple(self.as_dict().values()))

    def __reduce__(self) -> "tuple[Callable[..., Settings], tuple[dict[str, Any]]]":
        return _from_dict, (self.as_dict(),)

    def __repr__(self) -> str:
        changed = (f"{k.name}={getattr(self, k.name)!r}" for k in KEYS if getattr(self, k.name) != k.default)
        return f"Settings({', '.join(changed)})"

    def as_dict(self) -> "dict[str, Any]":
        """Every setting by its name."""
        return {name: getattr(self, name) for name in _BY_NAME}

    def replace(self, **values: object) -> "Settings":
        """A copy with these settings changed."""
        return Settings(**(self.as_dict() | values))


def _from_dict(values: "dict[str, Any]") -> Settings:
    return Settings(**values)


def _unknown(name: str) -> "NoReturn":
    raise SettingsError(f"unknown setting {name!r} (there are: {', '.join(_BY_NAME)})")


def parse(text: str) -> "dict[str, Any]":
    """The settings in one `KEY=VALUE,...` text. Raises SettingsError."""
    values: dict[str, Any] = {}
    for item in text.split(","):
        name, equals, value = item.strip().partition("=")
        name = name.replace("-", "_")
        if not name and not equals:
            continue
        key = _BY_NAME.get(name) or _unknown(name)
        try:
            values[name] = key.parse(value if equals else None)
        except ValueError:
            given = repr(value) if equals else "no value"
            raise SettingsError(f"setting {name!r} cannot take {given} (write {key.usage})") from None
    return values


def from_environment(environ: "Mapping[str, str]") -> "dict[str, Any]":
    """The settings in the environment variable PYTRACE. Raises SettingsError."""
    text = environ.get(ENVIRONMENT_VARIABLE)
    return parse(text) if text else {}


def _meaning(key: Key) -> str:
    shown = "" if key.default in (None, False, ()) else f" (default: {int(key.default)})"
    return key.doc + shown


def help_text() -> str:
    """What `pytrace --help` says after python's own help."""
    options = (
        ("--jit KEY=VALUE,...", "settings of the JIT, below; also in the environment variable PYTRACE"),
        ("--stats", "print statistics on standard error at exit"),
        ("--stats-json FILE", "write statistics as JSON to FILE at exit"),
        ("--dump-traces[=DIR]", "show each trace on its way to machine code"),
    )
    lines = ["", "Options of pytrace (before the script, among python's):"]
    lines += [f"{usage:21}: {doc}" for usage, doc in options]
    lines += ["", "Settings for --jit and PYTRACE:"]
    lines += [f"{key.usage:21}: {_meaning(key)}" for key in KEYS]
    return "\n".join(lines) + "\n"


def readme_table() -> str:
    """The table of settings in README.md."""
    rows = [(f"`{key.usage}`".replace("|", "\\|"), _meaning(key)) for key in KEYS]
    return "\n".join(["| setting | what it does |", "|---|---|", *(f"| {usage} | {doc} |" for usage, doc in rows)]) + "\n"
