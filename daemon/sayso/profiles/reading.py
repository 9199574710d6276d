"""`applications.yaml` → profiles, or one error that lists every fault with its line."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_type_hints

import yaml

from sayso import paths
from sayso.config.document import parse, read
from sayso.config.fault import Fault, Place, shown
from sayso.config.kinds import Kind, Scalar
from sayso.errors import ConfigError
from sayso.profiles import NOWHERE, Profile, Profiles

FORM = "write an application, such as 'firefox*:', and below it lines such as 'language: de'"

MOST_APPLICATIONS = 1_000  # each is compared with the name of a window, 1 µs, whenever one is asked for
QUOTED = "put it in quotes where it begins with a mark such as [ or &"


def load_profiles(path: Path | None = None) -> Profiles:
    """Read the profiles.

    Args:
        path: the file; None means the user's own. One that is not there says that no application differs.

    Raises:
        ConfigError: one line for each fault found, with file, line, name and what to write instead.

    """
    path = paths.profiles_file() if path is None else path
    place = Place(1, paths.shown(path))
    try:
        data = read(path, place)
    except FileNotFoundError:
        return NOWHERE
    root = data if isinstance(data, Fault) else parse(data, place)
    if root is None:
        return NOWHERE
    if isinstance(root, Fault):
        raise ConfigError(str(root))
    faults: list[Fault] = []
    by_pattern = dict(_profiles(root, place, faults))
    if faults:
        raise ConfigError("\n".join(map(str, faults)))
    return Profiles(by_pattern)


def kinds() -> dict[str, Kind]:
    """What may differ, and what each may be."""
    hints = get_type_hints(Profile, include_extras=True)
    return {name: get_args(hint)[1] for name, hint in hints.items()}


def _profiles(root: yaml.Node, place: Place, faults: list[Fault]) -> Iterator[tuple[str, Profile]]:
    if isinstance(root, yaml.MappingNode) and len(root.value) > MOST_APPLICATIONS:
        what = f"{len(root.value)} applications; allowed: {MOST_APPLICATIONS} at most"
        faults.append(Fault(place, "", what))
        return
    seen: dict[str, int] = {}
    for pattern, node, line in _pairs(root, place, "", faults):
        if pattern.lower() in seen:
            faults.append(
                Fault(place.at(line), pattern, f"given twice, first on line {seen[pattern.lower()]}; keep one")
            )
        seen.setdefault(pattern.lower(), line)
        yield pattern, Profile(**dict(_differences(node, place, pattern, faults)))


def _differences(node: yaml.Node, place: Place, pattern: str, faults: list[Fault]) -> Iterator[tuple[str, Any]]:
    known = kinds()
    seen: set[str] = set()
    for name, value, line in _pairs(node, place, pattern, faults):
        key = f"{pattern}.{name}"
        if name not in known:
            near = get_close_matches(name[:80].lower(), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"allowed: {', '.join(known)}"
            faults.append(Fault(place.at(line), key, f"unknown; {hint}"))
        elif name in seen:
            faults.append(Fault(place.at(line), key, "given twice; keep one"))
        elif not isinstance(value, yaml.ScalarNode) or not value.value:
            faults.append(Fault(place.at(line), key, f"one value belongs here; write '{name}: value'"))
        else:
            seen.add(name)
            try:
                yield name, known[name].parse(Scalar(value.value, quoted=bool(value.style)))
            except ConfigError as error:
                faults.append(Fault(place.at(line), key, str(error)))


def _pairs(node: yaml.Node, place: Place, key: str, faults: list[Fault]) -> Iterator[tuple[str, yaml.Node, int]]:
    """The names and values of a mapping, each with its line."""
    if not isinstance(node, yaml.MappingNode):
        empty = isinstance(node, yaml.ScalarNode) and not node.value
        if key or not empty:
            faults.append(Fault(place.at(node.start_mark.line + 1), key, f"nothing that differs; {FORM}"))
        return
    for name, value in node.value:
        line = name.start_mark.line + 1
        said = name.value if isinstance(name, yaml.ScalarNode) else ""
        if said and said.isprintable():
            yield said, value, line
        elif said:
            faults.append(Fault(place.at(line), key, f"{shown(said)} is no name; {FORM}"))
        else:
            faults.append(Fault(place.at(line), key, f"no name; {QUOTED}, or {FORM}"))
