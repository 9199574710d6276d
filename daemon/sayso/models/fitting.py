"""Whether a model fits this machine, and how fast it would be here.

The speed is an estimate: the real-time factor that the model nearest in size was measured to have here, times the
ratio of their parameters. On a processor the arithmetic decides: base has 1.9 times the parameters of tiny.en and
takes 1.7 times as long (two cores, CTranslate2 int8). A card is far from busy with a small model, so there it is
the ratio of what was published of both (`catalogue.PUBLISHED_ON`; the middle of each range), where that is known.
What a model does here is only known when it is measured.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sayso.models.catalogue import GB, KNOWN_MODELS, KnownModel

DEFAULT_COMPUTE_TYPE: Final = "int8"
LEVEL: Final = 0.1  # within a tenth of the speed of speech nobody can promise which side of it


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on this machine of one model.

    Attributes:
        model: its name.
        parameters: millions of them, counted.
        real_time_factor: seconds of work for a second of speech.
        engine: that computed it.
        compute_type: in which it did.
        device: on which it did.

    """

    model: str
    parameters: float
    real_time_factor: float
    engine: str
    compute_type: str
    device: str


def nearest(known: KnownModel, measured: Iterable[Measured]) -> Measured | None:
    """The measurement that says most of a model: of itself or the one nearest in size; the fastest of several."""
    return min(measured, key=lambda one: (_distance(known, one), one.real_time_factor), default=None)


def _distance(known: KnownModel, one: Measured) -> float:
    return abs(math.log(known.parameters / one.parameters))


def fits(known: KnownModel, memory_bytes: int, measured: Measured | None) -> str:
    """Say in a few words whether a model fits this machine, and how fast it would be.

    Args:
        known: the model.
        memory_bytes: free, of the device that is meant: the measured one, or the processor's.
        measured: how fast some model is here; None where nobody measured it.

    """
    compute_type = measured.compute_type if measured else DEFAULT_COMPUTE_TYPE
    needs = needed_bytes(known, compute_type)
    if needs > memory_bytes:
        return f"needs about {_gigabytes(needs)} of memory, this machine has {_gigabytes(memory_bytes)} free"
    if measured is None:
        return "fits; run sayso bench to see how fast"
    return f"{compute_type}: fits, {_in_words(estimated_factor(known, measured))}"


def needed_bytes(known: KnownModel, compute_type: str) -> int:
    """Memory that a model takes, as published, or else as the published ones need for their size on disk.

    Those need in int8 what their float16 weights take on disk, within 7 %, and twice that in float16.
    """
    if compute_type.startswith(("int8", "q8")):
        return known.memory_bytes.get("int8", known.disk_bytes)
    for precision in ("q5", "q4"):
        if compute_type.startswith(precision):
            return known.memory_bytes.get(f"{precision}_0", known.disk_bytes)
    half = known.memory_bytes.get("float16", 2 * known.disk_bytes)
    return 2 * half if compute_type == "float32" else half


def estimated_factor(known: KnownModel, measured: Measured) -> float:
    """The real-time factor that a model would have on this machine, as the module says."""
    other = KNOWN_MODELS.get(measured.model) if measured.device != "cpu" else None
    if known.published_factor and other and other.published_factor:
        return measured.real_time_factor * sum(known.published_factor) / sum(other.published_factor)
    return measured.real_time_factor * known.parameters / measured.parameters


def _in_words(factor: float) -> str:
    if abs(factor - 1) <= LEVEL:
        return "about as fast as speech"
    if factor > 1:
        return f"slower than speech ({_short(factor)} times real time)"
    return f"about {_short(1 / factor)} times faster than speech"


def _short(number: float) -> str:
    """Two figures, which is more than an estimate has."""
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}".removesuffix(".0")


def _gigabytes(size: int) -> str:
    return f"{max(size / GB, 0.1):.1f}".removesuffix(".0") + " GB"
