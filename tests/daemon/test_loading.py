"""Settings → engine: what every command that recognises speech does first."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sayso import loading, paths
from sayso.config import Settings
from sayso.engines.drafted import draft_of
from sayso.errors import EngineError, ModelError
from sayso.loading import engine_from, language_of
from sayso.models import ModelStore, read_manifest
from sayso.models.checksums import sha256_of
from sayso.models.current import Current
from sayso.models.manifest import write_manifest


@pytest.fixture
def wanted(default_settings: Settings, data_home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("XDG_DATA_HOME", str(data_home))
    return replace(default_settings, engine=replace(default_settings.engine, device="cpu", threads=1))


def test_the_engine_and_model_of_the_settings_are_loaded(wanted: Settings) -> None:
    engine = engine_from(wanted)
    assert (engine.name, engine.model.name, engine.device) == ("ctranslate2", "tiny.en", "cpu")


def test_a_language_that_the_model_does_not_know_is_refused_before_anything_is_decoded(wanted: Settings) -> None:
    with pytest.raises(ModelError, match="does not know language 'fr'"):
        engine_from(replace(wanted, language="fr"))


def test_of_several_languages_the_one_that_the_model_does_not_know_is_named(wanted: Settings) -> None:
    with pytest.raises(ModelError, match="does not know language 'de'"):
        engine_from(replace(wanted, language="en,de"))


def test_where_the_layout_could_change_nothing_that_is_said_at_the_start(
    wanted: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    assert engine_from(replace(wanted, language="layout")).model.name == "tiny.en"
    assert "language: layout changes nothing: the model 'tiny.en' knows en only" in caplog.text


def test_an_unknown_engine_or_model_is_an_error_of_its_own_kind(wanted: Settings) -> None:
    with pytest.raises(EngineError, match="not installed"):
        engine_from(replace(wanted, engine=replace(wanted.engine, name="oracle")))
    with pytest.raises(ModelError, match="there is no model"):
        engine_from(replace(wanted, engine=replace(wanted.engine, model="nope")))


def drafted_by(settings: Settings, draft: str) -> Settings:
    return replace(settings, engine=replace(settings.engine, draft_model=draft))


def test_the_draft_of_the_settings_is_loaded_beside_the_model_but_not_for_recordings(
    wanted: Settings, data_home: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "another tiny"
    shutil.copytree(data_home / "sayso" / "models" / "tiny.en", copy)
    settings = drafted_by(wanted, str(copy))
    draft = draft_of(engine_from(settings))
    assert draft is not None
    assert draft.folder == copy
    assert draft_of(engine_from(settings, live=False)) is None


def test_a_draft_that_cannot_be_one_is_refused_before_anything_is_loaded(
    wanted: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "load_engine", lambda *_: pytest.fail("loaded a model for nothing"))
    with pytest.raises(ModelError, match=r"engine\.draft_model and engine\.model are both 'tiny\.en'"):
        engine_from(drafted_by(wanted, "tiny.en"))
    with pytest.raises(ModelError, match=r"engine\.draft_model: there is no model 'tinny'; did you mean"):
        engine_from(drafted_by(wanted, "tinny"))


def test_auto_leaves_the_language_to_the_model(default_settings: Settings) -> None:
    assert language_of(replace(default_settings, language="auto")) is None
    assert language_of(replace(default_settings, language="de")) == "de"
    assert language_of(replace(default_settings, language="de,en")) is None
    assert language_of(replace(default_settings, language="layout")) is None


def test_a_model_in_use_that_is_whole_and_does_not_load_is_named_and_the_one_before_is_used(
    wanted: Settings,
    data_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    store = ModelStore(paths.models_dir())
    for name in ("tiny.en", "mine"):
        shutil.copytree(data_home / "sayso" / "models" / "tiny.en", store.root / name)
    broken = store.root / "mine"
    (broken / "tokenizer.json").write_text("{}")
    manifest = read_manifest(broken)
    sums = {**manifest.sha256, "tokenizer.json": sha256_of(broken / "tokenizer.json")}
    write_manifest(broken, replace(manifest, name="mine", sha256=sums))
    Current(store).use("mine")
    engine = engine_from(wanted)
    assert engine.model.name == "tiny.en"
    assert "'mine'" in caplog.text
    assert "Until then 'tiny.en' is used" in caplog.text
    by_name = replace(wanted, engine=replace(wanted.engine, model="mine"))
    with pytest.raises(ModelError, match="does not load"):
        engine_from(by_name)
