"""What is read out keeps a pace, and ends with what is true."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from sayso.indicator import announcing
from sayso.indicator.announcing import Announcer


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "APART_SECONDS", 0.05)


def said_in(life: Callable[[Announcer], Coroutine[Any, Any, None]]) -> list[str]:
    """What is said in a life of it."""
    said: list[str] = []

    async def live() -> None:
        await life(Announcer(said.append))

    asyncio.run(live())
    return said


async def pass_by(announcer: Announcer) -> None:
    """Until nothing waits any more."""
    while announcer._timer is not None:
        await asyncio.sleep(0.005)


def test_what_follows_soon_waits_and_only_the_last_of_it_is_said() -> None:
    async def life(announcer: Announcer) -> None:
        for words in ("on", "off", "on", "off"):
            announcer.announce(words)
        assert announcer._timer is not None
        await pass_by(announcer)

    assert said_in(life) == ["on", "off"]


def test_what_is_by_then_as_it_was_said_is_not_said_again() -> None:
    async def life(announcer: Announcer) -> None:
        for words in ("on", "off", "on"):
            announcer.announce(words)
        await pass_by(announcer)

    assert said_in(life) == ["on"]


def test_what_comes_later_is_said_at_once_also_the_same_words() -> None:
    async def life(announcer: Announcer) -> None:
        announcer.announce("on")
        await asyncio.sleep(0.06)  # the pace is of time that passes
        announcer.announce("on")
        assert announcer._timer is None

    assert said_in(life) == ["on", "on"]


def test_what_is_forgotten_is_not_said() -> None:
    async def life(announcer: Announcer) -> None:
        announcer.announce("on")
        announcer.announce("off")
        announcer.forget()
        await asyncio.sleep(0.06)  # as above

    assert said_in(life) == ["on"]
