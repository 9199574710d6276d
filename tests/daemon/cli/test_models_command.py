"""`sayso models`: what there is, getting it into the store, whether it is whole, and taking it out."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from tests.daemon.cli.command import Run
from tests.daemon.models.pulling.loopback_hub import loopback_hub

from sayso.engines.forms import forms_dir, ggml_form
from sayso.latency import plain_words
from sayso.models import Model, ModelStore
from sayso.models.catalogue import KNOWN_MODELS
from sayso.models.importing import COPIED_FILES
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


def test_the_list_has_what_is_in_the_store_then_what_a_package_could_bring_then_what_can_be_pulled(
    sayso: Run,
) -> None:
    assert "finding out how fast tiny.en is on this machine; once" in sayso("models", "list").err
    ran = sayso("models", "list")
    assert (ran.status, ran.err) == (0, "")  # it is remembered
    lines = ran.out.splitlines()
    store, package, hub = (
        lines.index(heading)
        for heading in (
            "In the store (sayso models use NAME):",
            "In packages (sayso models import NAME):",
            "On the Hugging Face hub (sayso models pull NAME):",
        )
    )
    speed = r"int8: fits, (about \S+ times faster than speech|about as fast as speech|slower than speech .*)"
    tiny = r"tiny.en            39M   1  78 MB  80 MB 0.05-0.1  "
    base = r"base               74M  99 145 MB 150 MB 0.1-0.15  "
    assert re.fullmatch(rf"{tiny}{speed} \(in use\)", lines[store + 1])
    assert hub == package + 2
    assert re.fullmatch(base + speed, lines[package + 1])
    assert lines[hub + 1].split()[0] == "tiny"
    assert lines[-2].split()[:7] == ["large-v3", "1550M", "100", "3.1", "GB", "3.0", "GB"]
    assert lines[-1].endswith("published for whisper.cpp on an AMD RX 7700 XT")


def test_as_json_the_list_is_one_object_a_model_with_all_numbers(sayso: Run) -> None:
    rows = {row["name"]: row for row in sayso("models", "list", "--json").rows}
    assert (rows["tiny.en"]["place"], rows["tiny.en"]["in_store"], rows["tiny.en"]["languages"]) == (
        "store",
        True,
        1,
    )
    assert (rows["base"]["place"], rows["base"]["in_store"], rows["base"]["languages"]) == ("package", False, 99)
    assert set(rows) == {"tiny.en", *KNOWN_MODELS}
    small = rows["small"]
    assert (small["place"], small["current"], small["parameters_millions"]) == ("hub", False, 244)
    assert small["memory_bytes"] == {
        "float16": 950_000_000,
        "int8": 480_000_000,
        "q5_0": 350_000_000,
        "q4_0": 280_000_000,
    }
    assert small["published_real_time_factor"] == [0.2, 0.3]
    assert small["published_on"] == "whisper.cpp on an AMD RX 7700 XT"
    assert rows["distil-small.en"]["published_real_time_factor"] is None
    assert rows["distil-small.en"]["published_on"] is None


def test_a_model_that_only_has_the_name_of_a_known_one_is_not_taken_for_it(sayso: Run, copied: Path) -> None:
    mine = copied.parent / "small"
    shutil.copytree(copied, mine)
    manifest = json.loads((mine / "manifest.json").read_text()) | {
        "name": "small",
        "origin": "imported from there",
    }
    (mine / "manifest.json").unlink()
    (mine / "manifest.json").write_text(json.dumps(manifest))
    row = next(row for row in sayso("models", "list", "--json").rows if row["name"] == "small")
    assert (row["place"], row["parameters_millions"], row["advice"]) == ("store", None, "")
    line = next(line for line in sayso("models", "list").out.splitlines() if line.startswith("small "))
    assert line.split() == ["small", "-", "1", "78", "MB", "-", "-", "imported", "from", "there"]


def test_a_manifest_that_cannot_be_read_is_named_and_the_others_are_listed(sayso: Run, copied: Path) -> None:
    shutil.copytree(copied, copied.parent / "mine")
    (copied.parent / "mine" / "manifest.json").write_text("{")
    ran = sayso("models", "list")
    assert (ran.status, "mine/manifest.json is not a readable manifest" in ran.err) == (0, True)
    assert "tiny.en " in ran.out


def test_a_model_is_pulled_listed_used_and_said_where_it_is(
    sayso: Run, copied: Path, tiny: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    with loopback_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        hub.repositories["Systran/faster-whisper-tiny.en"] = {
            path.name: path.read_bytes() for path in tiny.folder.iterdir() if path.name in COPIED_FILES
        }
        taken = sayso("models", "pull", "tiny.en")
        assert (taken.status, "there is a model 'tiny.en' already" in taken.err) == (1, True)
        ran = sayso("models", "pull", "tiny.en", "--name", "mine")
    assert (ran.status, ran.out, ran.err) == (0, f"mine: {copied.parent}/mine\n", "")
    row = next(row for row in sayso("models", "list", "--json").rows if row["name"] == "mine")
    assert (row["parameters_millions"], row["repository"]) == (39, "Systran/faster-whisper-tiny.en")
    assert sayso("models", "use", "mine").out == "mine: in use\n"


def test_what_cannot_be_pulled_is_one_line_that_says_what_to_do(
    sayso: Run, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    for model, message in (
        ("smal", "did you mean 'small'?"),
        ("small", "127.0.0.1:9 cannot be reached: Connection refused"),
        ("somebody/model", "without a network there are: sayso models import tiny.en base"),
    ):
        ran = sayso("models", "pull", model)
        assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
        assert message in ran.err
    assert [path.name for path in copied.parent.iterdir()] == ["tiny.en"]


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


def second(copied: Path, name: str) -> Path:
    folder = copied.parent / name
    shutil.copytree(copied, folder)
    manifest = json.loads((folder / "manifest.json").read_text()) | {"name": name}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_a_damaged_model_in_use_goes_as_its_message_says_and_the_one_before_is_in_use(
    sayso: Run, copied: Path
) -> None:
    mine = second(copied, "mine")
    sayso("models", "use", "mine")
    with (mine / "model.bin").open("r+b") as file:
        file.write(b"damaged")
    assert "sayso models rm mine" in sayso("models", "verify", "mine").out
    ran = sayso("models", "rm", "mine")
    assert (ran.status, ran.out) == (0, "mine: removed\n")
    assert [row["name"] for row in sayso("models", "list", "--json").rows if row["current"]] == ["tiny.en"]


@pytest.mark.parametrize("key", ["model", "draft_model"])
def test_a_model_that_the_settings_name_is_in_use_and_stays(
    sayso: Run, copied: Path, tmp_path: Path, key: str
) -> None:
    mine = second(copied, "mine")
    config = tmp_path / "config" / "sayso" / "config.yaml"
    config.parent.mkdir(parents=True)
    config.write_text(f"engine:\n  {key}: mine\n")
    ran = sayso("models", "rm", "mine")
    assert (ran.status, f"'mine' is in use, as engine.{key} in the settings" in ran.err) == (1, True)
    assert mine.is_dir()
    if key == "model":
        assert [row["name"] for row in sayso("models", "list", "--json").rows if row["current"]] == ["mine"]


@pytest.mark.parametrize("name", [".forms", ".pulls", "current", "x" * 300])
def test_what_is_no_model_is_not_removed(sayso: Run, copied: Path, name: str) -> None:
    (copied.parent / ".forms").mkdir()
    ran = sayso("models", "rm", name)
    assert (ran.status, "there is no model" in ran.err) == (1, True)
    assert (copied.parent / ".forms").is_dir()


def test_of_a_model_that_is_linked_into_the_store_only_the_link_is_removed(
    sayso: Run, copied: Path, tmp_path: Path
) -> None:
    mine = second(copied, "mine").rename(tmp_path / "mine")
    (copied.parent / "mine").symlink_to(mine)
    assert sayso("models", "verify", "mine").out == "mine: whole\n"
    assert sayso("models", "rm", "mine").status == 0
    assert (mine / "manifest.json").is_file()
