"""`sayso doctor`: every part tried for real, and for each that does not work what to do about it.

A check is a function of the settings that gives findings; those that there are stand in `registry`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from sayso.config import Settings


class Light(IntEnum):
    """How a part is; the value is the exit status of a doctor who has seen nothing worse."""

    GREEN = 0
    AMBER = 1
    RED = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one part.

    Attributes:
        part: that was tried: `microphone`, `engine ctranslate2 on cpu`, …
        light: green: works; amber: works, but not as well as it could, or was not tried; red: does not work.
        message: one line; never what somebody said or wrote, nor whose machine it is.
        remedy: what to do next; empty where nothing need be done.
        facts: figures for a bug report: name, with its unit → value.

    """

    part: str
    light: Light
    message: str
    remedy: str = ""
    facts: Mapping[str, float | int | str | bool | None] = field(default_factory=dict)


Check = Callable[[Settings], Iterator[Finding]]
"""Tries one part; blocks for as long as that takes, and raises nothing for what it finds."""
