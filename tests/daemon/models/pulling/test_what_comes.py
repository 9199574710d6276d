"""What comes from the hub: whole or not at all, with where it came from, and nothing that is not needed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from tests.daemon.models.pulling.loopback_hub import COMMIT, LoopbackHub
from tests.daemon.models.pulling.rig import MINE, SMALL, Pull

from sayso.errors import ModelError
from sayso.models import Model, ModelStore
from sayso.models.importing import COPIED_FILES, Kind
from sayso.models.repository import RemoteFile, Repository, needed
from sayso.weights import ctranslate2_file
from sayso.wheels import OFFLINE_MODELS
from sayso_trainer.convert import checkpoint


def test_a_known_model_comes_with_its_origin_and_licence_and_nothing_else_is_fetched_or_left(
    hub: LoopbackHub, pulls: Pull, store: ModelStore
) -> None:
    told: list[tuple[int, int]] = []
    model = pulls("small", tell=lambda there, total: told.append((there, total)))
    assert store.resolve("small") == model
    manifest = model.manifest
    assert manifest.origin == f"127.0.0.1:{hub.port}: {SMALL}@{COMMIT}"
    assert (manifest.licence, manifest.languages, manifest.mel_bins) == ("MIT", ("en",), 80)
    assert set(manifest.sha256) == {"config.json", "model.bin", "tokenizer.json", "vocabulary.txt"}
    assert hub.ranges("README.md") == []
    assert [path.name for path in store.root.iterdir()] == ["small"]
    total = sum(len(data) for name, data in hub.repositories[SMALL].items() if name in COPIED_FILES)
    assert told == sorted(told)
    assert told[-1] == (total, total)


def test_a_repository_is_called_after_itself_and_has_the_licence_of_its_card(
    hub: LoopbackHub, pulls: Pull
) -> None:
    assert (pulls().name, pulls(name="other").manifest.licence) == ("mine", "apache-2.0")
    hub.licence = None
    assert pulls(name="third").manifest.licence == ""


def test_floors_that_were_measured_of_the_very_weights_are_known_under_any_name(
    hub: LoopbackHub, pulls: Pull, tiny: Model
) -> None:
    hub.repositories[MINE] = {
        path.name: path.read_bytes() for path in tiny.folder.iterdir() if path.name in COPIED_FILES
    }
    assert pulls().manifest.floors == OFFLINE_MODELS["tiny.en"].floors
    hub.repositories[MINE] = hub.repositories[SMALL]
    assert pulls(name="other").manifest.floors == {}


def test_a_checkpoint_of_transformers_is_converted_and_what_could_run_code_is_not_fetched(
    hub: LoopbackHub, pulls: Pull, store: ModelStore, tiny: Model, tmp_path: Path
) -> None:
    folder = tmp_path / "checkpoint"
    folder.mkdir()
    checkpoint.write(tiny, folder)
    hub.repositories["openai/whisper-mine"] = {path.name: path.read_bytes() for path in folder.iterdir()} | {
        "pytorch_model.bin": b"\x80\x04"
    }
    model = pulls("openai/whisper-mine")
    ours, theirs = (ctranslate2_file.read(made.folder / "model.bin") for made in (tiny, model))
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
    assert hub.ranges("pytorch_model.bin") == []
    assert [path.name for path in store.root.iterdir()] == ["mine"]


def repository(*names: str) -> Repository:
    files = tuple(RemoteFile(name, size, "", "0" * 40) for size, name in enumerate(reversed(names)))
    return Repository(MINE, COMMIT, files, "")


def test_of_a_checkpoint_in_pieces_all_pieces_are_needed_and_small_files_come_first() -> None:
    pieces = [f"model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    names = [
        *pieces,
        "model.fp32-00001-of-00002.safetensors",
        "model.safetensors.index.json",
        "flax_model.msgpack",
    ]
    kind, files = needed(repository(*names, "tokenizer.json", "config.json", "onnx/model.safetensors"))
    assert kind is Kind.TRANSFORMERS
    assert [file.name for file in files] == [
        "config.json",
        "tokenizer.json",
        "model.safetensors.index.json",
        *reversed(pieces),
    ]


@pytest.mark.parametrize(
    ("names", "lacks"),
    [
        (("config.json", "tokenizer.json", "pytorch_model.bin"), "lacks model.safetensors,"),
        (("config.json", "tokenizer.json", "model.safetensors.index.json"), "lacks model.safetensors,"),
        (("config.json", "model.bin"), "lacks tokenizer.json,"),
        (("README.md",), "lacks config.json, tokenizer.json, model.safetensors,"),
    ],
)
def test_a_repository_without_what_a_model_needs_is_refused(names: tuple[str, ...], lacks: str) -> None:
    with pytest.raises(ModelError, match=re.escape(lacks)):
        needed(repository(*names))
