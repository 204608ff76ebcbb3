"""The command: `pytrace [python's own options] script.py args...` behaves as `python` does, to the byte.

Three ways lead there:

* The plain case runs in this very process, so that start-up costs no second interpreter: `__main__` is made as good as
  new, sys.argv, sys.orig_argv and sys.path[0] are set, and the program runs by the steps of CPython's Modules/main.c.
* Options of the interpreter itself (-O, -I, -X, ...) can only be given to a new one, so the command executes the real
  interpreter with them, and this package's __main__.py by its path in the script's place (-I and -S find nothing else).
* Whatever python answers without running a program (a bad option, a missing file, a syntax error, --version, the
  prompt) is left to it.

An uncaught exception leaves through `main` to CPython's own top level, which knows how to report it, which status to
exit with, and how to die of SIGINT. All that is done here is to take our frames off the traceback: see `_uncaught`.

Start-up is the point of half of this file's oddities: nothing is imported that CPython has not imported itself already.
"""

import os
import sys

from . import _start, stats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, ModuleType, TracebackType
    from typing import Any, NoReturn

    from .settings import Settings

_FLAGS = frozenset("bBdEiIOPqRsStuv")
_PIPE_CAPACITY = 1 << 16


class Command:
    """A parsed command line."""

    __slots__ = ("help", "jit", "kind", "mine", "options", "plain", "rest", "skip_first_line")

    def __init__(self) -> None:
        self.options: list[str] = []  # python's own, as given, but for those that say what to run
        self.mine: list[str] = []  # pytrace's own, as given
        self.jit: dict[str, Any] = {}  # ... and what they mean
        self.kind = ""  # "-c", "-m", "script", "-" (a program on stdin), or "python": python's own business
        self.rest: list[str] = []  # the script, module or code, and its arguments
        self.plain: list[str] = []  # the command line without pytrace's options
        self.help = False
        self.skip_first_line = False


def parse_command(arguments: list[str]) -> Command:
    """Read the command line as CPython's initconfig.c does, pytrace's options included. Raises SettingsError."""
    command = Command()
    position = 0
    while position < len(arguments):
        argument = arguments[position]
        if argument == "-" or not argument.startswith("-"):
            break
        position += 1
        if argument == "--":
            command.plain.append(argument)
            break
        if argument.startswith("--"):
            taken = _long_option(command, argument, arguments[position : position + 1])
        else:
            taken = _short_options(command, argument, arguments[position:])
        if command.kind:
            if command.kind == "python":
                command.plain += [argument, *arguments[position:]]
            return command
        position += taken
    command.rest = arguments[position:]
    command.plain += command.rest
    command.kind = "script" if command.rest and command.rest[0] != "-" else "-"
    return command


def _long_option(command: Command, argument: str, following: list[str]) -> int:
    """Take a long option; returns how many of the following arguments it used."""
    from .settings import SettingsError, parse

    name, equals, value = argument.partition("=")
    taken = 0
    if name in ("--jit", "--stats-json") and not equals:
        if not following:
            raise SettingsError(f"argument expected for the {name} option")
        value = following[0]
        taken = 1
    if name == "--jit":
        command.jit |= parse(value)
    elif name == "--stats-json":
        if not value:
            raise SettingsError(f"argument expected for the {name} option")
        command.jit["stats_json"] = value
    elif name == "--dump-traces":
        command.jit["dump"] = value or "-"
    elif argument == "--stats":
        command.jit["stats"] = True
    elif argument == "--help":
        command.help = True
        command.plain.append(argument)
        return 0
    elif argument == "--check-hash-based-pycs" and following:
        command.options += [argument, following[0]]
        command.plain += [argument, following[0]]
        return 1
    else:
        command.kind = "python"  # --version and its like, or an unknown option
        return 0
    command.mine += [argument, *following[:taken]]
    return taken


