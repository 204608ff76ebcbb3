"""How long compiled code lives.

A *tree* is a compiled loop with the bridges that grew from its exits.  Its machine code, its exits and the constants that are in it live as
long as the tree.  A tree comes to its end when something that it took for granted has changed, or when nobody has entered it for a long
time: it may be the last thing that keeps a program's objects alive, code from `exec` and its whole namespace for one, so an idle tree is
let go of and, if its loop becomes hot once more, compiled again (with twice the patience).

A tree that has ended is *retired*: nobody enters it any more, but a frame may still be inside, or another tree's code may jump to
it.  Its memory is freed when neither can be: nothing live and no activation of native code reaches it by jumps.  This is a small tracing collector
over trees.  Its edges are the jumps and native calls (the tokens among what a compiled trace keeps), its roots the live trees and the activations that
the bridge lists.
"""

from __future__ import annotations

from typing import Any

from .guards.shapes import shape
from .tracer.functions import FunctionToken
from .tracer.recorder import LoopToken

IDLE_SECONDS = 30.0
IDLE_TREES = 512  # compiled meanwhile


class Tree:
    """A loop and its bridges: compiled traces with the exits that they hang on (None: the loop), and the flags of what they rely on."""

    __slots__ = ("token", "members", "flags", "shapes", "shared", "patience", "entries", "made", "time", "region")

    def __init__(self, token: Any, patience: int, made: int, time: float) -> None:
        self.token = token
        self.members: list[Any] = []
        self.flags: list[Any] = []
        self.shapes: dict[tuple, tuple] = {}  # what `guards.shapes` says of an exit -> (its bridge, the bridge's flag, the words of its inputs, the exit)
        self.shared: dict[Any, list[Any]] = {}  # by the exit from which a bridge was recorded: exits that were led to it later
        self.patience = patience
        self.entries = -1
        self.made = made  # trees, when it was last seen to be in use
        self.time = time
        self.region: Any = None  # the compiled region that is entered instead of the loop


