"""What is wrong only in combination: settings each of which would do alone.

Whoever was told last is at fault: an option rather than the file, the file rather than the defaults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from sayso.config.fault import Fault
from sayso.config.kinds import Hotkey
from sayso.config.layer import Value
from sayso.config.schema import schema

_SOFT, _HARD = "vad.soft_endpoint_ms", "vad.hard_endpoint_ms"


def contradictions(values: Mapping[str, Value], faults: Sequence[Fault]) -> list[Fault]:
    """What contradicts something else.

    Args:
        values: by their dotted names, from all sources.
        faults: what is wrong anyway. Where one keeps us from knowing what was meant, nothing is compared: in its
            section, or at all if a whole source is unusable.

    """
    found: list[Fault] = []
    if _is_clear("vad", faults):
        found += _endpoints(values)
    if _is_clear("hotkeys", faults):
        found += _hotkeys(values)
    return found


def _is_clear(section: str, faults: Sequence[Fault]) -> bool:
    return not any(fault.key == "" or fault.key.startswith(section) for fault in faults)


def _endpoints(values: Mapping[str, Value]) -> Iterator[Fault]:
    """The soft endpoint comes before the hard one."""
    soft, hard = values[_SOFT], values[_HARD]
    soft_ms, hard_ms = cast("int", soft.typed), cast("int", hard.typed)
    if hard_ms > soft_ms:
        return
    if soft.place.rank > hard.place.rank:
        what = f"must be shorter than {_HARD} ({soft_ms}); allowed: less than {hard_ms} ms, {_given_by(hard)}"
        yield Fault(soft.place, _SOFT, what)
    else:
        what = f"must be longer than {_SOFT} ({hard_ms}); allowed: more than {soft_ms} ms, {_given_by(soft)}"
        yield Fault(hard.place, _HARD, what)


def _hotkeys(values: Mapping[str, Value]) -> Iterator[Fault]:
    """A key does one thing only; in one file the later line is at fault."""
    keys = [key for key, kind in schema().kinds.items() if isinstance(kind, Hotkey)]
    first: dict[object, str] = {}
    for key in sorted(keys, key=lambda key: values[key].place.order):
        value = values[key]
        if value.typed is None:
            continue
        other = first.setdefault(value.typed, key)
        if other != key:
            what = f"{value.typed} is the key of {other} too, {_given_by(values[other])}"
            yield Fault(value.place, key, f"{what}; give each its own, or none")


def _given_by(value: Value) -> str:
    return f"which {value.place} gives" if value.place.rank else "which is the default"
