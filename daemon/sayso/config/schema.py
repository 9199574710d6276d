"""The settings by their dotted names, derived from the annotations in `settings`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from difflib import get_close_matches
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from sayso.config.kinds import Kind
from sayso.config.settings import Settings

_COMPARED_CHARACTERS = 80  # difflib's work grows with the square; no name of ours is half as long


@dataclass(frozen=True, slots=True)
class Schema:
    """What may be set.

    Attributes:
        kinds: dotted name → what the setting may be, in the order of the dataclasses.
        sections: the names of the sections.

    """

    kinds: Mapping[str, Kind]
    sections: tuple[str, ...]

    def below(self, section: str) -> tuple[str, ...]:
        """The dotted names in a section."""
        return tuple(key for key in self.kinds if key.startswith(f"{section}."))


@cache
def schema() -> Schema:
    """The schema of `Settings`."""
    return Schema(
        kinds=MappingProxyType(dict(_kinds(Settings))),
        sections=tuple(name for name, hint in get_type_hints(Settings).items() if _is_section(hint)),
    )


def _kinds(cls: type[Any], prefix: str = "") -> Iterator[tuple[str, Kind]]:
    for name, hint in get_type_hints(cls, include_extras=True).items():
        if get_origin(hint) is Annotated:
            yield f"{prefix}{name}", get_args(hint)[1]
        else:
            yield from _kinds(hint, f"{prefix}{name}.")


def build(values: Mapping[str, object]) -> Settings:
    """Settings from a typed value for every dotted name."""
    settings: Settings = _build(Settings, values)
    return settings


def _build(cls: type[Any], values: Mapping[str, object], prefix: str = "") -> Any:
    return cls(
        **{
            name: _build(hint, values, f"{prefix}{name}.") if _is_section(hint) else values[f"{prefix}{name}"]
            for name, hint in get_type_hints(cls).items()
        }
    )


def _is_section(hint: Any) -> bool:
    return is_dataclass(hint)


def changed(old: Settings, new: Settings) -> frozenset[str]:
    """The dotted names of the settings that differ, so that a reload restarts only what it must."""
    return frozenset(key for key in schema().kinds if attrgetter(key)(old) != attrgetter(key)(new))


def advice(key: str) -> str:
    """What to do about a name that is not in the schema: the nearest that is, or all there are."""
    names, sections = schema().kinds, schema().sections
    tried = key[:_COMPARED_CHARACTERS].lower()
    section, _, leaf = tried.rpartition(".")
    own = {name.rpartition(".")[2]: name for name in schema().below(section)}
    near = (
        [own[name] for name in get_close_matches(leaf, own, n=1)]
        or [name for name in names if name.rpartition(".")[2] == leaf]
        or get_close_matches(tried, [*names, *sections], n=1)
    )
    if near:
        return f"did you mean {' or '.join(map(repr, near))}?"
    if own:
        return f"the settings there are: {', '.join(own.values())}"
    top = [name for name in names if "." not in name]
    return f"allowed: {', '.join(top)} and the sections {', '.join(sections)}"
