"""One source of settings, checked against the schema: the defaults, a file, the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from sayso.config.fault import Fault, Place, shown
from sayso.config.kinds import Scalar
from sayso.config.schema import advice, schema
from sayso.errors import ConfigError

_YAML_TAG = "tag:yaml.org,2002:"
# What YAML 1.1 resolves by itself; any other tag was written by hand.
_IMPLICIT_TAGS = frozenset(
    _YAML_TAG + name
    for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge", "map", "seq")
)


@dataclass(frozen=True, slots=True)
class Value:
    """A checked, typed value and where it was given."""

    typed: object
    place: Place


@dataclass(slots=True)
class Layer:
    """What one source gives and what is wrong in it; filled while it is walked, then only read."""

    values: dict[str, Value] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def put(self, key: str, scalar: Scalar, place: Place) -> None:
        """Check one value and keep it, or keep what is wrong with it."""
        try:
            self.values[key] = Value(schema().kinds[key].parse(scalar), place)
        except ConfigError as error:
            self.faults.append(Fault(place, key, str(error)))


def layer_of_options(options: Mapping[str, str], place: Place) -> Layer:
    """The layer of dotted names and values from the command line."""
    layer = Layer()
    for key, text in options.items():
        if key in schema().kinds:
            layer.put(key, Scalar(text), place)
        else:
            layer.faults.append(Fault(place, key, _unknown(key)))
    return layer


def layer_of_document(root: yaml.Node | None, place: Place) -> Layer:
    """The layer of a YAML document; an empty one gives nothing."""
    walk = _Walk(place)
    if root is not None and not _is_null(root):
        walk.root(root)
    return walk.layer


class _Walk:
    """Goes through one document and fills its layer; goes on after a fault, so that all are found at once."""

    def __init__(self, place: Place) -> None:
        self.layer = Layer()
        self._place = place
        self._first_lines: dict[str, int] = {}

    def root(self, node: yaml.Node) -> None:
        if not isinstance(node, yaml.MappingNode):
            form = "a list" if isinstance(node, yaml.SequenceNode) else "a single value"
            self._fault(_line(node), "", f"{form} instead of settings; write lines such as 'mode: hold'")
        elif not self._tagged(node, _line(node), ""):
            self._pairs(node, prefix="")

    def _pairs(self, node: yaml.MappingNode, prefix: str) -> None:
        for name, value in node.value:
            line = _line(name)
            if not isinstance(name, yaml.ScalarNode) or not name.value:
                self._fault(line, prefix.rstrip("."), "a name must be one word, as in 'mode: hold'")
                continue
            key = prefix + name.value
            first_line = self._first_lines.get(key)
            if first_line is not None:
                self._fault(line, key, f"given twice, on lines {first_line} and {line}; keep one")
            self._first_lines.setdefault(key, line)
            if not self._tagged(value, line, key):
                self._entry(key, value, line)

    def _entry(self, key: str, node: yaml.Node, line: int) -> None:
        if key in schema().sections:
            if isinstance(node, yaml.MappingNode):
                self._pairs(node, prefix=f"{key}.")
            elif not _is_null(node):  # all settings of a section commented out leave null
                self._fault(line, key, _unknown(key))
        elif key not in schema().kinds:
            self._fault(line, key, _unknown(key, "section" if isinstance(node, yaml.MappingNode) else "setting"))
        elif not isinstance(node, yaml.ScalarNode):
            form = "list" if isinstance(node, yaml.SequenceNode) else "section"
            self._fault(line, key, f"a {form} where one value belongs; write '{key.rpartition('.')[2]}: value'")
        elif _is_null(node):
            self._fault(line, key, "no value; give one, or remove the line to have the default")
        else:
            self.layer.put(key, Scalar(node.value, quoted=bool(node.style)), self._place.at(line))

    def _tagged(self, node: yaml.Node, line: int, key: str) -> bool:
        if node.tag in _IMPLICIT_TAGS:
            return False
        self._fault(line, key, f"the tag {shown(node.tag)} has no meaning here; remove it")
        return True

    def _fault(self, line: int, key: str, what: str) -> None:
        self.layer.faults.append(Fault(self._place.at(line), key, what))


def _unknown(key: str, what: str = "setting") -> str:
    if key in schema().sections:
        return f"a section, not a setting; the settings in it are: {', '.join(schema().below(key))}"
    return f"unknown {what}; {advice(key)}"


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == f"{_YAML_TAG}null"


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1
