"""Compiles a trace to machine code and links it into the process.

text --parse--> module --passes--> module --code generation--> relocatable object --link--> addresses

llvmlite is imported at the first trace (it costs 45 MB and as many milliseconds).  Every trace is a library of its own, so that `close`
can give its memory back.
"""

from __future__ import annotations

import itertools
import sys
import time
from typing import Any

from ..tracer import ir
from .emit import Emitted, emit
from .exits import ExitPlan

_counter = itertools.count()


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
    """LLVM's side of it: target machine, passes, linker."""

    PASSES = ("instruction_combine", "simplify_cfg")

    def __init__(self, opt: int = 2) -> None:
        import llvmlite.binding as llvm

        self.llvm = llvm
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        features = llvm.get_host_cpu_features()
        self.has_floor = sys.platform != "linux" or features.get("sse4.1", True)
        self.target_machine = llvm.Target.from_default_triple().create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=features.flatten(), opt=opt, reloc="static", codemodel="large", jit=True
        )
        self.builder = llvm.create_pass_builder(self.target_machine, llvm.create_pipeline_tuning_options(2))
        self.passes = llvm.create_new_function_pass_manager()
        for name in self.PASSES:
            getattr(self.passes, f"add_{name}_pass")()
        self.jit = llvm.create_lljit_compiler(self.target_machine)

    def process_symbol(self, name: str) -> int | None:
        return self.llvm.address_of_symbol(name)

    def optimize(self, emitted: Emitted) -> Any:
        module = self.llvm.parse_assembly(emitted.text)
        self.passes.run(module.get_function(emitted.name + "_buf"), self.builder)
        return module

    def link(self, emitted: Emitted, obj: bytes) -> tuple[int, int, Any]:
        """(entry from CPython or 0, entry through the buffer, what keeps the code in memory)."""
        builder = self.llvm.JITLibraryBuilder().add_object_img(obj).export_symbol(emitted.name + "_buf")
        if emitted.has_frame_entry:
            builder.export_symbol(emitted.name)
        library = builder.link(self.jit, emitted.name)
        return library[emitted.name] if emitted.has_frame_entry else 0, library[emitted.name + "_buf"], library


_engine: Engine | None = None


def get_engine() -> Engine:
    global _engine
    if _engine is None:
        _engine = Engine()
    return _engine


class Compiled:
    """Machine code of one trace.

    entry: address of the entry from CPython (0 where there is none), buf_entry: of the one through the buffer;
    exits: the bridge's Exit objects (their `tag` is the ExitPlan); size: of the object, bytes; timings: stage -> seconds.
    The object must live as long as anything may enter the code.
    """

    __slots__ = ("trace", "name", "entry", "buf_entry", "exits", "plans", "keepalive", "object", "size", "timings", "text", "_library", "_bridge", "_jump_exit")

    def __init__(self, trace: ir.Trace, emitted: Emitted, bridge: Any) -> None:
        self.trace = trace
        self.name = emitted.name
        self.entry = self.buf_entry = 0
        self.plans = [x.plan for x in emitted.exits]
        self.exits = [p.exit for p in self.plans]
        self.keepalive = emitted.keep
        self.object = b""
        self.size = 0
        self.timings: dict[str, float] = {}
        self.text = emitted.text
        self._library: Any = None
        self._bridge = bridge
        self._jump_exit: Any = None

    @property
    def jump_exit(self) -> Any:
        """The exit by which other traces come here (they leave their values in the buffer)."""
        if self._jump_exit is None:
            self._jump_exit = self._bridge.new_jump_exit(self.buf_entry)
        return self._jump_exit

    def close(self) -> None:
        """Frees the machine code.  Nothing may enter or be inside it."""
        if self._library is not None:
            self._library.close()
            self._library = None
            self.entry = self.buf_entry = 0


_envs: dict[int, ProcessEnv] = {}


def env_of(bridge: Any) -> ProcessEnv:
    env = _envs.get(id(bridge))
    if env is None:
        env = _envs[id(bridge)] = ProcessEnv(bridge)
    return env


def compile_trace(trace: ir.Trace, bridge: Any) -> Compiled:
    """Compiles and links a trace.  Raises EmitError, ExitError, OwnershipError (each a sentence) for one that is not well-formed."""
    clock = time.perf_counter
    t0 = clock()
    engine, env = get_engine(), env_of(bridge)
    t1 = clock()
    emitted = emit(trace, env, f"trace_{next(_counter)}")
    t2 = clock()
    compiled = Compiled(trace, emitted, bridge)
    module = engine.optimize(emitted)
    t3 = clock()
    obj = engine.target_machine.emit_object(module)
    t4 = clock()
    compiled.entry, compiled.buf_entry, compiled._library = engine.link(emitted, obj)
    t5 = clock()
    module.close()
    compiled.object = obj
    compiled.size = len(obj)
    compiled.timings = {"setup": t1 - t0, "emit": t2 - t1, "passes": t3 - t2, "codegen": t4 - t3, "link": t5 - t4}
    return compiled
