"""Lifetimes of compiled trees, over a stand-in for the bridge: what is freed, and what is not yet."""

from __future__ import annotations

from typing import Any

import pytest

from pytrace import trees
from pytrace.tracer import ir
from pytrace.tracer.recorder import LoopToken
from pytrace.trees import Trees


class Bridge:
    """Loops with what is attached to them."""

    def __init__(self) -> None:
        self.attached: dict[int, Any] = {}
        self.running: list[Any] = []
        self.raised: list[Any] = []
        self.entries: dict[int, int] = {}

    def active(self) -> list[Any]:
        return list(self.running)

    def take_invalidated(self) -> list[Any]:
        raised, self.raised = self.raised, []
        return raised

    def let_go(self, things: list[Any]) -> None:
        pass

    def loop_entries(self, code: Any, header: int) -> int:
        return self.entries.get(header, 0)

    def detach_code(self, code: Any, header: int, keepalive: Any, wait: int) -> None:
        if self.attached.get(header) is keepalive:
            del self.attached[header]


class Compiled:
    """Compiled code that jumps to `targets`."""

    def __init__(self, *targets: LoopToken) -> None:
        self.keepalive = ["a constant", *targets]
        self.plans: list = []
        self.closed = False

    def close(self) -> None:
        self.closed = True


class Forest:
    """Trees, and how they are planted here."""

    def __init__(self) -> None:
        self.bridge = Bridge()
        self.trees = Trees(self.bridge)

    def plant(self, header: int, *targets: LoopToken, now: float = 0.0) -> tuple[LoopToken, Compiled]:
        flag = ir.Flag()
        flag.handle = object()
        token = LoopToken(ir.Trace("loop", [], code=self.plant.__func__.__code__, header=header, flag=flag))
        token.compiled = compiled = Compiled(*targets)
        self.bridge.attached[header] = compiled
        self.trees.plant(token, compiled, 1, now)
        return token, compiled


def test_a_retired_tree_is_not_entered_any_more() -> None:
    forest = Forest()
    token, compiled = forest.plant(10)
    forest.trees.retire(token, 2)
    assert forest.bridge.attached == {}
    forest.trees.free([])
    assert compiled.closed


def test_what_replaced_a_tree_stays_attached() -> None:
    forest = Forest()
    old, _ = forest.plant(10)
    _, new = forest.plant(10)
    forest.trees.retire(old, 2)
    forest.trees.free([])
    assert forest.bridge.attached == {10: new} and not new.closed


def test_running_code_is_kept_with_all_that_it_jumps_to() -> None:
    forest = Forest()
    inner, inner_code = forest.plant(20)
    outer, outer_code = forest.plant(10, inner)
    for token in (inner, outer):
        forest.trees.retire(token, 2)
    forest.bridge.running.append(outer_code)
    forest.trees.free([])
    assert not inner_code.closed and not outer_code.closed
    forest.bridge.running.clear()
    forest.trees.free([])
    assert inner_code.closed and outer_code.closed


def test_trees_that_jump_to_each_other_are_freed_together() -> None:
    forest = Forest()
    one, one_code = forest.plant(10)
    other, other_code = forest.plant(20, one)
    bridge = Compiled(other)
    flag = ir.Flag()
    flag.handle = object()
    forest.trees.graft(one, bridge, flag, exit=object())
    forest.trees.retire(one, 2)
    forest.trees.free([])
    assert not one_code.closed  # a live tree jumps there
    forest.trees.retire(other, 2)
    forest.trees.free([])
    assert one_code.closed and other_code.closed and bridge.closed


def test_unfinished_trees_are_kept() -> None:
    forest = Forest()
    token, compiled = forest.plant(10)
    forest.trees.retire(token, 2)
    forest.trees.free([token])
    assert not compiled.closed


def test_flags_lead_to_what_relied_on_them() -> None:
    forest = Forest()
    token, _ = forest.plant(10)
    flag, exit = ir.Flag(), object()
    flag.handle = object()
    forest.trees.graft(token, Compiled(), flag, exit)
    forest.bridge.raised += [flag.handle, object()]
    assert [(f, tree.token, e) for f, tree, e in forest.trees.take_invalidated()] == [(flag, token, exit)]
    forest.bridge.raised.append(flag.handle)
    assert forest.trees.take_invalidated() == []


def test_idle_trees_end_but_not_those_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "IDLE_SECONDS", 10.0)
    forest = Forest()
    idle, _ = forest.plant(10)
    inner, _ = forest.plant(20)
    outer, _ = forest.plant(30, inner)
    assert forest.trees.idle(2.0) == []
    for now in (8.0, 16.0):
        forest.bridge.entries[30] = int(now)  # which goes on in the inner loop
        found = forest.trees.idle(now)
    assert found == [idle]
    assert {inner, outer} <= set(forest.trees.live)


def test_the_tree_of_a_loop_that_was_recorded_again_gets_no_region() -> None:
    forest = Forest()
    token, _ = forest.plant(1)
    assert forest.trees.add_region(token, Compiled(token))
    forest.trees.retire(token, 2)
    assert not forest.trees.add_region(token, Compiled(token))
