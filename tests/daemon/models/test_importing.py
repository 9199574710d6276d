"""Models from elsewhere: what is Whisper comes into the store whole, what is not is named and changes nothing."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter
from tests.daemon.weights.toy import FILTERS, VOCABULARY, toy_tensors

from sayso.audio import Pcm
from sayso.engines import EngineOptions, Window
from sayso.engines.ctranslate2 import CTranslate2Engine
from sayso.engines.vocabulary import Vocabulary
from sayso.errors import ModelError
from sayso.latency import plain_words
from sayso.models import Model, ModelStore
from sayso.models.importing import Kind, find_out, import_from
from sayso.weights import ctranslate2_file, ggml, transformers_names

SAID = "hello you are watching dictation as it happens"


@pytest.fixture
def store(tmp_path: Path, tiny: Model) -> ModelStore:
    """A store that has tiny.en."""
    root = tmp_path / "models"
    shutil.copytree(tiny.folder, root / "tiny.en")
    return ModelStore(root)


@pytest.fixture(scope="module")
def tiny_ggml(tiny: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ggml") / "ggml-tiny.en-q8_0.bin"
    tensors = ctranslate2_file.read(tiny.folder / "model.bin")
    tokens = ggml.vocabulary_of(tiny.folder / "tokenizer.json")
    ggml.write(path, tensors, ggml.Form.Q8_0, Vocabulary(tiny).mel_filters, tokens)
    return path


def heard_by(model: Model, demo: Pcm) -> list[str]:
    engine = CTranslate2Engine(model, EngineOptions(device="cpu", compute_type="float32"))
    decoding = engine.session("en").final(Window(demo[:59_200], 0))
    return plain_words("".join(word.text for word in decoding.words))


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_of_ctranslate2_is_copied_without_what_does_not_belong_to_it(
    store: ModelStore, tiny: Model, tmp_path: Path
) -> None:
    folder = tmp_path / "faster-whisper-mine"
    shutil.copytree(tiny.folder, folder)
    (folder / "manifest.json").unlink()
    (folder / "README.md").write_text("mine")
    source = find_out(folder)
    assert (source.kind, source.usual_name) == (Kind.CTRANSLATE2, "mine")
    model = import_from(source, store, "mine")
    assert {path.name for path in model.folder.iterdir() if not path.name.startswith(".")} == {
        "config.json",
        "manifest.json",
        "model.bin",
        "tokenizer.json",
        "vocabulary.txt",
    }
    assert model.manifest.languages == ("en",)
    assert model.manifest.mel_bins == 80
    assert model.manifest.origin == "imported from faster-whisper-mine"
    assert store.resolve("mine") == model


def test_a_file_of_whisper_cpp_is_converted_and_hears_the_same(
    store: ModelStore, tiny_ggml: Path, demo: Pcm
) -> None:
    source = find_out(tiny_ggml)
    assert (source.kind, source.usual_name) == (Kind.GGML, "tiny.en-q8_0")
    assert heard_by(import_from(source, store, "mine"), demo) == SAID.split()


@pytest.mark.parametrize("names", ["openai", "transformers"])
def test_a_gguf_file_of_whisper_is_converted_by_whichever_names_its_tensors_have(
    store: ModelStore, tiny: Model, tmp_path: Path, demo: Pcm, names: str
) -> None:
    path = tmp_path / "whisper-tiny.gguf"
    writer = GGUFWriter(str(path), "whisper")
    for name, array in ctranslate2_file.read(tiny.folder / "model.bin").items():
        there = name if names == "openai" else "model." + transformers_names.name_there(name)
        writer.add_tensor(there, np.ascontiguousarray(array))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    source = find_out(path)
    assert (source.kind, source.usual_name) == (Kind.GGUF, "tiny")
    model = import_from(source, store, "mine")
    assert (model.folder / "model.bin").read_bytes() == (tiny.folder / "model.bin").read_bytes()
    assert heard_by(model, demo) == SAID.split()


def test_a_name_that_is_taken_is_refused_and_what_has_it_stays(store: ModelStore, tiny_ggml: Path) -> None:
    before = files_in(store.root)
    with pytest.raises(ModelError, match=r"there is a model 'tiny\.en' already.*sayso models rm tiny\.en.*--name"):
        import_from(find_out(tiny_ggml), store, "tiny.en")
    assert files_in(store.root) == before


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "..", "über", "x" * 101])
def test_a_name_that_cannot_be_one_is_refused(store: ModelStore, tiny_ggml: Path, name: str) -> None:
    with pytest.raises(ModelError, match=r"already|cannot be the name of a model"):
        import_from(find_out(tiny_ggml), store, name)


# ── what is no Whisper ────────────────────────────────────────────────────────────────────────────


def language_model(path: Path) -> Path:
    writer = GGUFWriter(str(path), "llama")
    writer.add_tensor("token_embd.weight", np.zeros((32, 32), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def folder_of(path: Path, config: object) -> Path:
    path.mkdir()
    (path / "config.json").write_text(json.dumps(config))
    return path


def test_what_cannot_be_imported_is_named_for_what_it_is(store: ModelStore, tmp_path: Path) -> None:
    page = tmp_path / "page.bin"
    page.write_bytes(b"<!DOCTYPE html><html>sign in")
    graphs = tmp_path / "graphs"
    (graphs / "onnx").mkdir(parents=True)
    graph = graphs / "onnx" / "encoder.onnx"
    graph.write_bytes(b"\x08\x0a")
    (graphs / "config.json").write_text(json.dumps({"model_type": "whisper"}))
    refused = {
        language_model(tmp_path / "llama.gguf"): "holds a model of type 'llama', not Whisper",
        folder_of(tmp_path / "bert", {"model_type": "bert"}): "holds a model of type 'bert', not Whisper",
        folder_of(tmp_path / "empty", {}): "holds no model",
        folder_of(tmp_path / "list", []): "is not an object",
        page: "it is a web page, so the download went wrong",
        graph: "is a graph of ONNX; import the model that they were made of",
        graphs: "holds graphs of ONNX; import the model that they were made of",
        tmp_path / "missing.bin": "cannot be read: No such file or directory",
    }
    for path, message in refused.items():
        with pytest.raises(ModelError, match=re.escape(message)):
            import_from(find_out(path), store, "mine")
    assert store.names() == ["tiny.en"]
    assert not [path for path in store.root.iterdir() if path.name.startswith(".mine")]


def test_weights_that_are_cut_short_change_nothing(
    store: ModelStore, tiny: Model, tiny_ggml: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "short"
    shutil.copytree(tiny.folder, folder)
    (folder / "model.bin").write_bytes((tiny.folder / "model.bin").read_bytes()[:1_000_000])
    with pytest.raises(ModelError, match=re.escape(f"{folder}/model.bin is cut short")):
        import_from(find_out(folder), store, "mine")
    short = tmp_path / "short.bin"
    short.write_bytes(tiny_ggml.read_bytes()[:-1])
    with pytest.raises(ModelError, match="cut short"):
        find_out(short)
    assert store.names() == ["tiny.en"]


def test_a_file_of_whisper_cpp_with_a_vocabulary_that_nobody_knows_is_refused_with_what_would_help(
    store: ModelStore, tmp_path: Path
) -> None:
    path = tmp_path / "strange.bin"
    ggml.write(path, toy_tensors(), ggml.Form.F16, FILTERS, VOCABULARY)
    with pytest.raises(ModelError, match=r"import one of the same vocabulary first: sayso models import tiny\.en"):
        import_from(find_out(path), store, "mine")
    assert store.names() == ["tiny.en"]
