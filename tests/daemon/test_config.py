from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from sayso.config import Mode, Settings, changed, load_settings
from sayso.config.chords import Chord, parse_chord
from sayso.errors import ConfigError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def defaults(home: Path) -> Settings:
    return load_settings()


def written(home: Path, text: str | bytes) -> Path:
    file = home / ".config" / "sayso" / "config.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_without_a_file_the_defaults_are_typed(defaults: Settings) -> None:
    assert defaults.mode is Mode.TOGGLE
    assert (defaults.language, defaults.engine.model, defaults.engine.compute_type) == (
        "en",
        "current",
        "auto",
    )
    assert defaults.audio.sample_rate_hz is None
    assert defaults.engine.threads is None
    assert type(defaults.audio.pre_roll_ms) is int
    assert type(defaults.streaming.max_window_seconds) is float
    assert defaults.streaming.rewrite is False
    assert defaults.journal.safety_net is True
    assert defaults.hotkeys.toggle == parse_chord("super+alt+d")


def test_the_users_own_file_overrides_only_what_it_names(home: Path, defaults: Settings) -> None:
    written(home, "mode: hold\nvad:\n  threshold: 0.25\n")
    assert changed(defaults, load_settings()) == {"mode", "vad.threshold"}


def test_a_named_file_is_read_instead_of_the_users_own(home: Path, tmp_path: Path) -> None:
    written(home, "mode: hold\n")
    other = tmp_path / "other.yaml"
    other.write_text("language: de\n")
    settings = load_settings(other)
    assert (settings.mode, settings.language) == (Mode.TOGGLE, "de")


def test_an_option_overrides_the_file(home: Path) -> None:
    written(home, "engine:\n  model: base\n  threads: 2\n")
    engine = load_settings(None, {"engine.model": "small", "journal.safety_net": "true"}).engine
    assert (engine.model, engine.threads) == ("small", 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n# a remark\n",
        "---\n",
        "null\n",
        "{}",
        "vad:\n",
        "vad:\n  # threshold: 0.4\n",
        b"\xef\xbb\xbf",
        "mode: toggle\r\nvad:\r\n  threshold: 0.5\r\n",
    ],
)
def test_a_file_that_sets_nothing_new_gives_the_defaults(
    home: Path, defaults: Settings, text: str | bytes
) -> None:
    assert load_settings(written(home, text)) == defaults


def test_several_languages_and_terms_are_read_in_their_one_form(home: Path) -> None:
    text = "language: en, de,en\nvocabulary: 'sayso,  Grafana Loki , é ש, sayso'\n"
    settings = load_settings(written(home, text))
    assert settings.language == "en,de"
    assert settings.vocabulary == ("sayso", "Grafana Loki", "é ש")
    assert load_settings(written(home, "language: layout\nvocabulary: NONE\n")).vocabulary == ()


def test_the_norwegian_language_code_is_not_taken_for_a_boolean(home: Path) -> None:
    assert load_settings(written(home, "language: no\n")).language == "no"


def test_a_number_is_read_in_decimal_whatever_yaml_makes_of_its_zeros(home: Path) -> None:
    assert load_settings(written(home, "streaming:\n  hop_ms: 0300\n")).streaming.hop_ms == 300


@pytest.mark.parametrize("word", ["true", "yes", "on", "True", "YES"])
def test_a_flag_takes_every_word_that_yaml_has_for_true(home: Path, word: str) -> None:
    assert load_settings(written(home, f"journal: {{safety_net: {word}}}")).journal.safety_net is True


def test_text_may_look_like_a_number_or_a_flag(home: Path) -> None:
    audio = load_settings(written(home, "audio:\n  device: 3\nengine: {model: '2024-01-01'}"))
    assert (audio.audio.device, audio.engine.model) == ("3", "2024-01-01")


def test_a_dotted_name_in_the_file_means_the_setting_in_its_section(home: Path) -> None:
    assert load_settings(written(home, "vad.threshold: 0.25\n")).vad.threshold == 0.25


@pytest.mark.parametrize(
    ("key", "lowest", "highest"),
    [
        ("audio.sample_rate_hz", "8000", "192000"),
        ("audio.pre_roll_ms", "0", "5000"),
        ("vad.threshold", "0", "1"),
        ("streaming.hop_ms", "50", "5000"),
        ("streaming.max_window_seconds", "5", "25"),
    ],
)
def test_both_bounds_of_a_range_are_allowed_and_nothing_beyond(
    home: Path, key: str, lowest: str, highest: str
) -> None:
    for value in (lowest, highest):
        load_settings(None, {key: value})
    for value in (str(int(lowest) - 1), str(int(highest) + 1)):
        with pytest.raises(
            ConfigError, match=f"{key}: out of range \\({value}\\); allowed: .*{lowest} to {highest}"
        ):
            load_settings(None, {key: value})


def test_the_words_never_and_none_leave_a_setting_out(home: Path) -> None:
    assert load_settings().engine.unload_after_minutes is load_settings().engine.draft_model is None
    written(home, "engine: {unload_after_minutes: 0.5, draft_model: tiny.en}")
    engine = load_settings().engine
    assert (engine.unload_after_minutes, engine.draft_model) == (0.5, "tiny.en")
    engine = load_settings(None, {"engine.unload_after_minutes": "never", "engine.draft_model": "None"}).engine
    assert (engine.unload_after_minutes, engine.draft_model) == (None, None)


def test_the_word_auto_leaves_a_number_open(home: Path) -> None:
    written(home, "audio: {sample_rate_hz: 44100}\nengine: {threads: 'auto'}")
    settings = load_settings(None, {"audio.sample_rate_hz": "auto"})
    assert settings.audio.sample_rate_hz is None
    assert settings.engine.threads is None


@pytest.mark.parametrize("word", ["none", "None", "' NONE '"])
def test_the_word_none_leaves_an_action_without_a_key(home: Path, word: str) -> None:
    hotkeys = load_settings(written(home, f"hotkeys:\n  toggle: {word}\n  undo: {word}\n")).hotkeys
    assert (hotkeys.toggle, hotkeys.undo) == (None, None)
    assert isinstance(hotkeys.hold, Chord)


def test_an_action_may_have_the_default_key_of_another_that_has_none_or_another(home: Path) -> None:
    keys = "{toggle: super+alt+x, cancel: super+alt+z, undo: none}"
    hotkeys = load_settings(written(home, f"hotkeys: {keys}\n")).hotkeys
    assert (str(hotkeys.toggle), str(hotkeys.cancel), hotkeys.undo) == ("super+alt+x", "super+alt+z", None)


def test_the_same_key_in_other_words_is_no_change(home: Path, defaults: Settings) -> None:
    written(home, "hotkeys: {toggle: Alt+Win+D}\n")
    assert changed(defaults, load_settings()) == frozenset()


def test_settings_cannot_be_changed_after_loading(defaults: Settings) -> None:
    for part, name in ((defaults, "mode"), (defaults.vad, "threshold")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, name, "x")


def test_nothing_has_changed_between_equal_settings(defaults: Settings) -> None:
    assert changed(defaults, load_settings()) == frozenset()


def test_what_changed_is_named_the_same_in_both_directions(defaults: Settings) -> None:
    new = load_settings(None, {"language": "de", "log.level": "debug", "engine.threads": "2"})
    assert changed(defaults, new) == changed(new, defaults) == {"language", "log.level", "engine.threads"}