class Trees:
    """All trees of the process."""

    def __init__(self, bridge: Any) -> None:
        self.bridge = bridge
        self.live: dict[Any, Tree] = {}  # by token
        self.retired: dict[Any, Tree] = {}
        self.of: dict[int, Tree] = {}  # by id of the compiled trace
        self.flags: dict[Any, tuple] = {}  # by the bridge's Flag: (flag, tree, the exit whose bridge relies on it or None)
        self.made = 0
        self.swept = 0.0, 0  # when idle trees were last looked for: time, trees made

    def plant(self, token: Any, compiled: Any, patience: int, now: float) -> None:
        """A loop was compiled."""
        self.made += 1
        tree = self.live[token] = Tree(token, patience, self.made, now)
        self._add(tree, compiled, token.flag, None)

    def graft(self, token: Any, compiled: Any, flag: Any, exit: Any) -> None:
        """A bridge was compiled and hangs on one of the tree's exits."""
        tree = self.live.get(token) or self.retired.get(token)
        if tree is not None:
            self._add(tree, compiled, flag, exit)

    def add_region(self, token: Any, compiled: Any) -> bool:
        """What a loop leads to was compiled once more, as one function.  False: too late, the loop was recorded again meanwhile."""
        tree = self.live.get(token)
        if tree is None:
            return False
        tree.members.append((compiled, None))
        tree.region = compiled
        self.of[id(compiled)] = tree
        return True

    def leave_regions(self, token: Any) -> list[Any]:
        """The tokens of loops that lead into a region with traces of this tree; they do no longer."""
        found = [tree for tree in self.live.values() if tree.region is not None and token in _targets(tree.region)]
        for tree in found:
            tree.region = None
        return [tree.token for tree in found]

    def note_shape(self, token: Any, compiled: Any, flag: Any, exit: Any) -> None:
        """Other exits of the tree that have this one's shape may share its bridge."""
        tree = self.live.get(token)
        if tree is not None:
            key, words = shape(exit.tag)
            tree.shapes.setdefault(key, (compiled, flag, words, exit))

    def share(self, tree: Tree, first: Any, exit: Any) -> None:
        """Another exit of the tree leads to the bridge that was recorded from `first`."""
        tree.shared.setdefault(first, []).append(exit)

    def detach(self, tree: Tree, exit: Any) -> None:
        """Nobody goes to an exit's bridge any more."""
        for e in (exit, *tree.shared.pop(exit, ())):
            self.bridge.detach_bridge(e, 2)
            if e.tag is not None:
                e.tag.bridge = None
        tree.shapes = {key: entry for key, entry in tree.shapes.items() if entry[3] is not exit}

    def forget_shape(self, token: Any, compiled: Any) -> None:
        """A bridge could not be compiled."""
        tree = self.live.get(token)
        if tree is not None:
            tree.shapes = {key: entry for key, entry in tree.shapes.items() if entry[0] is not compiled}

    def _add(self, tree: Tree, compiled: Any, flag: Any, exit: Any) -> None:
        tree.members.append((compiled, exit))
        self.of[id(compiled)] = tree
        flag.seen = dict.fromkeys(flag.seen)  # what is watched may die: its watcher tells
        tree.flags.append(flag)
        self.flags[flag.handle] = (flag, tree, exit)

    def take_invalidated(self) -> list[tuple]:
        """(flag, tree, exit or None) for each flag that was raised since the last call."""
        found = [self.flags.pop(handle, None) for handle in self.bridge.take_invalidated()]
        return [entry for entry in found if entry is not None]

    def retire(self, token: Any, wait: int) -> None:
        """Nobody enters this tree any more; where it was attached, its loop is asked about after `wait` events."""
        tree = self.live.pop(token, None)
        if tree is not None:
            if len(token.key) == 2:  # a loop that is entered from CPython
                self.bridge.detach_code(token.code, token.header, token.compiled, wait)
            self.retired[token] = tree

    def idle(self, now: float) -> list[Any]:
        """The tokens of trees that were not entered for a long time, neither from CPython nor from a tree that was."""
        if now < self.swept[0] + IDLE_SECONDS / 8 and self.made < self.swept[1] + IDLE_TREES // 8:
            return []
        self.swept = now, self.made
        used = []
        for token, tree in self.live.items():
            entries = self.bridge.loop_entries(token.code, token.header) if len(token.key) < 4 else -1  # nobody enters an inlined frame's loop from CPython
            if entries != tree.entries:
                tree.entries = entries
                used.append(tree)
        for tree in self._reached([*used, *self._active()]):
            tree.made, tree.time = self.made, now
        return [
            token
            for token, tree in self.live.items()
            if now - tree.time > IDLE_SECONDS * tree.patience or self.made - tree.made > IDLE_TREES * tree.patience
        ]  # fmt: skip

    def free(self, unfinished: list[Any]) -> None:
        """Frees retired trees that nothing can reach.  `unfinished`: tokens of trees for which something is being compiled."""
        if not self.retired:
            return
        busy = [self.retired[token] for token in unfinished if token in self.retired]
        reached = self._reached([*self.live.values(), *busy, *self._active()])
        for token, tree in list(self.retired.items()):
            if tree not in reached:
                del self.retired[token]
                self._free(tree)

    def _active(self) -> list[Tree]:
        return [self.of[id(c)] for c in self.bridge.active() if id(c) in self.of]

    def _reached(self, trees: list[Tree]) -> set[Tree]:
        reached: set[Tree] = set()
        while trees:
            tree = trees.pop()
            if tree in reached:
                continue
            reached.add(tree)
            for compiled, _ in tree.members:
                for token in _targets(compiled):
                    other = self.live.get(token) or self.retired.get(token)
                    if other is not None:
                        trees.append(other)
        return reached

    def jumping_to(self, token: Any) -> list[tuple]:
        """(tree, exit or None) of the live loops and bridges that jump to a loop."""
        return [(tree, exit) for tree in self.live.values() for compiled, exit in tree.members if not compiled.is_region and token in _targets(compiled)]

    def _free(self, tree: Tree) -> None:
        for flag in tree.flags:
            self.flags.pop(flag.handle, None)
        for compiled, _ in tree.members:
            del self.of[id(compiled)]
            self.bridge.let_go([compiled.keepalive, [plan.consts for plan in compiled.plans]])
            compiled.close()
        token = tree.token
        token.compiled = token.trace = token.flag = token.code = None
        if type(token) is FunctionToken:
            token.func = None
        token.inputs, token.types = [], []

    def close(self) -> None:
        """The end: the machine code stays, other threads may still be in it; what it refers to is let go of."""
        for tree in (*self.live.values(), *self.retired.values()):
            for compiled, _ in tree.members:
                for plan in compiled.plans:
                    plan.snapshot = plan.origin = plan.token = None
                    plan.live = plan.owned = ()
                compiled.forget()
            if tree.token.trace is not None:
                trace = tree.token.trace
                trace.ops, trace.inputs, trace.owned_inputs, trace.info, trace.flag, trace.code = [], [], [], {}, None, None
        self.live.clear()
        self.retired.clear()
        self.flags.clear()
        self.of.clear()


def _targets(compiled: Any) -> list[Any]:
    return [thing for thing in compiled.keepalive if type(thing) in (LoopToken, FunctionToken)]
