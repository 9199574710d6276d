"""What new settings change: everything that can fail is done before anything is applied."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
from tests.daemon.fakes import ReadingEngine

from sayso import reload
from sayso.config import Settings
from sayso.config.chords import parse_chord
from sayso.edges import backend_from
from sayso.errors import ConfigError, HotkeyError, ModelError, SaysoError, TypistError
from sayso.events import Event, Problem, ProblemCleared, ProblemName
from sayso.models import CURRENT, Model, ModelStore
from sayso.models.current import Current, resolve
from sayso.reload import Changes, Reloader, plan
from sayso.typist.recording import RecordingTypist

CLEARED = ProblemCleared(ProblemName.CONFIG_INVALID)


def test_what_did_not_change_is_left_alone(default_settings: Settings) -> None:
    changes = plan(default_settings, default_settings)
    assert (changes.keys, changes.engine, changes.typist) == (frozenset(), None, None)
    assert not changes.needs_typist
    assert not changes.needs_source
    assert not changes.needs_hotkeys


def test_each_part_is_made_anew_for_its_own_settings_only(default_settings: Settings) -> None:
    after = replace(
        default_settings,
        typist=replace(default_settings.typist, backend="recording"),
        hotkeys=replace(default_settings.hotkeys, toggle=parse_chord("f9")),
    )
    changes = plan(default_settings, after)
    assert isinstance(changes.typist, RecordingTypist)
    assert (changes.needs_typist, changes.needs_hotkeys, changes.needs_source) == (True, True, False)
    after = replace(default_settings, audio=replace(default_settings.audio, pre_roll_ms=100))
    assert not plan(default_settings, after).needs_source
    after = replace(default_settings, audio=replace(default_settings.audio, device="other"))
    assert plan(default_settings, after).needs_source


def test_what_cannot_be_used_is_refused_before_anything_is_applied(
    default_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = replace(default_settings, typist=replace(default_settings.typist, backend="stduot"))
    with pytest.raises(TypistError, match="did you mean 'stdout'"):
        plan(default_settings, missing)
    monkeypatch.setattr("sayso.hotkeys.pynput_keys.importlib.util.find_spec", lambda _name: None)
    without = replace(default_settings, hotkeys=replace(default_settings.hotkeys, backend="pynput"))
    with pytest.raises(HotkeyError, match=r"hotkeys\.backend: pynput is not installed"):
        plan(default_settings, without)


def test_a_model_is_loaded_where_another_is_named_and_not_where_only_its_stay_is_another(
    default_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = ReadingEngine()
    monkeypatch.setattr(reload, "engine_from", lambda settings, tell: loaded)
    after = replace(default_settings, engine=replace(default_settings.engine, unload_after_minutes=5.0))
    changes = plan(default_settings, after)
    assert (changes.keys, changes.engine) == ({"engine.unload_after_minutes"}, None)
    after = replace(default_settings, engine=replace(after.engine, draft_model="another"))
    assert plan(default_settings, after).engine is loaded


class ClosingTypist(RecordingTypist):
    """Knows whether it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


def with_backend_and_model(settings: Settings, backend: str) -> Settings:
    typist, engine = replace(settings.typist, backend=backend), replace(settings.engine, model="another")
    return replace(settings, typist=typist, engine=engine)


def test_a_wrong_typist_is_told_before_a_model_is_loaded(
    default_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reload, "engine_from", lambda settings, tell: pytest.fail("loaded a model for nothing"))
    with pytest.raises(TypistError, match="did you mean 'stdout'"):
        plan(default_settings, with_backend_and_model(default_settings, "stduot"))


def test_a_typist_for_which_no_model_can_be_loaded_is_closed(default_settings: Settings) -> None:
    typist = ClosingTypist()
    after = with_backend_and_model(default_settings, "recording")
    with pytest.raises(ModelError, match="no model 'another'"):
        plan(default_settings, after, open_typist=lambda _: typist)
    assert typist.closed


