"""What the indicator does on its event loop."""

from __future__ import annotations

import asyncio
import inspect

from sayso.config.load import default_settings
from sayso.indicator.running import _Indicator
from sayso.indicator.surface import Session


def test_work_that_is_given_up_before_it_has_begun_leaves_no_warning() -> None:
    async def work() -> None:
        raise AssertionError("it never begins")

    async def give_up() -> str:
        begun = work()
        task = _Indicator(default_settings().indicator, Session(None, None), lambda: None)._do(begun)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return inspect.getcoroutinestate(begun)

    assert asyncio.run(give_up()) == inspect.CORO_CLOSED
