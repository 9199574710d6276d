"""Defaults, then the user's file, then the command line → `Settings`, or one error listing every fault."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sayso import paths
from sayso.config.contradictions import contradictions
from sayso.config.document import parse, read
from sayso.config.fault import Fault, Place
from sayso.config.layer import Layer, Value, layer_of_document, layer_of_options
from sayso.config.schema import build, schema
from sayso.config.settings import Settings
from sayso.errors import ConfigError

_REINSTALL = "a default is missing: sayso is not completely installed; install it again"


def load_settings(path: Path | None = None, overrides: Mapping[str, str] | None = None) -> Settings:
    """Read all settings.

    Args:
        path: the settings file; None means the user's own, which need not exist.
        overrides: dotted name → value as written on the command line, e.g. `{"engine.model": "base"}`.

    Raises:
        ConfigError: one line for each fault found, with file, line, name, value and what to write instead.

    """
    defaults = default_file(Path(__file__).parents[1])
    layers = (
        _layer_of_file(defaults, rank=0, if_absent=_REINSTALL),
        _layer_of_file(paths.config_file(), rank=1)
        if path is None
        else _layer_of_file(path, rank=1, if_absent="no such file; check the path"),
        layer_of_options(overrides or {}, Place(2, "command line")),
    )
    values: dict[str, Value] = {}
    faults: list[Fault] = []
    for layer in layers:
        values |= layer.values
        faults += layer.faults
    if not layers[0].faults:
        incomplete = Place(0, paths.shown(defaults))
        faults += [Fault(incomplete, key, _REINSTALL) for key in schema().kinds if key not in values]
        faults += contradictions(values, faults)
    if faults:
        raise ConfigError("\n".join(map(str, sorted(faults, key=lambda fault: fault.place.order))))
    return build({key: value.typed for key, value in values.items()})


def default_settings() -> Settings:
    """The settings of somebody who has none of their own."""
    return load_settings(default_file(Path(__file__).parents[1]))


def default_file(package: Path) -> Path:
    """`default.yaml` in the installed package, or in `config/` of the checkout that the package runs from."""
    installed = package / "default.yaml"
    return installed if installed.exists() else package.parents[1] / "config" / "default.yaml"


def _layer_of_file(path: Path, rank: int, *, if_absent: str = "") -> Layer:
    """The layer of a file; one that does not exist is a fault if there is something to say about that."""
    place = Place(rank, paths.shown(path))
    try:
        data = read(path, place)
    except FileNotFoundError:
        return Layer(faults=[Fault(place, "", if_absent)] if if_absent else [])
    root = data if isinstance(data, Fault) else parse(data, place)
    return Layer(faults=[root]) if isinstance(root, Fault) else layer_of_document(root, place)