def _short_options(command: Command, argument: str, following: list[str]) -> int:
    """Take a cluster of short options; returns how many of the following arguments it used."""
    own = [argument]
    for index, letter in enumerate(argument[1:], 1):
        attached = argument[index + 1 :]
        if letter == "x":
            command.skip_first_line = True
        elif letter in "h?":
            command.help = True
        elif letter in _FLAGS:
            pass
        elif letter not in "cmWX" or not (attached or following):
            command.kind = "python"  # -V, an unknown option, or one that lacks its argument
            return 0
        elif letter in "WX":
            own += [] if attached else following[:1]
            break
        else:
            command.kind = "-" + letter
            command.rest = [attached, *following] if attached else following
            command.plain += [argument, *following]
            own = [argument[:index]]
            break
    if not command.kind:
        command.plain += own
    flags, *value = own
    if command.skip_first_line:  # it would skip the first line of our __main__.py
        flags = flags if "W" in flags or "X" in flags else flags.replace("x", "")
    if flags != "-":
        command.options += [flags, *value]
    return len(value)


def main() -> None:
    """Run the command line in sys.argv as `python` would, with the JIT."""
    try:
        _main()
    except BaseException as error:
        if not isinstance(error, SystemExit) or sys.flags.inspect:
            _uncaught(error)
        raise


def _settings(command: Command) -> "Settings | None":
    """What the user asked for, None: nothing. Raises SettingsError."""
    if not command.jit and not os.environ.get("PYTRACE"):
        return None
    from .settings import Settings, from_environment

    return Settings(**(from_environment(os.environ) | command.jit))


def _main() -> None:
    try:
        command = parse_command(sys.argv[1:])
        settings = _settings(command)
    except ValueError as error:  # a SettingsError
        print(f"pytrace: {error}", file=sys.stderr)
        sys.exit(2)
    given = sys.orig_argv[1 : -len(sys.argv)]  # options that this interpreter has already
    if given and given[-1] == "-m":
        given.pop()
    command.plain[:0] = given
    if command.help and command.kind != "python":
        _print_help(command)
    if command.kind == "python" or (command.kind == "-" and (os.isatty(0) or "-i" in command.options)):
        _execute(command.plain)
    if command.options:
        rest = command.rest if command.kind in ("script", "-") else [command.kind, *command.rest]
        skip = ["-x"] if command.skip_first_line else []
        entry = __file__.rpartition("/")[0] + "/__main__.py"
        _execute([*given, *command.options, entry, *command.mine, *skip, *_protected(command.kind, rest)])
    if command.kind == "script" and not os.path.exists(command.rest[0]):
        _execute(command.plain)

    sys.orig_argv[1:] = command.plain
    namespace = _fresh_main()
    if settings is not None and (settings.stats or settings.stats_json):
        import atexit

        from .report import report

        atexit.register(_report, report, settings, os.getpid())
    _start(settings)
    if command.kind == "-c":
        _run_command(command, namespace)
    elif command.kind == "-m":
        _run_module(command)
        if not sys.flags.inspect:
            sys.exit()  # and not back to CPython's top level, which would take __file__ out of __main__ before atexit
    elif command.kind == "script":
        _run_script(command, namespace)
    else:
        _run_stdin(command, namespace)


def _protected(kind: str, rest: list[str]) -> list[str]:
    """A script whose name begins with a dash got past python's options behind `--`; it has to once more."""
    return ["--", *rest] if kind == "script" and rest[0].startswith("-") else rest


def _execute(arguments: list[str]) -> "NoReturn":
    """Become the real interpreter."""
    os.execv(sys.executable, [sys.executable, *arguments])


def _print_help(command: Command) -> "NoReturn":
    from .settings import help_text

    status = os.spawnv(os.P_WAIT, sys.executable, [sys.executable, *command.plain])
    if status == 0:
        sys.stdout.write(help_text())
    sys.exit(status)


def _report(report: "Callable[[Settings, dict[str, Any]], None]", settings: "Settings", process: int) -> None:
    if os.getpid() == process:  # and not in a forked child that leaves through sys.exit
        report(settings, stats())


