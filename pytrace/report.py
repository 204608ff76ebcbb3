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
    ("functions", "functions compiled"),
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
    rows += [(f"  {reason}", f"{count:,}") for reason, count in sorted(aborts.items(), key=lambda row: -row[1])]
    total = figures.get("time_total", 0.0)
    for key, label in _TIMES:
        seconds = figures.get(key, 0.0)
        share = f"  {seconds / total:6.1%}" if total else ""
        rows.append((f"time {label}", f"{seconds:.3f} s{share}"))
    if total:
        rows.append(("time in all", f"{total:.3f} s"))
    width = max(len(label) for label, _ in rows)
    return "".join(f"pytrace: {label:{width}}  {value}\n" for label, value in rows)


def report(settings: "Settings", figures: "Mapping[str, Any]") -> None:
    """Print and write what the settings ask for."""
    if settings.stats and sys.__stderr__ is not None:
        sys.__stderr__.write(render(figures))
        sys.__stderr__.flush()
    if settings.stats_json:
        import json

        try:
            with open(settings.stats_json, "w", encoding="utf-8") as file:
                json.dump(dict(figures), file, indent=2)
                file.write("\n")
        except OSError as error:
            print(f"pytrace: cannot write {settings.stats_json}: {error.strerror}", file=sys.__stderr__)
