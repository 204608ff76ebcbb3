"""Compiles a trace to machine code and links it into the process.

text --parse--> module --passes--> module --code generation--> relocatable object --link--> addresses

llvmlite is imported at the first trace (it costs 45 MB and as many milliseconds).  Every trace is a library of its own, so that `close`
can give its memory back.

Tiers.  Tier 2 is LLVM's ordinary code generator; most of a trace's latency is its.  Tier 1 is the quick one (no passes, fast
instruction selection, local register allocation): about ten times sooner, and code that keeps values in memory between guards.  Exits are
addresses in the text, the same in both, so `Compiled.upgrade` compiles a trace again for tier 2, in another thread if wanted
(LLVM runs without the GIL), and the caller attaches the new entry: bridges stay attached to the exits that both share.
"""

from __future__ import annotations

import itertools
import time
from typing import Any

from ..tracer import ir
from .emit import Emitted, emit
from .exits import ExitPlan

_counter = itertools.count()
TIER = 2  # what compile_trace uses unless told


class _Symbols(dict):
    """The bridge's symbols, then (the C library's, for one) those that the process has."""

    def __init__(self, known: dict[str, int], find: Any) -> None:
        super().__init__(known)
        self.find = find

    def __missing__(self, name: str) -> int:
        value = self[name] = self.find(name) or 0
        return value


class ProcessEnv:
    """The environment of this process, from the bridge (the module, or anything with its functions); made once and kept."""

    def __init__(self, bridge: Any) -> None:
        self.bridge = bridge
        self.layout: dict[str, int] = bridge.layout()
        engine = get_engine()
        self.symbols = _Symbols(bridge.symbols(), engine.process_symbol)
        self.has_floor: bool = engine.has_floor

    def new_exit(self, plan: ExitPlan) -> int:
        exit = plan.exit = self.bridge.new_exit(plan.blob, plan.consts, plan)
        return exit.address

    def flag_address(self, flag: ir.Flag) -> int:
        if flag.handle is None:
            flag.handle = self.bridge.new_flag()
        return flag.handle.address

    def jump_exit_address(self, token: Any) -> int:
        """`token`: the target loop, with its `buf_exit` (a jump exit) or its `compiled`."""
        exit = token.compiled.jump_exit
        return exit.address


class Engine:
    """LLVM's side of one tier: target machine, passes, linker."""

    PASSES = {1: (), 2: ("instruction_combine", "simplify_cfg")}
    OPT = {1: 0, 2: 2}

    def __init__(self, tier: int) -> None:
        import llvmlite.binding as llvm

        self.llvm = llvm
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        _set_options(llvm)
        features = llvm.get_host_cpu_features()
        self.has_floor = features.get("sse4.1", True)
        self.target_machine = llvm.Target.from_default_triple().create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=features.flatten(), opt=self.OPT[tier], reloc="static", codemodel="large", jit=True
        )
        self.builder = self.passes = None
        if self.PASSES[tier]:
            self.builder = llvm.create_pass_builder(self.target_machine, llvm.create_pipeline_tuning_options(2))
            self.passes = llvm.create_new_function_pass_manager()
            for name in self.PASSES[tier]:
                getattr(self.passes, f"add_{name}_pass")()
        self.jit = llvm.create_lljit_compiler(self.target_machine)
        # ctypes makes array types anew unless somebody holds them, and each is a cycle for the program's collector
        orc = llvm.orcjit
        self.array_types = [getattr(orc, name) * n for name in ("_LinkElement", "_SymbolAddress") if hasattr(orc, name) for n in range(3)]

    def process_symbol(self, name: str) -> int | None:
        return self.llvm.address_of_symbol(name)

    def optimize(self, name: str, text: str) -> Any:
        """Parses a text and runs the tier's passes over the function `name`; a llvmlite module."""
        module = self.llvm.parse_assembly(text)
        if self.passes is not None:
            self.passes.run(module.get_function(name), self.builder)
        return module

    def compile(self, name: str, text: str) -> tuple[bytes, float]:
        """Object code, and the seconds that parsing and passes took."""
        clock = time.perf_counter
        start = clock()
        module = self.optimize(name, text)
        passes = clock() - start
        obj = self.target_machine.emit_object(module)
        module.close()
        return obj, passes

    def link(self, library: str, name: str, body: bytes, entry: bytes) -> tuple[int, int, Any]:
        """(entry from the frame or 0, entry through the buffer, what keeps the code in memory)."""
        builder = self.llvm.JITLibraryBuilder().add_object_img(body).export_symbol(name + "_buf")
        if entry:
            builder.add_object_img(entry).export_symbol(name)
        code = builder.link(self.jit, library)
        return code[name] if entry else 0, code[name + "_buf"], code


