"""What `--stats` prints and `--stats-json` writes: the driver's figures as text for people and as JSON for tools."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .settings import Settings

_COUNTS = (
    ("loops", "loops compiled"),
    ("bridges", "bridges compiled"),
    ("shared", "exits that share a bridge"),
    ("functions", "functions compiled"),
    ("regions", "regions compiled"),
    ("improved", "traces compiled again, since they are hot"),
    ("exits", "side exits taken"),
    ("invalidations", "traces invalidated"),
)
_TIMES = (
    ("time_native", "in native code"),
    ("time_recording", "recording"),
    ("time_optimizing", "optimizing"),
    ("time_codegen", "writing LLVM IR"),
    ("time_llvm", "in LLVM"),
)


def render(figures: "Mapping[str, Any]") -> str:
    """The figures as lines of text. Times are in seconds; shares are of the whole run."""
    if not figures:
        return "pytrace: nothing was traced: the JIT did not run\n"
    rows = [(label, f"{figures.get(key, 0):,}") for key, label in _COUNTS]
    aborts: Mapping[str, int] = figures.get("aborts", {})
    rows.append(("recordings aborted", f"{sum(aborts.values()):,}"))
    texts: Mapping[str, str] = figures.get("abort_reasons", {})
    rows += [(f"  {code}", f"{count:,}  {texts.get(code, '')}".rstrip()) for code, count in sorted(aborts.items(), key=lambda row: -row[1])]
    total = figures.get("time_total", 0.0)
    for key, label in _TIMES:
        seconds = figures.get(key, 0.0)
        share = f"  {seconds / total:6.1%}" if total else ""
        rows.append((f"time {label}", f"{seconds:.3f} s{share}"))
    if total:
        rows.append(("time in all", f"{total:.3f} s"))
    width = max(len(label) for label, _ in rows)
    return "".join(f"pytrace: {label:{width}}  {value}\n" for label, value in rows)


def as_json(value: object, indent: str = "\n") -> str:
    """The figures as JSON, made by hand: at a program's exit nothing can be imported for sure."""
    if isinstance(value, dict):
        inner = indent + "  "
        items = ",".join(f"{inner}{as_json(key)}: {as_json(item, inner)}" for key, item in value.items())
        return f"{{{items}{indent}}}" if items else "{}"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)


def report(settings: "Settings", figures: "Mapping[str, Any]") -> None:
    """Print and write what the settings ask for."""
    if settings.stats and sys.__stderr__ is not None:
        sys.__stderr__.write(render(figures))
        sys.__stderr__.flush()
    if settings.stats_json:
        try:
            with open(settings.stats_json, "w", encoding="utf-8") as file:
                file.write(as_json(figures) + "\n")
        except OSError as error:
            print(f"pytrace: cannot write {settings.stats_json}: {error.strerror}", file=sys.__stderr__)
