"""The stages strung together: record, optimize, compile, attach; and what is to be done when a recording fails."""

from __future__ import annotations

import os
import sys
import time
from _weakref import ref
from typing import Any

from . import codegen, optimizer
from .budget import BESIDE, Budget
from .codegen import compile as backend
from .codegen.region import MOST_MEMBERS, MOST_OPERATIONS, fits
from .guards import watch
from .guards.shapes import point, shape
from .guards.watch import Watcher
from .interp import bytecode
from .settings import Settings
from .tracer import functions, ir, opcodes
from .tracer.aborts import REASONS, Abort, Raised
from .tracer.functions import FunctionToken
from .tracer.generators import RESUMED
from .tracer.ir import OPERATOR
from .tracer.recorder import ENTRY, MAX_INT, MIN_INT, Limits, LoopToken, Recorder, namespace_of
from .trees import Trees

NEVER = -1
OFTEN = 4000  # times that an exit is taken before it gets a bridge: until then it has cost about as much as the bridge; the first ones get theirs sooner
LATER = 10_000  # times that an exit is taken, or a function called, until it is looked at again where the budget was used up
AWAKE_SECONDS = 0.3  # between occasions on which loops that were refused for want of budget are looked at again, at first
AWAKE = 500  # events of such a loop, until it asks
WHEN_COMPILED = 1 << 60  # events that will not happen before
REVIEW = 2000  # times that a bridge was taken when it is looked at again
MAX_REVIEWS = 3
MINORITY = 0.8  # share of the times that a loop is entered by other traces in which its first iteration is not completed
RETRY = 200  # events until the next attempt, times the reason's factor
MAX_ATTEMPTS = 6
HOT_NS = 3_000_000  # of a loop, before it is known what recording and compiling take; afterwards that, but at least
LEAST_HOT_NS = 1_000_000
MOST_SECONDS = 0.02
MAX_WAITS = 5  # for inner loops to be compiled first
MAX_REFUSED = 4  # times that a loop is recorded again because its code is entered in vain
MAX_ENTRY_WAITS = 14  # for the loops of a function that is called often to be compiled
MAX_ENTRY_ATTEMPTS = 3  # to record the way from its start to one of them
_JUMP_LOOP = ir.BY_NAME["jump_loop"].code
_GUARD_POLL, _GUARD_ROOM = ir.BY_NAME["guard_poll"].code, ir.BY_NAME["guard_room"].code
MAX_MOVES = 256  # words that change places on the way to a shared bridge
MAX_BRIDGES = 60  # of one loop
REGION = 200_000  # times that a bridge was taken when it becomes part of a region, with what it leads to; but at least
REGION_PER_OPERATION = 4000  # as often for each operation of the region: compiling that takes as long as is then saved
REGION_IN_TESTS = 600  # the same with threshold=N
HOT_EDGE = 1 / 64  # of that, for whatever else becomes part of it
MAX_REGIONS = 3  # of one loop
MAX_LEFT = 5  # recordings that left the loop; after these a loop that is left in its first iteration is recorded like that
_OURS = tuple(os.path.dirname(os.path.abspath(m.__file__)) + os.sep for m in (ir, codegen, optimizer, watch, bytecode)) + (os.path.dirname(os.path.abspath(__file__)) + os.sep,)  # pyright: ignore[reportArgumentType, reportCallIssue]


def is_small(obj: Any) -> bool:
    return type(obj) is int and MIN_INT <= obj <= MAX_INT


class Place:
    """What happened so far at a loop header."""

    __slots__ = ("attempts", "refused", "waits", "generic", "ref", "bridges", "left", "reviews", "patience", "more", "inner", "regions", "short", "chances", "earned")

    def __init__(self, code: Any) -> None:
        self.attempts = 0
        self.refused = 0
        self.waits = 0
        self.generic: set = set()
        self.ref = ref(code)
        self.bridges = 0
        self.left = 0
        self.reviews = 0
        self.patience = 1
        self.more: tuple = ()  # weak references to the other objects whose ids are in the place's key
        self.regions = 0
        self.earned = 0.0  # seconds that its bridges cost beyond the budget
        self.chances = 0  # that it got when it had lost
        self.short = False  # a loop of an inlined frame that is unrolled, since it ended while it was recorded
        self.inner: set = set()  # keys under which this loop was recorded in inlined frames


class InnerLoops:
    """Compiled loops of inlined frames, by the frames around them; several for one place where types differ."""

    VARIANTS, PLACES = 3, 8  # of one place; of one header

    def __init__(self, jit: Jit) -> None:
        self.jit = jit
        self.all: dict[tuple, list[LoopToken]] = {}

    def tokens(self, key: tuple) -> list[LoopToken]:
        found = self.all.get(key)
        if not found:
            return []
        for token in [t for t in found if t.flag is not None and self.jit._raised(t.flag)]:
            self.jit._invalid(token)
        return self.all.get(key, [])

    def function(self, func: Any) -> FunctionToken | None:
        token = self.jit.functions.get(id(func))
        if token is None or not token.alive or token.code is not func.__code__ or self.jit._raised(token.flag):
            return None
        return token

    def begin(self, recorder: Recorder, key: tuple) -> frozenset | None:
        place = self.jit.places.get(key)
        if place is not None and place.short:
            return None
        frames = recorder.frames
        f = frames[-1]
        inner = self.jit._place((id(f.code), key[-1]), f.code).inner
        inner.add(key)
        if len(self.all.get(key, ())) >= self.VARIANTS or len(inner) > self.PLACES:
            return None
        return frozenset(self.jit._place(key, f.code, frames[0].code, *[g.func for g in frames[1:]]).generic)

    def add(self, token: LoopToken) -> None:
        self.all.setdefault(token.key, []).append(token)

    def remove(self, token: LoopToken) -> None:
        found = self.all.get(token.key, [])
        if token in found:
            found.remove(token)
            if not found:
                del self.all[token.key]