# ---------------------------------------------------------------------------------------------------------------------
# What Modules/main.c and Python/pythonrun.c do


def _bridge() -> "ModuleType | None":
    try:
        from .interp import _bridge  # pyright: ignore[reportAttributeAccessIssue]
    except (ImportError, RuntimeError):  # `enable` said so already
        return None
    return _bridge


def run_code(code: "CodeType", namespace: "dict[str, Any]") -> None:
    """Run a program's code as if nothing were below it on the stack, where the bridge can arrange that."""
    getattr(_bridge(), "run_code", exec)(code, namespace)


def compile_code(source: "bytes | str", filename: str) -> "CodeType":
    """Compile a program.

    The builtin sets up all classes of the `ast` module when it is first called, which takes a tenth of CPython's
    start-up; the bridge can call the compiler without that.
    """
    quick = getattr(_bridge(), "compile_code", None)
    if quick is None or (b"\0" in source if isinstance(source, bytes) else "\0" in source):
        return compile(source, filename, "exec", dont_inherit=True)
    return quick(source, filename)


def _fresh_main() -> "dict[str, Any]":
    """The namespace of `__main__`, as it is before a program starts."""
    import builtins
    from _frozen_importlib import BuiltinImporter  # pyright: ignore[reportMissingImports]

    namespace = sys.modules["__main__"].__dict__
    namespace.clear()
    namespace.update(__name__="__main__", __doc__=None, __package__=None, __loader__=BuiltinImporter, __spec__=None)
    if sys.version_info < (3, 14):
        namespace["__annotations__"] = {}
    namespace["__builtins__"] = builtins
    return namespace


def _set_path0(path: "str | None") -> None:
    if not sys.flags.safe_path:
        if path is None:
            del sys.path[0]
        else:
            sys.path[0] = path


def _run_command(command: Command, namespace: "dict[str, Any]") -> None:
    source = command.rest[0] + "\n"
    sys.argv[:] = ["-c", *command.rest[1:]]
    _set_path0("")
    code = _compile_or_leave(source, "<string>", command)
    if sys.version_info >= (3, 13):
        import linecache

        linecache._register_code("<string>", source, "<string>")  # pyright: ignore[reportAttributeAccessIssue]
    run_code(code, namespace)


def _run_module(command: Command) -> None:
    sys.argv[:] = ["-m", *command.rest[1:]]
    try:
        _set_path0(os.getcwd())
    except OSError:
        _set_path0(None)
    _call_runpy(command.rest[0], True)


def _call_runpy(module: str, alter_argv: bool) -> None:
    import runpy

    run = runpy._run_module_as_main  # pyright: ignore[reportAttributeAccessIssue]
    if run_call := getattr(_bridge(), "run_call", None):
        run_call(run, module, alter_argv)
        return
    names = {"run": run, "module": module, "alter_argv": alter_argv}
    run_code(compile_code("run(module, alter_argv)", __file__), names)


def _run_stdin(command: Command, namespace: "dict[str, Any]") -> None:
    sys.argv[:] = command.rest or [""]
    _set_path0("")
    try:
        start = os.lseek(0, 0, os.SEEK_CUR)
    except OSError:
        start = None
    chunks = []
    while chunk := os.read(0, 1 << 16):
        chunks.append(chunk)
    source = b"".join(chunks)

    def give_back() -> None:
        if start is not None:
            os.lseek(0, start, os.SEEK_SET)
            return
        if len(source) <= _PIPE_CAPACITY:
            copy, end = os.pipe()
            os.write(end, source)
            os.close(end)
        else:
            copy = os.memfd_create("stdin")
            with open(copy, "wb", closefd=False) as file:
                file.write(source)
            os.lseek(copy, 0, os.SEEK_SET)
        os.dup2(copy, 0)

    if any(b"coding" in line for line in source.split(b"\n", 2)[:2]):  # python cannot change the encoding of a pipe
        give_back()
        _execute(command.plain)
    namespace["__file__"] = "<stdin>"
    namespace["__cached__"] = None
    run_code(_compile_or_leave(source, "<stdin>", command, give_back), namespace)