_engines: dict[int, Engine] = {}
# A third of code generation's time, for code that measures the same: scheduling once more after register allocation, and the
# allocator's long search for places to split live ranges (our functions have hundreds of cold blocks).
_OPTIONS = ("-post-RA-scheduler=false", "-grow-region-complexity-budget=10")


def _set_options(llvm: Any) -> None:
    """LLVM ends the process over an option that it does not know, so only versions that were tried get them."""
    if not _engines and llvm.llvm_version_info[0] == 22:
        for option in _OPTIONS:
            llvm.set_option("pytrace", option)


def get_engine(tier: int = TIER) -> Engine:
    engine = _engines.get(tier)
    if engine is None:
        engine = _engines[tier] = Engine(tier)
    return engine


class Compiled:
    """Machine code of one trace.

    entry: address of the entry from the frame (0 where there is none), buf_entry: of the one through the buffer;
    exits: the bridge's Exit objects (their `tag` is the ExitPlan), plans: those plans; size: of the object code, bytes; timings: stage -> seconds.
    The object must live as long as anything may enter the code.
    """

    __slots__ = (
        "trace", "name", "tier", "entry", "buf_entry", "exits", "plans", "keepalive", "object", "entry_object", "size", "timings", "body",
        "entry_text", "_code", "_bridge", "_jump_exit",
    )  # fmt: skip

    def __init__(self, trace: ir.Trace, emitted: Emitted, bridge: Any) -> None:
        self.trace = trace
        self.name = emitted.name
        self.tier = 0
        self.entry = self.buf_entry = 0
        self.plans = [x.plan for x in emitted.exits]
        self.exits = [p.exit for p in self.plans]
        self.keepalive = emitted.keep
        self.object = self.entry_object = b""
        self.size = 0
        self.timings: dict[str, float] = {}
        self.body = emitted.body
        self.entry_text = emitted.entry
        self._code: list[Any] = []
        self._bridge = bridge
        self._jump_exit: Any = None

    @property
    def text(self) -> str:
        """The LLVM text, for reading: the body's module, then the entry's."""
        return self.body + self.entry_text

    @property
    def jump_exit(self) -> Any:
        """The exit by which other traces come here (they leave their values in the buffer)."""
        if self._jump_exit is None:
            self._jump_exit = self._bridge.new_jump_exit(self.buf_entry)
        return self._jump_exit

    def upgrade(self, tier: int = 2) -> None:
        """Compiles the same text for a tier; afterwards the entries are those of the new code.

        The old code stays (something may be inside it, or jump to it) until `close`.  May run in another thread; whoever attached the old
        entries attaches the new ones.
        """
        clock = time.perf_counter
        t0 = clock()
        engine = get_engine(tier)
        t1 = clock()
        obj, passes = engine.compile(self.name + "_buf", self.body)
        if self.entry_text and not self.entry_object:
            self.entry_object, more = get_engine(1).compile(self.name, self.entry_text)
            passes += more
        t2 = clock()
        entry, buf_entry, code = engine.link(f"{self.name}.{tier}", self.name, obj, self.entry_object)
        t3 = clock()
        self._code.append(code)
        self.entry, self.buf_entry, self.object, self.tier = entry, buf_entry, obj, tier
        self.size = len(obj) + len(self.entry_object)
        for stage, seconds in (("setup", t1 - t0), ("passes", passes), ("codegen", t2 - t1 - passes), ("link", t3 - t2)):
            self.timings[stage] = self.timings.get(stage, 0.0) + seconds

    def close(self) -> None:
        """Frees the machine code.  Nothing may enter or be inside it."""
        for code in self._code:
            code.close()
        self._code.clear()
        self.entry = self.buf_entry = 0


_envs: dict[int, ProcessEnv] = {}


def env_of(bridge: Any) -> ProcessEnv:
    env = _envs.get(id(bridge))
    if env is None:
        env = _envs[id(bridge)] = ProcessEnv(bridge)
    return env


def compile_trace(trace: ir.Trace, bridge: Any, tier: int = TIER) -> Compiled:
    """Compiles and links a trace.  Raises EmitError, ExitError, OwnershipError (each a sentence) for one that is not well-formed."""
    clock = time.perf_counter
    t0 = clock()
    get_engine(tier)
    env = env_of(bridge)
    t1 = clock()
    emitted = emit(trace, env, f"trace_{next(_counter)}")  # pyright: ignore[reportArgumentType]
    t2 = clock()
    compiled = Compiled(trace, emitted, bridge)
    compiled.timings = {"setup": t1 - t0, "emit": t2 - t1}
    compiled.upgrade(tier)
    return compiled