def _is_plain(token: Any) -> bool:
    """Is it a loop of the root frame (and not of an inlined one, or a function)?"""
    return isinstance(token, LoopToken) and len(token.key) == 2


class Unfinished:
    """A trace that is being compiled: a loop's, or a bridge's from `exit`; or a region, whose `trace` is a list of its members'."""

    __slots__ = ("better", "compiled", "exit", "replaces", "token", "trace")

    def __init__(self, compiled: Any, trace: Any, token: Any, exit: Any, replaces: LoopToken | None = None, better: bool = False) -> None:
        self.compiled = compiled
        self.trace = trace
        self.token = token
        self.exit = exit
        self.replaces = replaces  # the loop's earlier code, which is entered until this is there
        self.better = better  # it is there, and hot: this is better code for it


class Jit:
    """One for each process.  `give_up(why)`: what to call when nothing can be compiled at all."""

    def __init__(self, bridge: Any, settings: Settings, give_up: Any) -> None:
        self.bridge = bridge
        self.give_up = give_up
        modules = [module for name, module in sys.modules.items() if name.startswith("pytrace.")]
        bridge.set_types(frozenset([t for module in modules for t in module.__dict__.values() if isinstance(t, type) and t.__module__.startswith("pytrace.")]), ir.Const)
        self.unfinished: list[Unfinished] = []  # oldest first
        self.hot_ns = HOT_NS
        self.watcher = Watcher(bridge)
        self.tokens: dict[tuple[int, int], LoopToken] = {}
        self.inner = InnerLoops(self)
        self.functions: dict[int, FunctionToken] = {}
        self.places: dict[tuple, Place] = {}
        self.room = 100  # for places, until those in dead code are thrown out
        self.aborts: dict[str, int] = {}
        self.counts = {"loops": 0, "bridges": 0, "shared": 0, "functions": 0, "regions": 0, "improved": 0, "invalidations": 0}
        self.times = {"time_recording": 0.0, "time_optimizing": 0.0, "time_codegen": 0.0, "time_llvm": 0.0}
        self.trees = Trees(bridge)
        self.ticks: int = bridge.layout()["ticks"]
        self.budget = Budget(bridge.seconds_saved)
        self.refused: list[tuple[Any, int]] = []  # loops for which there was no budget: weak reference to the code, header
        self.awakened = 0.0
        self.patience = AWAKE_SECONDS
        self.busy = False
        self.dumper: Any = None
        self.configure(settings)

    def configure(self, settings: Settings) -> None:
        self.settings = settings
        self.limits = Limits(settings.max_trace_ops, settings.max_inline_depth)
        self.off = frozenset(settings.passes)
        self.waits = bool(settings.dump) or (settings.threshold is not None if settings.wait is None else settings.wait)
        self.trials = settings.threshold is None
        if self.trials:
            self.bridge.set_hot_time(self.hot_ns)
        self.bridge.set_trials(self.trials)
        if settings.dump and self.dumper is None:
            from .dump import Dumper

            self.dumper = Dumper(settings.dump, settings.dump_code)

    # -- entry points from the bridge -----------------------------------------------------------------------------------

    def on_hot_loop(self, root: Any, code: Any, header: int) -> int:
        """A loop has become hot.  Returns how many more events to wait, negative: for ever."""
        if self.busy:
            return RETRY
        self.busy = True
        try:
            return self._hot_loop(root, code, header)
        finally:
            self.busy = False

    def _hot_loop(self, root: Any, code: Any, header: int) -> int:
        if code.co_filename.startswith(_OURS):
            return NEVER
        self._tidy()
        place = self._place((id(code), header), code)
        self._drop_invalid((id(code), header))
        token = self._find(code, header)
        if token is not None and not self._refused(root, place, token):
            self._end(token, NEVER)
            return NEVER
        if self.trials and place.waits < MAX_WAITS and self._waits_for_inner(code, header):
            place.waits += 1
            return 2 << place.waits
        if not self._affords():
            self.refused.append((ref(code), header))
            return NEVER
        recorder = Recorder(self.bridge, root, self._find, self.watcher, self.limits, opcodes)
        recorder.place = place
        return self._run(recorder, root, place, lambda: recorder.start_loop(header, frozenset(place.generic), place.left < MAX_LEFT), self._finish_loop)

    def _waits_for_inner(self, code: Any, header: int) -> bool:
        """Whether a loop inside of this one was not looked at yet: it takes as much time, so it will be, and this one can be recorded around it."""
        headers = bytecode.info(code).headers
        end = headers.get(header, header)
        return any(header < h < end and (id(code), h) not in self.places for h in headers)

    def _learn_cost(self, seconds: float) -> None:
        """What a recording took the program (with what the program itself did meanwhile): loops are worth one when they took as long."""
        if self.trials:
            self.hot_ns = max(LEAST_HOT_NS, int(0.8 * self.hot_ns + 0.2e9 * min(seconds, MOST_SECONDS)))
            self.bridge.set_hot_time(self.hot_ns)

    def _refused(self, root: Any, place: Place, token: LoopToken) -> bool:
        """A compiled loop could not be entered many times: whether to record it again, with what it sees now."""
        self.aborts["refused"] = self.aborts.get("refused", 0) + 1
        place.refused += 1
        if place.refused > MAX_REFUSED:
            return False
        if token.namespace != namespace_of(root):
            return True
        locs, stack = root.locals(), root.stack()
        slots = locs + stack
        varies = {
            where
            for desc, kind in zip(token.inputs, token.types)
            for where, obj in [(desc.key, desc.dict.get(desc.key)) if isinstance(desc, ir.NameDescr) else (desc.slot, slots[desc.slot] if desc.slot < len(slots) else None)]
            if (kind == ir.FLOAT and type(obj) is not float) or (kind == ir.INT and isinstance(desc, (ir.SlotDescr, ir.NameDescr)) and not is_small(obj))
        }
        place.generic |= varies or {desc.slot for desc in token.inputs if type(desc) is ir.PartDescr}
        return True

    def on_hot_function(self, root: Any, code: Any) -> int:
        """A function has been called often; it is about to run."""
        if self.busy:
            return RETRY
        self.busy = True
        try:
            return self._hot_function(root, code)
        finally:
            self.busy = False

    def _hot_function(self, root: Any, code: Any) -> int:
        func = root.func
        if func is None or code.co_filename.startswith(_OURS):
            return NEVER
        if not functions.may_be_compiled(func, bytecode.info(code)):
            return self._hot_entry(root, code)
        if self.watcher.is_opaque(code):
            return NEVER
        self._tidy()
        if not self._affords():
            return LATER
        token = FunctionToken(func, ir.Flag())
        place = self._place(token.key, code, func)
        recorder = Recorder(self.bridge, root, self._find, self.watcher, self.limits, opcodes)
        recorder.place = place
        if "result" in place.generic:
            token.result = ir.REF
        return self._run(recorder, root, place, lambda: recorder.start_function(token, frozenset(place.generic)), self._finish_function)

    def _hot_entry(self, root: Any, code: Any) -> int:
        """A function that names itself has loops: these are entered from its start, or CPython would run the first iteration each time."""
        headers = bytecode.info(code).headers
        if not headers or root.f_locals is not None:
            return NEVER
        self._tidy()
        place = self._place((id(code), ENTRY), code)
        if place.attempts >= MAX_ENTRY_ATTEMPTS:
            return NEVER
        if not any(self._find(code, header) for header in headers):
            place.waits += 1
            return RETRY << place.waits if place.waits < MAX_ENTRY_WAITS else NEVER
        if not self._affords():
            return LATER
        recorder = Recorder(self.bridge, root, self._find, self.watcher, self.limits, opcodes)
        recorder.place = place
        return self._run(recorder, root, place, lambda: recorder.start_loop(ENTRY, frozenset(), False), self._finish_loop)

    def on_hot_exit(self, root: Any, exit: Any, frames: list, values: list) -> int:
        """An exit has become hot; the program's state stands in `frames`.  Where nothing is written to `root`, the bridge puts it back."""
        if self.busy:
            return RETRY
        self.busy = True
        try:
            return self._hot_exit(root, exit, frames, values)
        finally:
            self.busy = False

    def _hot_exit(self, root: Any, exit: Any, frames: list, values: list) -> int:
        plan = exit.tag
        token = plan.token
        self._tidy()
        if token is not None and not token.alive:
            return RETRY
        place = Place(root.code) if token is None else self._place(token.key, token.code)
        if token is not None and token.key[1:] == (ENTRY,) and exit.count > MINORITY * self.bridge.loop_entries(token.code, ENTRY):
            self._end(token, NEVER)  # it hardly ever comes to the loop
            return NEVER
        if exit.state == "bridged":
            again = self._review(exit, plan, token, place)
            waits = self._improve_bridge(plan, token)
            grown = self._grow_region(exit, token, place)
            return grown if not (again or waits) else 8 * exit.count if grown < 0 else min(8 * exit.count, grown)
        if place.bridges >= MAX_BRIDGES:
            return RETRY * 50
        if self._share(exit, plan):
            return RETRY
        if self.trials and self.budget.is_tight() and exit.count < OFTEN:
            return OFTEN - exit.count
        if not self._affords() and not self._is_earned(place, token):
            return LATER
        recorder = Recorder(self.bridge, root, self._find, self.watcher, self.limits, opcodes)
        recorder.place = place
        recorder.parent = (exit, plan, token)
        if isinstance(token, FunctionToken):
            recorder.fn = token
        elif token is not None and _is_plain(token):
            recorder.belongs = token
            if token.header != ENTRY:
                recorder.around = token.header, bytecode.info(token.code).headers[token.header]
        release = [plan.live.index(v) if not isinstance(v, ir.Const) else _const_index(plan.live, v) for v in plan.owned]
        return self._run(recorder, root, place, lambda: recorder.start_bridge(plan, frames, values, release), self._finish_bridge, frames, (frames, values))

    def _affords(self) -> bool:
        """Whether there is budget for one more trace.  Then loops that were refused get another chance; until then CPython has them without events."""
        if not self.trials:
            return True
        affords = self.budget.allows(len(self.unfinished))
        if affords and time.process_time() > self.awakened + self.patience:
            self._awaken()
        if not affords:
            self.bridge.set_alarm()
        return affords

    def _is_earned(self, place: Place, token: Any) -> bool:
        """Whether a loop has been entered and left so often that one more bridge is worth its price, whatever else the budget was spent on."""
        if not _is_plain(token):
            return False
        price = self.budget.earn(self.bridge.loop_entries(token.code, token.header), place.earned)
        place.earned += price
        return price > 0

    def _rings(self) -> None:
        """Some time has passed since something began to wait."""
        if self.budget.allows(len(self.unfinished)):
            self._awaken()
        if self.refused or self._resting():
            self.bridge.set_alarm()

    def _resting(self) -> list[Any]:
        return [t for t in self.tokens.values() if t.alive and _is_plain(t) and self._state(t) == "resting"]

    def _awaken(self) -> None:
        """What had to wait for budget has another chance: the loops that were refused, and one of those that lost, if that is affordable."""
        self.awakened = time.process_time()
        self.patience *= 1.5
        self.bridge.wake_many(True)
        refused, self.refused = self.refused, []
        for r, header in refused:
            code = r()
            if code is not None and (id(code), header) not in self.tokens:
                self.bridge.detach_loop(code, header, AWAKE)
        if self.bridge.may_lose() and (resting := self._resting()):
            token = min(resting, key=lambda t: self._place(t.key, t.code).chances)
            self._place(token.key, token.code).chances += 1
            self.bridge.try_again(token.code, token.header)
        self.bridge.wake_many(False)
        self._improve_loops()

    def _place(self, key: tuple, code: Any, *more: Any) -> Place:
        place = self.places.get(key)
        if place is None or place.ref() is not code or any(r() is not o for r, o in zip(place.more, more)):
            place = self.places[key] = Place(code)
            place.more = tuple([ref(o) for o in more])
        return place

    def _now(self) -> float:
        """For trees that are idle: with threshold=N, what happens must not depend on time."""
        return time.perf_counter() if self.trials else 0.0

    def _tidy(self) -> None:
        """Ends trees whose assumptions no longer hold, or that are idle, and frees what nobody can reach."""
        for flag, tree, exit in self.trees.take_invalidated():
            if exit is None:
                self._invalid(tree.token)
            else:
                self.watcher.note_invalidated(flag)
                self._leave_regions(tree.token)
                self.trees.detach(tree, exit)
        for token in self.trees.idle(self._now()):
            if token.alive:
                self._place(token.key, token.code).patience *= 2
                self._end(token, self.settings.threshold or RETRY)
        self.trees.free([item.token for item in self.unfinished])
        if len(self.places) >= self.room:
            for key, place in list(self.places.items()):
                if place.ref() is None:
                    del self.places[key]
            self.room = 2 * len(self.places) + 100

    # -- recording ------------------------------------------------------------------------------------------------------

    def _run(self, recorder: Recorder, root: Any, place: Place, start: Any, finish: Any, frames: list | None = None, keeping: tuple = ()) -> int:
        """Records; puts the program's state back whatever happens; compiles.  `keeping`: lists that keep the program's objects alive."""
        self.busy = True
        recorder.inner = self.inner
        t0, cpu = time.perf_counter(), time.thread_time()
        exc: BaseException | None = None
        late: BaseException | None = None  # one that another thread sent: the program's, when everything is in its place again
        failure: Abort | None = None
        started = False
        try:
            try:
                start()
                started = True
                for given in keeping:
                    recorder.let_go(given)
                recorder.record()
            except Abort as abort:
                failure = abort
            except Raised as raised:
                exc = raised.exc
                failure = Abort("raised", type(exc).__name__)
            except BaseException as error:  # our own: the program must go on all the same
                failure = self._internal(error)
                late = None if isinstance(error, Exception) else error
            if failure is not None:
                # or they would keep the recorder, and so the program's objects, in a cycle
                failure.__traceback__ = failure.__context__ = None
            self.times["time_recording"] += time.perf_counter() - t0
            result = NEVER
            if recorder.home is not None:  # it became a recording of an inlined frame's loop
                place, finish = self.places[recorder.trace.info["key"]], self._finish_inner  # pyright: ignore[reportOptionalMemberAccess]
            if failure is not None:
                result = self._failed(recorder, place, failure)
            else:
                try:
                    result = finish(recorder, place)
                except Abort as abort:
                    result = self._failed(recorder, place, abort)
                except BaseException as error:
                    result = self._failed(recorder, place, self._internal(error))
                    late = None if isinstance(error, Exception) else error
            self._learn_cost(time.perf_counter() - t0)
            self.budget.spent += time.thread_time() - cpu
            self.busy = False  # what is put back may run inlined frames to their end
            if started:
                self._put_back(recorder, root, exc)
            elif frames is not None:
                self._put_back_frames(root, frames, recorder.parent[1])
        finally:
            recorder.close()
            self.busy = False
        if late is not None:
            raise late
        return result

    def _internal(self, error: BaseException) -> Abort:
        """An error of our own, as text (made by hand: the traceback module would read into the program's linecache)."""
        tb, lines = error.__traceback__, []
        while tb is not None:
            lines.append(f"{os.path.basename(tb.tb_frame.f_code.co_filename)}:{tb.tb_lineno}")
            tb = tb.tb_next
        return Abort("internal", f"{type(error).__name__}: {error} at {' > '.join(lines)}")

    def _failed(self, recorder: Recorder, place: Place, abort: Abort) -> int:
        if abort.code in ("internal", "verify"):
            self._say(abort.context)
        self.aborts[abort.code] = self.aborts.get(abort.code, 0) + 1
        if self.dumper is not None:
            self.dumper.aborted(recorder, abort)
        if abort.code == "loop-left":
            place.left += 1
            return 1
        place.attempts += 1
        for d in recorder.wanted:
            place.generic.add(d.key if isinstance(d, ir.NameDescr) else d.slot if recorder.home is None else d)
        factor = REASONS[abort.code].retry
        if recorder.home is not None:
            if abort.code == "loop-ended":  # it has few iterations, though more than are known to be few: they are unrolled
                place.short = True
            elif not factor or place.attempts >= MAX_ATTEMPTS:
                self.watcher.make_opaque(recorder.blamed)
            elif abort.code == "unstable":
                self._make_generic(recorder, place)
            return RETRY if self.settings.threshold is None else self.settings.threshold
        if not factor or place.attempts >= MAX_ATTEMPTS:
            return NEVER
        if abort.code == "unstable" and place.attempts >= 2 and recorder.trace is not None:
            self._make_generic(recorder, place)
        if abort.code in ("unsupported-inside", "unstable", "no-recursion"):
            return 1
        base = RETRY if self.settings.threshold is None else self.settings.threshold
        return base * factor << place.attempts

    def _make_generic(self, recorder: Recorder, place: Place) -> None:
        """Slots whose kind differs at the end of the iteration enter as references from now on."""
        for i in recorder.trace.inputs if recorder.trace else ():
            d = i.desc
            if not isinstance(d, (ir.SlotDescr, ir.PartDescr)) or d.depth >= len(recorder.frames):
                continue
            f = recorder.frames[d.depth]
            j = d.slot - f.info.nlocalsplus
            v = f.locals[d.slot] if j < 0 else f.stack[j] if j < len(f.stack) else None
            where = d.slot if recorder.home is None else ir.SlotDescr(d.slot, d.depth)
            if isinstance(d, ir.PartDescr):
                changed = v is None or not recorder.takes_apart(v, d.of)
            else:
                kind = {ir.INT: int, ir.FLOAT: float}.get(i.type)
                changed = kind is not None and (v is None or type(v.obj) is not kind or (kind is int and not recorder.is_small(v)))
            if changed:
                place.generic.add(where)

    # -- putting the state back -------------------------------------------------------------------------------------------

    def _put_back(self, recorder: Recorder, root: Any, exc: BaseException | None) -> None:
        """Writes the recorder's abstract frames to the real one; runs inlined frames to their end."""
        frames = recorder.frames
        f = frames[0]
        null = recorder.NULLOBJ
        if len(frames) == 1:
            stack = [v.obj for v in (recorder.start_stack if exc is not None or not recorder.closed else f.stack)]
            locs = [null if v is None else v.obj for v in f.locals]
            if exc is not None:
                root.raise_at(f.pc, locs, stack, exc)
            else:
                root.write(f.pc, locs, stack)
            return
        states = recorder.concrete_frames()
        recorder.forget()
        self._run_inlined(root, states, exc)

    def _put_back_frames(self, root: Any, frames: list, plan: Any) -> None:
        """The same for the frames that the bridge gave."""
        if len(frames) == 1:
            _, offset, locs, stack = frames[0][:4]
            root.write(offset, locs, stack)
        else:
            self._run_inlined(root, [(*frames[0][:4], plan.snapshot.frames[0].call_offset, False), *frames[1:]], None)

    def _run_inlined(self, root: Any, states: list, exc: BaseException | None) -> None:
        first = states[0]
        _, after, locs, stack = first[:4]
        call_offset = first[4]
        root.write(call_offset, locs, stack)
        locs.clear()
        stack.clear()
        rest = states[1:]
        flags = rest[0][5] if len(rest[0]) > 5 else 0
        ok, value = root.run_frames(rest, exc=exc) if exc is not None else root.run_frames(rest)
        if not ok:
            root.raise_at(call_offset, None, root.stack(), value)
        elif flags & (RESUMED | OPERATOR):
            root.deliver(after, call_offset, flags, value)
        else:
            root.write(after, None, root.stack() if flags else [*root.stack(), value])

    # -- compiling --------------------------------------------------------------------------------------------------------

    def _find(self, code: Any, header: int) -> LoopToken | None:
        token = self.tokens.get((id(code), header))
        return token if token is not None and token.alive and not (token.flag and self._raised(token.flag)) else None

    def _raised(self, flag: ir.Flag) -> bool:
        return flag.handle is not None and bool(flag.handle.value)

    def _review(self, exit: Any, plan: Any, token: Any, place: Place) -> bool:
        """Looks at an exit whose bridge is taken often.

        Where the bridge goes around the loop, and the exit is one of the first, peeled iteration, the loop that was recorded is not the one that
        the program runs: it never comes to the second iteration.  Then it is recorded again, as soon as there is budget; most likely the usual way, by now.
        Answers whether to look again, later.
        """
        if not _is_plain(token) or not plan.early or plan.since is None or place.reviews >= MAX_REVIEWS:
            return False
        taken, entered = exit.count - plan.since[0], token.compiled.jump_exit.count - plan.since[1]
        if taken < MINORITY * entered or not self._affords():
            return True
        place.reviews += 1
        place.attempts = 0
        place.bridges = 0
        self.aborts["other-way"] = self.aborts.get("other-way", 0) + 1
        self._end(token, 1)
        return False

    def _share(self, exit: Any, plan: Any) -> bool:
        """Leads an exit to a bridge of its tree that was recorded from another exit of the same shape.

        Not where the trace itself began at this point: the two could send the program to each other for ever.  Between different points
        at least one instruction was executed.
        """
        tree = self.trees.live.get(plan.token)
        if tree is None or not _is_plain(plan.token) or point(plan.snapshot) == plan.start:
            return False
        key, words = shape(plan)
        found = tree.shapes.get(key)
        if found is None:
            return False
        compiled, flag, other, first = found
        if self._raised(flag):
            del tree.shapes[key]
            return False
        if not compiled.buf_entry:  # it is being compiled: ask again
            return True
        moves = [w for pair in zip(other, words) if pair[0] != pair[1] for w in pair]
        if len(moves) > 2 * MAX_MOVES:
            return False
        self.bridge.attach_bridge(exit, compiled.buf_entry, compiled, tuple(moves))
        plan.bridge = compiled, tuple(moves)
        self.trees.share(tree, first, exit)
        self.counts["shared"] += 1
        return True

    def _own_exits(self, compiled: Any, token: LoopToken | FunctionToken, start: tuple = ()) -> None:
        """Notes to which loop's tree a trace's exits belong, and where the trace begins."""
        ops = compiled.trace.ops
        label = next((k for k, op in enumerate(ops) if op.code == ir.LABEL), 0)
        early = {id(op) for op in ops[:label]}
        for plan in compiled.plans:
            plan.token = token
            plan.start = start
            plan.early = id(plan.origin) in early
            if plan.origin is not None and plan.origin.code in (_GUARD_POLL, _GUARD_ROOM):
                plan.exit.next = -1

    def _compile(self, recorder: Recorder) -> Any:
        trace = recorder.trace
        assert trace is not None
        if recorder.flag.handle is None:
            recorder.flag.handle = self.bridge.new_flag()
        if self._raised(recorder.flag):
            self.watcher.note_invalidated(recorder.flag)
            raise Abort("changed")
        dump = self.dumper.stage(trace) if self.dumper is not None else None
        check = None
        if self.settings.check:
            from .tracer.verifier import VerifyError, verify

            try:
                verify(trace)
            except VerifyError as e:
                raise Abort("verify", str(e)) from None
            check = verify
        if dump is not None:
            dump("recorded", trace)
        t0 = time.perf_counter()
        optimized = optimizer.optimize(trace, self.off, check, dump)
        t1 = time.perf_counter()
        self.times["time_optimizing"] += t1 - t0
        hurry = self.trials and recorder.fn is None and "frames" not in trace.info and not recorder.is_entry()
        compiled = backend.compile_trace(optimized, self.bridge, 1 if hurry else backend.TIER, wait=False, counts=self.trials)
        self.times["time_codegen"] += time.perf_counter() - t1
        return compiled

    def _finish_loop(self, recorder: Recorder, place: Place) -> int:
        trace = recorder.trace
        assert trace is not None
        if trace.header == ENTRY and trace.ops[-1].code != _JUMP_LOOP:
            raise Abort("loop-ended")
        compiled = self._compile(recorder)
        token = LoopToken(trace)
        token.compiled = compiled
        self._own_exits(compiled, token, ((id(trace.code), recorder.start_pc, -1),))
        key = id(trace.code), trace.header
        replaces = self.tokens.get(key)
        self.tokens[key] = token
        self.trees.plant(token, compiled, place.patience, self._now())
        return self._attach_later(Unfinished(compiled, trace, token, None, replaces))

    def _finish_inner(self, recorder: Recorder, place: Place) -> int:
        compiled = self._compile(recorder)
        trace = recorder.trace
        assert trace is not None
        token = LoopToken(trace)
        token.compiled = compiled
        self._own_exits(compiled, token)
        self.inner.add(token)
        self.trees.plant(token, compiled, place.patience, self._now())
        self._attach_later(Unfinished(compiled, trace, token, None))
        return 1

    def _finish_function(self, recorder: Recorder, place: Place) -> int:
        token, trace = recorder.fn, recorder.trace
        assert token is not None and trace is not None
        if not token.recursive:
            raise Abort("no-recursion")
        if trace.ops[-1].code == ir.RETURN and trace.ops[-1].args[0].type != token.result:
            place.generic.add("result")
            raise Abort("unstable")
        token.compiled = self._compile(recorder)
        self._own_exits(token.compiled, token)
        self.trees.plant(token, token.compiled, place.patience, self._now())
        return self._attach_later(Unfinished(token.compiled, trace, token, None))

    def _finish_bridge(self, recorder: Recorder, place: Place) -> int:
        exit, plan, token = recorder.parent
        compiled = self._compile(recorder)
        self._own_exits(compiled, token, point(plan.snapshot))
        self.trees.graft(token, compiled, recorder.flag, exit)
        self.trees.note_shape(token, compiled, recorder.flag, exit)
        place.bridges += 1
        return self._attach_later(Unfinished(compiled, recorder.trace, token, exit))

    # -- attaching --------------------------------------------------------------------------------------------------------

    def _attach_later(self, item: Unfinished) -> int:
        self.unfinished.append(item)
        if self.waits:
            while self.unfinished:
                self._attach(self.unfinished.pop(0))
            self.bridge.finished()
            return REVIEW
        return WHEN_COMPILED

    def on_compiled(self, root: Any) -> int:
        """Something was compiled: it is attached.  Or code that was compiled in a hurry turns out to be hot, or does not hold any more.  Above 0: ask again."""
        if self.busy:
            return 1
        self.bridge.finished()
        if self.bridge.take_alarm():
            self._rings()
        self._improve_loops()
        while self.unfinished and self.unfinished[0].compiled.done:
            self._attach(self.unfinished.pop(0))
        self._tidy()
        return 0

    def _improve_loops(self) -> None:
        for token in self.tokens.values():
            if token.alive and token.compiled.tier < backend.TIER and token.compiled.jump_exit.ticks >= self.ticks and token.compiled.entry and self.budget.allows(len(self.unfinished)):
                self._improve(Unfinished(token.compiled, None, token, None, better=True))

    def _improve_bridge(self, plan: Any, token: Any) -> bool:
        """Whether it has to be looked at again."""
        compiled = plan.bridge[0] if plan.bridge is not None else None
        if compiled is None or compiled.tier == backend.TIER or not compiled.buf_entry or not token.alive:
            return False
        if plan.exit.count < self.ticks or not self._affords():
            return True
        self._improve(Unfinished(compiled, None, token, plan.exit, better=True))
        return False

    def _improve(self, item: Unfinished) -> None:
        item.compiled.start(backend.TIER)
        self.unfinished.append(item)

    def _attach_better(self, item: Unfinished) -> None:
        compiled, token = item.compiled, item.token
        seconds, entry = compiled.llvm_seconds, compiled.buf_entry
        try:
            compiled.finish()
        except backend.CompileError as error:
            self._say(error)
            return
        llvm = compiled.llvm_seconds - seconds
        self.times["time_llvm"] += llvm
        self.budget.spent += BESIDE * llvm
        self.counts["improved"] += 1
        compiled.forget(keep_trace=True)
        tree = self.trees.live.get(token)
        if tree is None or not token.alive:
            return
        if item.exit is None:
            if tree.region is not None:  # it is entered instead
                compiled.jump_exit.native = tree.region.buf_entry
            elif self._is_attached(token):
                self.bridge.attach_loop(token.code, token.header, compiled.entry, compiled, compiled.arrivals)
            return
        exits = [e for c, e in tree.members if c is compiled]
        for e in [*exits, *[other for first in exits for other in tree.shared.get(first, ())]]:
            if e.state == "bridged" and e.native == entry:
                e.native = compiled.buf_entry

    def _attach(self, item: Unfinished) -> None:
        """Waits for a trace's code and lets the program enter it.

        Traces are attached in the order in which they were compiled: where one jumps to another, that is there already.
        """
        compiled, trace, token = item.compiled, item.trace, item.token
        if compiled.is_region:
            self._attach_region(item)
            return
        if item.better:
            self._attach_better(item)
            return
        try:
            compiled.finish()
        except backend.CompileError as error:
            self._not_compiled(item, str(error))
            if error.fatal:
                self.give_up(str(error))
            return
        if any(type(op.desc) is LoopToken and not op.desc.compiled.buf_entry for op in trace.ops):
            self._not_compiled(item, "the loop that it jumps to was not compiled")
            return
        llvm = compiled.llvm_seconds
        self.times["time_llvm"] += llvm
        self.budget.spent += BESIDE * llvm
        self.budget.traces += 1
        self._note_code(compiled)
        if self.dumper is not None:
            self.dumper.compiled(compiled.trace, compiled)
        if not token.alive or self._raised(trace.flag):
            if token.alive and item.exit is not None:
                self.bridge.detach_bridge(item.exit, 2)
            else:
                self._invalid(token)
            if item.replaces is not None:
                self.trees.retire(item.replaces, 2)
            return
        if item.exit is not None:
            self.bridge.attach_bridge(item.exit, compiled.buf_entry, compiled)
            item.exit.tag.bridge = compiled, ()
            if _is_plain(token) and token.header != ENTRY:
                self.bridge.try_again(token.code, token.header)
            item.exit.next = item.exit.count + (REVIEW << 3 * self._place(token.key, token.code).reviews)
            if trace.info.get("stays") and _is_plain(token):
                item.exit.tag.since = item.exit.count, token.compiled.jump_exit.count
            self.counts["bridges"] += 1
        elif isinstance(token, FunctionToken):
            self._attach_function(token)
        else:
            if "frames" not in trace.info:  # the loop of an inlined frame is entered from other traces only
                self.bridge.attach_loop(trace.code, trace.header, compiled.entry, compiled, compiled.arrivals if trace.header != ENTRY else 0)
            self.counts["loops"] += 1
            if item.replaces is not None:
                self.trees.retire(item.replaces, 2)
        if self.dumper is None:  # which would still look at them
            compiled.forget(compiled.trace is not trace, compiled.tier < backend.TIER)
            trace.ops = []

    # -- regions ----------------------------------------------------------------------------------------------------------

    def _grow_region(self, exit: Any, token: Any, place: Place) -> int:
        """A bridge has been taken often: its tree, and where that leads, may become one function.  Answers how often it has to be taken until the next look."""
        limit = REGION if self.trials else REGION_IN_TESTS
        if not isinstance(token, LoopToken) or not token.alive or token not in self.trees.live or place.regions >= MAX_REGIONS:
            return NEVER
        if exit.count < limit << place.regions:
            return (limit << place.regions) - exit.count
        if any(item.compiled.is_region for item in self.unfinished):
            return limit
        members, tokens = self._region_members(token, exit.count * HOT_EDGE)
        if len(members) < 2:
            return NEVER
        least = REGION_PER_OPERATION * sum(len(c.trace.ops) for c in members) if self.trials else 0
        if exit.count < least:
            return least - exit.count
        place.regions += 1
        t0 = time.perf_counter()
        try:
            compiled = backend.compile_region(members, tokens, self.bridge)
        except Exception as error:  # our own: the loop's code is there all the same
            self._say(self._internal(error).context)
            return NEVER
        self.times["time_codegen"] += time.perf_counter() - t0
        self._attach_later(Unfinished(compiled, [c.trace for c in members], token, None))
        return NEVER

    def _region_members(self, token: LoopToken, hot: float) -> tuple[list, list]:
        """The compiled traces of a region, the head first: what can be reached by exits that were taken often and jumps to loops; and their loops' tokens."""
        members: list = []
        tokens: list = []
        room = MOST_OPERATIONS
        waiting = [(token.compiled, token)]
        while waiting:
            compiled, owner = waiting.pop(0)
            if compiled in members or not compiled.buf_entry or not fits(compiled.trace) or not owner.alive or self._raised(compiled.trace.flag):
                continue
            room -= len(compiled.trace.ops)
            if room < 0 or len(members) >= MOST_MEMBERS:
                break
            members.append(compiled)
            tokens.append(owner)
            for plan in sorted(compiled.plans, key=lambda plan: -plan.exit.count):
                if plan.bridge is not None and plan.exit.state == "bridged" and plan.exit.count >= hot:
                    waiting.append((plan.bridge[0], plan.token))
            last = compiled.trace.ops[-1]
            if type(last.desc) is LoopToken:
                waiting.append((last.desc.compiled, last.desc))
        return members, [*dict.fromkeys(tokens)]

    def _attach_region(self, item: Unfinished) -> None:
        compiled, token = item.compiled, item.token
        try:
            compiled.finish()
        except backend.CompileError as error:
            self._say(error)
            compiled.close()
            return
        self.times["time_llvm"] += compiled.llvm_seconds
        tokens = [thing for thing in compiled.keepalive if type(thing) is LoopToken]
        if not all(t.alive and t.flag is not None and not self._raised(t.flag) for t in tokens) or not self.trees.add_region(token, compiled):
            compiled.close()
            return
        self._note_code(compiled)
        if self.dumper is not None:
            self.dumper.region(item.trace, compiled)
        compiled.forget()
        token.compiled.jump_exit.native = compiled.buf_entry
        if compiled.entry and self._is_attached(token):
            self.bridge.attach_loop(token.code, token.header, compiled.entry, token.compiled)
        self.counts["regions"] += 1

    def _is_attached(self, token: LoopToken) -> bool:
        """Whether CPython enters the loop (it does not where a trial was lost)."""
        return self.tokens.get(token.key) is token and self._state(token) in ("compiled", "resting")

    def _state(self, token: LoopToken) -> str:
        """What the bridge has at the loop's header."""
        return next((state for header, state, _ in self.bridge.loops(token.code) if header == token.header), "cold")

    def _leave_regions(self, token: Any) -> None:
        """A tree is not what it was when regions that it is part of were made: their heads go back to code of their own."""
        for head in self.trees.leave_regions(token):
            head.compiled.jump_exit.native = head.compiled.buf_entry
            if head.alive and head.compiled.entry and self._is_attached(head):
                self.bridge.attach_loop(head.code, head.header, head.compiled.entry, head.compiled, head.compiled.arrivals)

    def _attach_function(self, token: FunctionToken) -> None:
        func, flag = token.func, token.flag
        if func.__code__ is not token.code or not self.bridge.plain_function(func):
            self._end(token, NEVER)
            return
        old = self.functions.get(id(func))
        if old is not None:
            self._end(old, NEVER)
        self.functions[id(func)] = token
        codes = {ir.REF: 0, ir.INT: 1, ir.FLOAT: 2}
        types = bytes([codes[t] for t in token.types])
        assert flag.handle is not None and token.result is not None
        self.bridge.attach_native(func, token.compiled.entry, types, bytes(token.owned), codes[token.result], flag.handle.address, token.compiled)
        self.counts["functions"] += 1

    def _say(self, what: object) -> None:
        """What went wrong inside, for who asked to be told."""
        if self.settings.check and sys.__stderr__ is not None:
            sys.__stderr__.write(f"pytrace: {what}\n")

    def _note_code(self, compiled: Any) -> None:
        """For Linux perf."""
        if self.settings.perf_map:
            from .codegen import perfmap

            perfmap.note(compiled)

    def _not_compiled(self, item: Unfinished, why: str) -> None:
        self.aborts["compile"] = self.aborts.get("compile", 0) + 1
        self._say(why)
        if item.exit is not None:
            self.trees.forget_shape(item.token, item.compiled)
            self.bridge.detach_bridge(item.exit, NEVER)
        else:
            self._end(item.token, NEVER)
            if item.replaces is not None:
                self.trees.retire(item.replaces, 2)

    def _drop_invalid(self, key: tuple[int, int]) -> None:
        token = self.tokens.get(key)
        if token is not None and token.flag is not None and self._raised(token.flag):
            self._invalid(token)

    def _invalid(self, token: LoopToken | FunctionToken) -> None:
        """Something that the tree relies on has changed."""
        if token.alive:
            self.counts["invalidations"] += 1
            self.watcher.note_invalidated(token.flag)
            self._end(token, 2)

    def _end(self, token: LoopToken | FunctionToken, wait: int) -> None:
        """Nobody enters this tree any more; its loop is counted from anew."""
        if not token.alive:
            return
        self._leave_regions(token)
        token.alive = False
        if isinstance(token, FunctionToken):
            if self.functions.get(id(token.func)) is token:
                del self.functions[id(token.func)]
                self.bridge.detach_native(token.func, wait)
        elif self.tokens.get(token.key) is token:  # and not one that will replace it
            del self.tokens[token.key]
            self.bridge.detach_loop(token.code, token.header, wait)
        else:
            self.inner.remove(token)
        self.trees.retire(token, WHEN_COMPILED)
        for tree, exit in self.trees.jumping_to(token):
            other = tree.token
            if exit is not None:
                self.trees.detach(tree, exit)
            else:
                self._end(other, wait)

    # -- the end ----------------------------------------------------------------------------------------------------------

    def stats(self) -> dict[str, Any]:
        out: dict[str, Any] = dict(self.counts)
        aborts = out["aborts"] = dict(self.aborts)
        if unprofitable := self.bridge.stats()["unprofitable"]:
            aborts["unprofitable"] = unprofitable
        out["abort_reasons"] = {code: REASONS[code].text for code in aborts}
        out.update(self.times)
        return out

    def close(self) -> None:
        """The end: nothing of ours may keep the program's objects alive any longer."""
        if self.dumper is not None:
            self.dumper.close(self)
        self.unfinished.clear()
        for place in self.places.values():
            code = place.ref()
            if code is not None:
                self.bridge.forget(code)
        self.trees.close()
        self.tokens.clear()
        self.functions.clear()
        self.inner.all.clear()
        self.places.clear()
        self.watcher = Watcher(self.bridge)


def _const_index(live: tuple, c: ir.Const) -> int:
    for i, v in enumerate(live):
        if isinstance(v, ir.Const) and v.value is c.value:
            return i
    raise AssertionError("an owned constant is not among the live values")


__all__ = ["Jit", "codegen"]