def _run_script(command: Command, namespace: "dict[str, Any]") -> None:
    script = command.rest[0]
    path = script if script.startswith("/") else f"{os.getcwd()}/{script}"
    sys.argv[:] = command.rest
    for hook in sys.path_hooks:  # a directory or an archive is run by its __main__ module
        try:
            importer = hook(path)
        except ImportError:
            continue
        sys.path_importer_cache[path] = importer
        if sys.flags.safe_path:
            sys.path.insert(0, path)
        else:
            sys.path[0] = path
        _call_runpy("__main__", False)
        return
    try:
        with open(path, "rb", 0) as file:
            data = file.read()
    except OSError:
        _execute(command.plain)
    _set_path0(os.path.dirname(os.path.realpath(script)))

    from _frozen_importlib_external import (  # pyright: ignore[reportMissingImports]
        MAGIC_NUMBER,
        SourceFileLoader,
        SourcelessFileLoader,
    )

    compiled = path.endswith(".pyc") or data[:2] == MAGIC_NUMBER[:2]
    namespace["__file__"] = path
    namespace["__cached__"] = None
    namespace["__loader__"] = (SourcelessFileLoader if compiled else SourceFileLoader)("__main__", path)
    if compiled:
        code = _load_pyc(data) if data[:4] == MAGIC_NUMBER else None
        if code is None:
            _execute(command.plain)
    else:
        if command.skip_first_line:
            data = data[data.find(b"\n") :] if b"\n" in data else b""
        code = _compile_or_leave(data, path, command)
    run_code(code, namespace)


def _compile_or_leave(source: "bytes | str", filename: str, command: Command, prepare: "Callable[[], None] | None" = None) -> "CodeType":
    """Compile a program, or become the real interpreter to say what is wrong with it.

    CPython reads files and strings with different tokenizers, and they differ in wording and in where the caret is.
    """
    import io

    real = sys.stderr
    sys.stderr = held = io.StringIO()  # for warnings, which python is going to repeat
    try:
        code = compile_code(source, filename)
    except Exception:
        sys.stderr = real
        if prepare:
            prepare()
        _execute(command.plain)
    sys.stderr = real
    if real is not None and held.tell():
        real.write(held.getvalue())
    return code


def _load_pyc(data: bytes) -> "CodeType | None":
    import marshal
    import types

    try:
        code = marshal.loads(data[16:])
    except (EOFError, ValueError, TypeError):
        return None
    return code if isinstance(code, types.CodeType) else None


def _uncaught(error: BaseException) -> None:
    """Let CPython's top level report an exception as if it had never passed through this file.

    Each frame of ours that it leaves adds itself to the traceback, so that is cut when everything of ours is done: in a
    hook that CPython calls in place of the user's sys.excepthook, which it puts back and calls.
    """
    traceback = _without_ours(error.__traceback__)
    users_hook = sys.__dict__.get("excepthook", _missing_hook)

    def hook(kind: type[BaseException], error: BaseException, _: "TracebackType | None") -> None:
        if users_hook is _missing_hook:
            del sys.excepthook
        else:
            sys.excepthook = users_hook
        sys.last_traceback = error.__traceback__ = traceback
        try:
            users_hook(kind, error, traceback)
        except BaseException as second:
            second.__traceback__ = _without_ours(second.__traceback__)
            raise

    sys.excepthook = hook


def _missing_hook(kind: type[BaseException], error: BaseException, traceback: "TracebackType | None") -> None:
    print("sys.excepthook is missing", file=sys.stderr)
    sys.__excepthook__(kind, error, traceback)


def _without_ours(traceback: "TracebackType | None") -> "TracebackType | None":
    while traceback is not None and traceback.tb_frame.f_code.co_filename == __file__:
        traceback = traceback.tb_next
    return traceback
