"""What the trainer can do on this machine, found without importing anything heavy."""

from dataclasses import dataclass
from importlib import metadata
from typing import Final

PACKAGES: Final = ("torch", "transformers", "peft")
"""What the `trainer` extra brings."""

STAGES: Final[tuple[str, ...]] = ()
"""The training stages of this version, in the order they run: none yet."""


@dataclass(frozen=True)
class Status:
    """What there is to train with and to train on."""

    stages: tuple[str, ...]
    packages: dict[str, str | None]  # name → installed version, None where it is not installed
    journal: str | None  # where the journal is; None: there is none


def installed_version(package: str) -> str | None:
    """The version of an installed package from its metadata; None where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def find_status() -> Status:
    """The status of this machine. `sayso` keeps no journal in this version, so there is none to find."""
    return Status(STAGES, {package: installed_version(package) for package in PACKAGES}, journal=None)


def describe(status: Status) -> str:
    """The status as lines for a person."""
    rows = {
        "stages": ", ".join(status.stages) or "none: this version of sayso does not train yet",
        "journal": status.journal or "none: this version of sayso keeps no journal to train on",
        **{package: version or "not installed" for package, version in status.packages.items()},
    }
    width = max(map(len, rows))
    lines = [f"{name:<{width}}  {found}" for name, found in rows.items()]
    if None in status.packages.values():
        lines.append("To install what is missing: pip install 'sayso[trainer]'")
    return "\n".join(lines)
