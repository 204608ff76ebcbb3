"""Compiles a trace to machine code and links it into the process.

text --parse--> module --passes--> module --code generation--> relocatable object --link--> addresses

All of it happens in the bridge's own thread (interp/llvm.c), which calls llvmlite's library directly: whoever asks can wait or go on.
Every trace is a library of its own, so that `close` can give its memory back.

Tiers.  Tier 2 is LLVM's ordinary code generator; most of a trace's latency is its.  Tier 1 is the quick one (no passes, fast
instruction selection, local register allocation): about ten times sooner, and code that keeps values in memory between guards.  Exits are
addresses in the text, the same in both, so `Compiled.upgrade` compiles a trace again for tier 2 and the caller attaches the new entry:
bridges stay attached to the exits that both share.
"""

from __future__ import annotations

import itertools
import time
from typing import Any

from ..interp import _bridge as native  # pyright: ignore[reportAttributeAccessIssue]
from ..tracer import ir
from .emit import Emitted, emit, without_ticks
from .exits import ExitPlan
from .region import emit_region

_counter = itertools.count()
TIER = 2  # what compile_trace uses unless told
ASSEMBLY, TEXT = 1, 2  # kinds of jobs that make something to read


class CompileError(Exception):
    """LLVM refused a trace, or cannot be loaded (`fatal`); the message is a sentence."""

    def __init__(self, message: str, fatal: bool) -> None:
        super().__init__(message)
        self.fatal = fatal


class _Symbols(dict):
    """The bridge's symbols, then (the C library's, for one) those that the process has."""

    def __missing__(self, name: str) -> int:
        value = self[name] = native.process_symbol(name)
        return value


class ProcessEnv:
    """The environment of this process, from the bridge (the module, or anything with its functions); made once and kept."""

    def __init__(self, bridge: Any) -> None:
        if not native.has_llvm():  # the driver has not seen to it
            from importlib.util import find_spec

            spec = find_spec("llvmlite")
            assert spec is not None and spec.origin is not None
            native.open_llvm(f"{spec.origin.rpartition('/')[0]}/binding/libllvmlite.so")
        self.bridge = bridge
        self.layout: dict[str, int] = bridge.layout()
        self.symbols = _Symbols(bridge.symbols())
        self.has_floor: bool = native.has_floor()

    def new_exit(self, plan: ExitPlan) -> int:
        exit = plan.exit = self.bridge.new_exit(plan.blob, plan.consts, plan)
        return exit.address

    def flag_address(self, flag: ir.Flag) -> int:
        if flag.handle is None:
            flag.handle = self.bridge.new_flag()
        return flag.handle.address

    def new_maker(self, cls: type, names: tuple[str, ...]) -> Any:
        return self.bridge.new_maker(cls, names)

    def jump_exit_address(self, token: Any) -> int:
        """`token`: the target loop, with its `buf_exit` (a jump exit) or its `compiled`."""
        exit = token.compiled.jump_exit
        return exit.address


