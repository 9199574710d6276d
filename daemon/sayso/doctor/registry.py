"""All checks, in the order in which they are made; whoever adds a part to sayso adds its check here."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Generator, Mapping, Sequence
from types import MappingProxyType

from sayso.config import Settings
from sayso.doctor import Check, Finding, Light
from sayso.errors import SaysoError

log = logging.getLogger(__name__)

CHECKS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "storage": ("storage:check_storage", "permissions:check_permissions"),
        "journal": ("journal:check_journal",),
        "models": ("models:check_models", "models:check_packages"),
        "microphone": ("microphone:check_microphone",),
        "typing": ("typing:check_typing", "ways:check_ways"),
        "hotkeys": ("hotkey:check_hotkey",),
        "bus": ("bus:check_bus",),
        "units": ("units:check_units",),
        "engines": ("engines:check_engines",),
    }
)
"""Part → the functions that try it, as `module:function` below this package: each is imported when it is tried."""


def findings(settings: Settings, parts: Sequence[str]) -> Generator[Finding]:
    """Try parts, and give what is found as it is found. A check that fails of itself is a finding too.

    Whoever takes not all of it closes it, and with it what the check of then has open.
    """
    for part in parts:
        for name in CHECKS[part]:
            try:
                yield from _check(name)(settings)
            except SaysoError as error:
                yield Finding(part, Light.RED, str(error))
            except Exception as error:  # one check must not keep the others from being made
                log.debug("the check %s failed", name, exc_info=True)
                message = f"could not be tried: {type(error).__name__}"
                yield Finding(part, Light.AMBER, message, "please report it, with sayso doctor --json")


def _check(name: str) -> Check:
    module, _, function = name.partition(":")
    check: Check = getattr(importlib.import_module(f"sayso.doctor.{module}"), function)
    return check