class Bench:
    """A reloader whose loading can be held up, and what it told and applied."""

    def __init__(self, settings: Settings, error: Exception | None = None) -> None:
        self.settings = settings
        self.error = error
        self.refusal: Exception | None = None
        self.typist = ClosingTypist()
        self.may_load = threading.Event()
        self.loads = 0
        self.applied: list[Changes] = []
        self.events: list[Event] = []
        self.reloader = Reloader(self._prepare, self._apply, self.events.append)

    def _prepare(self) -> Changes:
        assert self.may_load.wait(10)
        self.loads += 1
        if self.error is not None:
            raise self.error
        return Changes(self.settings, frozenset(), ReadingEngine(), self.typist)

    def _apply(self, changes: Changes) -> Future[None]:
        self.applied.append(changes)
        done: Future[None] = Future()
        if self.refusal is None:
            done.set_result(None)
        else:
            done.set_exception(self.refusal)
        return done


def test_whoever_asks_while_it_loads_waits_for_the_next_and_all_of_them_for_the_same(
    default_settings: Settings,
) -> None:
    bench = Bench(default_settings)
    futures = [bench.reloader.ask() for _ in range(50)]
    bench.may_load.set()
    for future in futures:
        assert future.result(10) is None
    assert 1 <= bench.loads <= 2
    assert bench.events == [CLEARED] * bench.loads
    assert len(bench.applied) == bench.loads


@pytest.mark.parametrize("error", [ConfigError("config.yaml:3: no"), ValueError("quotes what was said")])
def test_a_failure_reaches_whoever_asked_and_a_later_reload_works(
    default_settings: Settings, error: Exception
) -> None:
    bench = Bench(default_settings, error)
    bench.may_load.set()
    assert bench.reloader.ask().exception(10) is error
    told = [Problem(ProblemName.CONFIG_INVALID, "config.yaml:3: no\nthe settings in use stay as they are")]
    assert bench.events == (told if isinstance(error, SaysoError) else [])
    bench.error = None
    assert bench.reloader.ask().result(10) is None
    assert bench.events[-1] == CLEARED


def test_a_typist_that_is_not_taken_is_closed_and_one_that_is_stays_open(default_settings: Settings) -> None:
    bench = Bench(default_settings)
    bench.may_load.set()
    assert bench.reloader.ask().result(10) is None
    assert not bench.typist.closed
    bench.refusal = HotkeyError("grabbed by another program")
    assert bench.reloader.ask().exception(10) is bench.refusal
    assert bench.typist.closed


def test_the_same_backend_by_another_name_is_not_made_anew(default_settings: Settings) -> None:
    before = replace(default_settings, typist=replace(default_settings.typist, backend="auto"))
    after = replace(before, typist=replace(before.typist, backend=backend_from(before)))
    changes = plan(before, after)
    assert changes.needs_typist
    assert changes.typist is None


def test_a_model_is_loaded_where_the_same_name_means_another_by_now(
    default_settings: Settings, tiny: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ModelStore(tmp_path / "sayso" / "models")
    for name in ("tiny.en", "mine"):
        shutil.copytree(tiny.folder, store.root / name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    loaded = ReadingEngine()
    monkeypatch.setattr(reload, "engine_from", lambda settings, tell: loaded)
    model = resolve(store, CURRENT)
    assert plan(default_settings, default_settings, model).engine is None
    Current(store).use("mine")
    changes = plan(default_settings, default_settings, model)
    assert (changes.keys, changes.engine) == (frozenset(), loaded)


def test_another_session_needs_another_typist_though_no_setting_changed(default_settings: Settings) -> None:
    typist = ClosingTypist()
    changes = plan(default_settings, default_settings, open_typist=lambda _: typist, backend="another session's")
    assert changes.needs_typist
    assert (changes.typist, changes.backend) == (typist, backend_from(default_settings))
    assert not plan(default_settings, default_settings, backend=backend_from(default_settings)).needs_typist