class Compiled:
    """Machine code of one trace.

    entry: address of the entry from the frame (0 where there is none), buf_entry: of the one through the buffer;
    exits: the bridge's Exit objects (their `tag` is the ExitPlan), plans: those plans; size: of the object code, bytes; timings: stage -> seconds.
    The object must live as long as anything may enter the code.
    """

    __slots__ = (
        "trace", "name", "tier", "entry", "buf_entry", "exits", "plans", "keepalive", "object", "entry_object", "size", "timings", "body",
        "entry_text", "is_region", "_jobs", "_bridge", "_jump_exit",
    )  # fmt: skip

    def __init__(self, trace: ir.Trace, emitted: Emitted, bridge: Any, jump_exit: Any = None) -> None:
        self.trace: Any = trace  # until `forget`
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
        self.is_region = False
        self._jobs: list[Any] = []
        self._bridge = bridge
        self._jump_exit = jump_exit

    @property
    def text(self) -> str:
        """The LLVM text, for reading: the body's module, then the entry's."""
        return self.body + self.entry_text

    @property
    def jump_exit(self) -> Any:
        """The exit by which other traces come here (they leave their values in the buffer); of use once this is finished."""
        if self._jump_exit is None:
            self._jump_exit = self._bridge.new_jump_exit(self.buf_entry)
        return self._jump_exit

    def start(self, tier: int) -> Any:
        """Begins to compile the text for a tier; `finish` takes the result when the job is done."""
        body = self.body if tier < TIER else without_ticks(self.body)
        job = native.compile(self.name, body, self.entry_text, f"{self.name}.{tier}", tier)
        self._jobs.append(job)
        self.tier = tier
        return job

    @property
    def arrivals(self) -> int:
        """Address of the count of arrivals at the loop's header, or 0 where nothing counts them."""
        return self._jump_exit.address + env_of(self._bridge).layout["exit.count"] if self._jump_exit is not None else 0

    @property
    def llvm_seconds(self) -> float:
        """What LLVM has taken for it so far."""
        return sum(seconds for stage, seconds in self.timings.items() if stage != "emit")

    @property
    def done(self) -> bool:
        """Whether `finish` need not wait."""
        return self._jobs[-1].done

    def finish(self) -> None:
        """Waits for what was started last; afterwards the entries are those of the new code.  Raises CompileError.

        The old code stays (something may be inside it, or jump to it) until `close`.
        """
        job = self._jobs[-1]
        job.wait()
        if job.error is not None:
            raise CompileError(job.error, job.fatal)
        self.entry, self.buf_entry, self.object, self.entry_object = job.entry, job.buf_entry, job.object, job.entry_object
        if self._jump_exit is not None:
            self._jump_exit.native = job.buf_entry
        self.size = len(self.object) + len(self.entry_object)
        for stage, seconds in zip(("passes", "codegen", "link"), job.seconds):
            self.timings[stage] = self.timings.get(stage, 0.0) + seconds

    def upgrade(self, tier: int = 2) -> None:
        """Compiles the same text for another tier and waits; whoever attached the old entries attaches the new ones."""
        self.start(tier)
        self.finish()

    def forget(self, keep_trace: bool = False, keep_text: bool = False) -> None:
        """Drops what only dumps would look at: the object code, the text unless another tier will want it, and the trace unless it may become part of a region."""
        if not keep_trace:
            self.trace = None
        if not keep_text:
            self.body = self.entry_text = ""
        self.object = self.entry_object = b""
        for job in self._jobs:
            job.forget()

    def close(self) -> None:
        """Frees the machine code and lets go of everything.  Nothing may enter or be inside it."""
        for job in self._jobs:
            job.close()
        self._jobs.clear()
        self.entry = self.buf_entry = 0
        self.forget()
        for plan in self.plans:  # an exit and its plan are a cycle
            plan.exit = plan.snapshot = plan.origin = plan.token = plan.bridge = None
            plan.live = plan.owned = plan.consts = ()
        self.plans, self.exits, self.keepalive = [], [], []
        self._jump_exit = None


_envs: dict[int, ProcessEnv] = {}


def env_of(bridge: Any) -> ProcessEnv:
    env = _envs.get(id(bridge))
    if env is None:
        env = _envs[id(bridge)] = ProcessEnv(bridge)
    return env


def compile_trace(trace: ir.Trace, bridge: Any, tier: int = TIER, wait: bool = True, counts: bool = False) -> Compiled:
    """Compiles and links a trace; `wait` False: only begins to (see Compiled.finish); `counts`: a loop counts its iterations.

    Raises EmitError, ExitError, OwnershipError (each a sentence) for one that is not well-formed, and CompileError.
    """
    t0 = time.perf_counter()
    env = env_of(bridge)
    jump_exit = bridge.new_jump_exit(0) if trace.kind == "loop" and counts else None
    if jump_exit is not None:
        jump_exit.next = max(trace.header, 0) // 2
    arrivals = jump_exit.address + env.layout["exit.count"] if jump_exit is not None else 0
    emitted = emit(trace, env, f"trace_{next(_counter)}", arrivals)  # pyright: ignore[reportArgumentType]
    compiled = Compiled(trace, emitted, bridge, jump_exit)
    compiled.timings["emit"] = time.perf_counter() - t0
    compiled.start(tier)
    if wait:
        compiled.finish()
    return compiled


def compile_region(members: list[Compiled], tokens: list, bridge: Any, tier: int = TIER) -> Compiled:
    """Begins to compile traces as one function that is entered where the first of them is.  Raises as compile_trace does."""
    t0 = time.perf_counter()
    emitted = emit_region(members, env_of(bridge), f"trace_{next(_counter)}")
    emitted.keep += tokens
    compiled = Compiled(members[0].trace, emitted, bridge)
    compiled.is_region = True
    compiled.timings["emit"] = time.perf_counter() - t0
    compiled.start(tier)
    return compiled


def text_of(kind: int, name: str, text: str, tier: int) -> str:
    """What LLVM makes of a text (`kind`: its ASSEMBLY or the TEXT after its passes)."""
    job = native.compile(name.removesuffix("_buf"), text, "", name, tier, kind)
    job.wait()
    if job.error is not None:
        raise CompileError(job.error, job.fatal)
    return job.object.decode()
