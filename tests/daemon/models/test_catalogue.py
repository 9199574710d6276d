"""What is known of models by name: in keeping with what is on disk, and honest about what nobody published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sayso.models import Model, ModelStore
from sayso.models.catalogue import GB, KNOWN_MODELS, MB, KnownModel
from sayso.models.fitting import Measured, estimated_factor, fits, nearest, needed_bytes
from sayso.models.listing import listed
from sayso.weights import ctranslate2_file
from sayso.weights.tensors import Dimensions
from sayso.wheels import OFFLINE_MODELS

SMALL, LARGE = KNOWN_MODELS["small"], KNOWN_MODELS["large-v3"]
DISTILLED = KNOWN_MODELS["distil-medium.en"]
PLENTY = 64 * GB


def measured(model: str, factor: float, compute_type: str = "int8") -> Measured:
    parameters = KNOWN_MODELS[model].parameters if model in KNOWN_MODELS else 500
    return Measured(model, parameters, factor, "ctranslate2", compute_type, "cpu")


def test_the_size_of_a_model_is_that_of_its_file(tiny: Model) -> None:
    known = KNOWN_MODELS["tiny.en"]
    assert Dimensions.of(ctranslate2_file.read(tiny.folder / "model.bin")) == known.size
    assert known.disk_bytes == pytest.approx((tiny.folder / "model.bin").stat().st_size, rel=0.001)


def test_the_offline_models_are_known_and_know_as_many_languages() -> None:
    for name, offline in OFFLINE_MODELS.items():
        assert KNOWN_MODELS[name].languages == len(offline.languages)


@pytest.mark.parametrize("known", KNOWN_MODELS.values(), ids=KNOWN_MODELS)
def test_parameters_as_published_are_those_of_the_architecture(known: KnownModel) -> None:
    # 39 M of tiny are 37.8 M by this count, which has the embedding once.
    assert known.parameters * MB == pytest.approx(known.disk_bytes / 2, rel=0.04)


@pytest.mark.parametrize("known", KNOWN_MODELS.values(), ids=KNOWN_MODELS)
def test_what_was_published_of_memory_shrinks_with_the_precision_and_bounds_the_estimate(
    known: KnownModel,
) -> None:
    published = [known.memory_bytes[name] for name in known.memory_bytes]
    assert published == sorted(published, reverse=True)
    unpublished = replace(known, memory_bytes={})
    for compute_type in ("int8", "float16"):
        assert needed_bytes(known, compute_type) == pytest.approx(
            needed_bytes(unpublished, compute_type), rel=0.08
        )


def test_nothing_is_said_to_be_published_of_the_distilled_ones() -> None:
    distilled = [known for name, known in KNOWN_MODELS.items() if name.startswith("distil-")]
    assert len(distilled) == 3
    assert all(not known.memory_bytes and known.published_factor is None for known in distilled)


@pytest.mark.parametrize(
    ("known", "memory_bytes", "measurement", "says"),
    [
        (SMALL, PLENTY, None, "fits; run sayso bench to see how fast"),
        (LARGE, 1200 * MB, None, "needs about 3 GB of memory, this machine has 1.2 GB free"),
        (SMALL, 1 * MB, None, "needs about 0.5 GB of memory, this machine has 0.1 GB free"),
        (SMALL, PLENTY, measured("small", 0.25), "int8: fits, about 4 times faster than speech"),
        (SMALL, PLENTY, measured("small", 0.04), "int8: fits, about 25 times faster than speech"),
        (SMALL, PLENTY, measured("small", 1.3), "int8: fits, slower than speech (1.3 times real time)"),
        (SMALL, PLENTY, measured("small", 0.95), "int8: fits, about as fast as speech"),
        (
            LARGE,
            4 * GB,
            measured("tiny", 0.01, "float16"),
            "needs about 6 GB of memory, this machine has 4 GB free",
        ),
        (SMALL, PLENTY, measured("small", 0.5, "q5_1"), "q5_1: fits, about 2 times faster than speech"),
    ],
)
def test_advice_says_whether_it_fits_and_how_fast_it_would_be(
    known: KnownModel, memory_bytes: int, measurement: Measured | None, says: str
) -> None:
    assert fits(known, memory_bytes, measurement) == says
    assert len(says) <= 58


def test_on_a_processor_the_estimate_goes_by_parameters() -> None:
    assert estimated_factor(LARGE, measured("small", 0.5)) == pytest.approx(0.5 * 1550 / 244)
    assert estimated_factor(SMALL, measured("small", 0.5)) == 0.5
    assert estimated_factor(SMALL, measured("a stranger", 0.5)) == pytest.approx(0.5 * 244 / 500)


def test_on_a_card_it_goes_by_what_was_published_of_both_or_else_by_parameters() -> None:
    # small 0.2 to 0.3, large-v3 0.7 to 1.0
    on_card = replace(measured("small", 0.5), device="cuda")
    assert estimated_factor(LARGE, on_card) == pytest.approx(0.5 * 0.85 / 0.25)
    assert estimated_factor(DISTILLED, on_card) == pytest.approx(0.5 * 394 / 244)


def test_the_measurement_nearest_in_size_says_most_and_of_several_the_fastest() -> None:
    tiny, base, slow_base = measured("tiny", 0.1), measured("base", 0.2), measured("base", 0.5)
    tiny, base, slow_base = (replace(one, parameters=n) for one, n in ((tiny, 39), (base, 74), (slow_base, 74)))
    assert nearest(LARGE, [tiny, slow_base, base]) == base
    assert nearest(KNOWN_MODELS["tiny.en"], [base, tiny]) == tiny
    assert nearest(LARGE, []) is None


def test_memory_by_compute_type_is_as_published_and_else_by_the_size_of_the_weights() -> None:
    assert [needed_bytes(SMALL, name) for name in ("int8_float16", "q8_0", "q5_1", "q4_0", "f16", "float32")] == [
        480 * MB,
        480 * MB,
        350 * MB,
        280 * MB,
        950 * MB,
        1900 * MB,
    ]
    assert needed_bytes(DISTILLED, "q5_0") == DISTILLED.disk_bytes


def test_a_device_is_asked_for_its_memory_once_however_many_models_there_are(tmp_path: Path) -> None:
    asked: list[str] = []

    def free(device: str) -> int:
        asked.append(device)
        return PLENTY

    on_card = replace(measured("small", 0.5), device="cuda")
    listed(ModelStore(tmp_path), "tiny.en", free_bytes=free, measured=[on_card])
    assert asked == ["cuda"]
