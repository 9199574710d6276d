from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sayso.config import load_settings
from sayso.config.document import MAX_BYTES, read
from sayso.config.fault import Fault, Place
from sayso.config.schema import schema
from sayso.errors import ConfigError

FILE = "~/.config/sayso/config.yaml"

FaultsOf = Callable[..., list[str]]


@pytest.fixture
def config_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / ".config" / "sayso" / "config.yaml"
    file.parent.mkdir(parents=True)
    return file


@pytest.fixture
def faults_of(config_file: Path) -> FaultsOf:
    """What is wrong with the text of a settings file, without the file's name, and with options."""

    def faults(text: str | bytes = "", **options: str) -> list[str]:
        config_file.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(ConfigError) as raised:
            load_settings(None, {key.replace("__", "."): value for key, value in options.items()})
        return [line.removeprefix(f"{FILE}:") for line in str(raised.value).splitlines()]

    return faults


def test_a_misspelt_setting_is_located_and_the_nearest_named(config_file: Path) -> None:
    config_file.write_text("# mine\n\nvad:\n  treshold: 0.4\n")
    with pytest.raises(ConfigError) as raised:
        load_settings()
    assert str(raised.value) == f"{FILE}:4: vad.treshold: unknown setting; did you mean 'vad.threshold'?"


def test_every_fault_is_listed_in_the_order_of_the_file(faults_of: FaultsOf) -> None:
    faults = faults_of("mode: hol\naudio:\n  pre_roll_ms: 9999\nengine:\n  beam_size: 2.5\n", log__level="loud")
    assert [fault.split(":")[:2] for fault in faults[:3]] == [
        ["1", " mode"],
        ["3", " audio.pre_roll_ms"],
        ["5", " engine.beam_size"],
    ]
    assert faults[3].startswith("command line: log.level: unknown value ('loud')")
    assert len(faults) == 4


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("vda:\n  threshold: 1\n", "1: vda: unknown section; did you mean 'vad'?"),
        ("threshold: 1\n", "1: threshold: unknown setting; did you mean 'vad.threshold'?"),
        ("device: x\n", "1: device: unknown setting; did you mean 'audio.device' or 'engine.device'?"),
        ("log: {qqqq: 1}\n", "1: log.qqqq: unknown setting; the settings there are: log.level"),
        ("log: debug\n", "1: log: a section, not a setting; the settings in it are: log.level"),
        ("log: [debug]\n", "1: log: a section, not a setting; the settings in it are: log.level"),
        ("mode: {hold: yes}\n", "1: mode: a section where one value belongs; write 'mode: value'"),
        (
            "typist:\n  backend:\n  - x\n",
            "2: typist.backend: a list where one value belongs; write 'backend: value'",
        ),
        ("mode:\n", "1: mode: no value; give one, or remove the line to have the default"),
        ("mode: ~\n", "1: mode: no value; give one, or remove the line to have the default"),
        ("engine: {model: ''}\n", "1: engine.model: empty; give a value or leave it out"),
        (
            "mode: Hold\n",
            "1: mode: unknown value ('Hold'); did you mean 'hold'? allowed: hands-free, toggle or hold",
        ),
        (
            "language: english\n",
            "1: language: unknown language ('english');"
            " allowed: auto, layout, or Whisper language codes such as en or en,de,pt",
        ),
        (
            "language: en, de, german\n",
            "1: language: unknown language ('german');"
            " allowed: auto, layout, or Whisper language codes such as en or en,de,pt",
        ),
        (
            "language: en,layout\n",
            "1: language: unknown language ('layout');"
            " allowed: auto, layout, or Whisper language codes such as en or en,de,pt",
        ),
        ("vocabulary: ','\n", "1: vocabulary: no terms; allowed: at most 30 terms with commas between, or none"),
        (
            f"vocabulary: {', '.join(f'term{n}' for n in range(31))}\n",
            "1: vocabulary: too many terms (31): with more the model writes them where nobody said them;"
            " keep those that are misheard most; allowed: at most 30 terms with commas between, or none",
        ),
        (
            f"vocabulary: tea, {'x' * 61}\n",
            "1: vocabulary: a term of 61 characters; give at most 60 to each",
        ),
        (
            "streaming:\n  max_window_seconds: 15s\n",
            "2: streaming.max_window_seconds: not a number ('15s');"
            " give a plain number of seconds, allowed: 5 to 25 seconds",
        ),
        (
            "streaming:\n  hop_ms: yes\n",
            "2: streaming.hop_ms: not a number ('yes'); give a plain whole number of ms, allowed: 50 to 5000 ms",
        ),
        (
            "journal: {safety_net: 'yes'}\n",
            "1: journal.safety_net: text in quotes ('yes'); write true without quotes",
        ),
        (
            "journal: {safety_net: 1}\n",
            "1: journal.safety_net: neither true nor false ('1'); allowed: true or false",
        ),
        (
            "streaming: {hop_ms: '300'}\n",
            "1: streaming.hop_ms: text in quotes ('300'); write the number without quotes",
        ),
        ("engine: {beam_size: 2.5}\n", "1: engine.beam_size: not a whole number (2.5); allowed: 1 to 100"),
        ("mode: !yours hold\n", "1: mode: the tag '!yours' has no meaning here; remove it"),
        ("? [a, b]\n: c\n", "1: a name must be one word, as in 'mode: hold'"),
        ("- mode: hold\n", "1: a list instead of settings; write lines such as 'mode: hold'"),
        ("hold\n", "1: a single value instead of settings; write lines such as 'mode: hold'"),
    ],
)
def test_a_fault_says_where_what_and_what_to_do(faults_of: FaultsOf, text: str, fault: str) -> None:
    assert faults_of(text) == [fault]


@pytest.mark.parametrize("name", ["1", "1.5", "true", "null", "2024-01-01", "on"])
def test_a_name_that_yaml_takes_for_something_else_is_an_unknown_setting(faults_of: FaultsOf, name: str) -> None:
    (fault,) = faults_of(f"{name}: x\n")
    assert fault.startswith(f"1: {name}: unknown setting; ")


@pytest.mark.parametrize(
    "number", [".nan", "nan", ".inf", "-.inf", "inf", "1e999", "0x1", "1:30", "0,5", "\u0665", "--1"]
)
def test_what_is_no_finite_decimal_number_is_refused(faults_of: FaultsOf, number: str) -> None:
    (fault,) = faults_of(f"vad:\n  threshold: {number}\n")
    assert fault.startswith(("2: vad.threshold: not a number", "2: vad.threshold: out of range"))
    assert fault.endswith("allowed: 0 to 1")


def test_a_number_of_many_digits_is_out_of_range_and_shown_cut_short(faults_of: FaultsOf) -> None:
    (fault,) = faults_of(f"engine: {{beam_size: {'9' * 9000}}}\n")
    assert "out of range (9999" in fault
    assert len(fault) < 200


@pytest.mark.parametrize(
    ("text", "key", "lines"),
    [
        ("mode: hold\nlanguage: en\nmode: toggle\n", "mode", "lines 1 and 3"),
        ("vad:\n  threshold: 0.4\n  threshold: 0.4\n", "vad.threshold", "lines 2 and 3"),
        ("vad:\n  threshold: 0.4\nlog:\nvad:\n  min_speech_ms: 100\n", "vad", "lines 1 and 4"),
        ("vad:\n  threshold: 0.4\nvad.threshold: 0.3\n", "vad.threshold", "lines 2 and 3"),
        ("{mode: hold, mode: toggle}\n", "mode", "lines 1 and 1"),
    ],
)
def test_a_name_given_twice_is_an_error_naming_both_lines(
    faults_of: FaultsOf, text: str, key: str, lines: str
) -> None:
    (fault,) = faults_of(text)
    assert fault.endswith(f": {key}: given twice, on {lines}; keep one")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("vad:\n\tthreshold: 0.4\n", "2: a tab; use spaces"),
        ("mode:\thold\n", "1: a tab; use spaces"),
        ("language: en\nmode: 'hold\nlog:\n", "2: a quote or bracket that is never closed"),
        ("engine: {model: base\n", "1: a '{' that is never closed, or a ',' missing after it"),
        (
            "vad:\n  threshold: 0.4\n hop: 3\n",
            "3: not indented like the lines above it, or text after a closing quote",
        ),
        (
            "mode hold\nlanguage: en\n",
            "2: a ':' that does not fit; check the indentation and the ':' of this line and the one above",
        ),
        ("language: en\nmode\n", "2: a name without ':' after it; write 'name: value'"),
        ("---\nmode: hold\n---\nmode: toggle\n", "3: a second document ('---'); keep only one"),
        ("mode: @x\n", "1: a value that begins with a mark special to YAML; put it in quotes"),
        ("mode: !<x\n", "1: a value that begins with '!', which YAML takes for a tag; put it in quotes"),
        ("mode: hold\n\nlanguage: \x00\n", "3: a control character (U+0000); remove it"),
        (
            'engine: {model: "C:\\q"}\n',
            "1: an unknown escape in double quotes; write two backslashes, or use single quotes",
        ),
    ],
)
def test_broken_yaml_is_located_and_explained_in_a_plain_sentence(
    faults_of: FaultsOf, text: str, fault: str
) -> None:
    assert faults_of(text) == [fault]


def test_an_escape_beyond_unicode_is_an_error_in_the_file(faults_of: FaultsOf) -> None:
    (fault,) = faults_of('mode: "\\UFFFFFFFF"\n')
    assert "an escape or directive holds a number that is too large" in fault


def test_text_that_is_not_utf8_is_located(faults_of: FaultsOf) -> None:
    assert faults_of(b"mode: hold\nlanguage: \xe9\n") == ["2: not UTF-8 text; save the file as UTF-8"]


def test_an_alias_is_refused_before_it_can_multiply(faults_of: FaultsOf) -> None:
    bomb = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: [*c, *c, *c]\n"
    assert faults_of(bomb) == [
        "2: an alias ('*name'), which sayso does not follow; put text in quotes, or write the value out"
    ]


def test_deep_nesting_is_refused_before_it_exhausts_the_stack(faults_of: FaultsOf) -> None:
    assert faults_of("[" * 5000) == ["1: nested too deeply; settings stand in one section at most"]


def test_a_file_too_large_for_settings_is_refused(faults_of: FaultsOf) -> None:
    assert faults_of("#" * (MAX_BYTES + 1)) == [
        f" larger than {MAX_BYTES // 1024} KiB, so no settings file; check the path"
    ]


def test_a_tag_constructs_nothing(faults_of: FaultsOf, tmp_path: Path) -> None:
    (fault,) = faults_of(f"mode: !!python/object/apply:os.mkdir [{tmp_path / 'made'}]\n")
    assert "has no meaning here" in fault
    assert not (tmp_path / "made").exists()


def test_control_characters_reach_a_message_only_as_escapes(faults_of: FaultsOf) -> None:
    faults = faults_of('"a\\e[2J": 1\nengine: {model: "b\\e[2J"}\n')
    assert all(fault.isprintable() for fault in faults)
    assert len(faults) == 2


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"engine.modle": "x"}, "engine.modle: unknown setting; did you mean 'engine.model'?"),
        ({"vad": "1"}, "vad: a section, not a setting; the settings in it are: vad.threshold"),
        ({"engine.beam_size": "0"}, "engine.beam_size: out of range (0); allowed: 1 to 100"),
        ({"engine.model": ""}, "engine.model: empty; give a value or leave it out"),
    ],
)
def test_a_wrong_option_is_named(config_file: Path, options: dict[str, str], fault: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_settings(None, options)
    assert str(raised.value).startswith(f"command line: {fault}")


def test_a_hard_endpoint_not_longer_than_the_soft_one_is_located(faults_of: FaultsOf) -> None:
    assert faults_of("vad:\n  hard_endpoint_ms: 300\n  soft_endpoint_ms: 300\n") == [
        "2: vad.hard_endpoint_ms: must be longer than vad.soft_endpoint_ms (300);"
        f" allowed: more than 300 ms, which {FILE}:3 gives"
    ]


def test_of_two_endpoints_that_contradict_each_other_the_one_given_last_is_at_fault(
    faults_of: FaultsOf,
) -> None:
    assert faults_of("vad:\n  soft_endpoint_ms: 600\n") == [
        "2: vad.soft_endpoint_ms: must be shorter than vad.hard_endpoint_ms (600);"
        " allowed: less than 500 ms, which is the default"
    ]
    (fault,) = faults_of("vad:\n  soft_endpoint_ms: 400\n", vad__hard_endpoint_ms="350")
    assert fault.startswith("command line: vad.hard_endpoint_ms: must be longer")


def test_endpoints_are_not_compared_when_one_of_them_is_unreadable(faults_of: FaultsOf) -> None:
    (fault,) = faults_of("vad:\n  soft_endpoint_ms: 600\n  hard_endpoint_ms: 1s\n")
    assert "vad.hard_endpoint_ms: not a number" in fault


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("supper+alt+d", "unknown key 'supper' in 'supper+alt+d'; did you mean 'super'?"),
        ("spce", "unknown key 'spce'; did you mean 'space'?"),
        ("nnone", "unknown key 'nnone'; did you mean 'none'?"),
        ("super+", "no key on one side of a '+' in 'super+'; write it like super+alt+d, or none"),
        ("''", "no key; allowed: a key with its modifiers, or none"),
        ("' '", "no key; allowed: a key with its modifiers, or none"),
        ("super+alt", "only modifiers in 'super+alt'; add a key, such as super+alt+d"),
        ("Shift", "only modifiers in 'Shift'; add a key, such as shift+f9"),
        ("super+d+x", "more than one key (d and x) in 'super+d+x'; only modifiers can be combined"),
        (
            "d",
            "'d' would take d away from every window; add a modifier, such as super+alt+d,"
            " or take a key that types nothing, such as pause or f9",
        ),
    ],
)
def test_what_is_no_hotkey_is_located_whatever_the_backend(faults_of: FaultsOf, value: str, fault: str) -> None:
    assert faults_of(f"hotkeys:\n  backend: none\n  toggle: {value}\n") == [f"3: hotkeys.toggle: {fault}"]
    assert faults_of(hotkeys__hold=value.strip("'")) == [f"command line: hotkeys.hold: {fault}"]


def test_one_key_for_two_actions_is_located_on_its_second_line(faults_of: FaultsOf) -> None:
    assert faults_of("hotkeys:\n  cancel: alt+win+f1\n  toggle: super+alt+f1\n") == [
        f"3: hotkeys.toggle: super+alt+f1 is the key of hotkeys.cancel too, which {FILE}:2 gives;"
        " give each its own, or none"
    ]


def test_of_two_actions_with_one_key_the_one_given_last_is_at_fault(faults_of: FaultsOf) -> None:
    assert faults_of("hotkeys:\n  toggle: super+alt+x\n") == [
        "2: hotkeys.toggle: super+alt+x is the key of hotkeys.cancel too, which is the default;"
        " give each its own, or none"
    ]
    (fault,) = faults_of("hotkeys: {undo: f1}\n", hotkeys__toggle="f1")
    assert fault.startswith(
        f"command line: hotkeys.toggle: f1 is the key of hotkeys.undo too, which {FILE}:1 gives"
    )


def test_every_action_that_has_the_key_of_another_is_named(faults_of: FaultsOf) -> None:
    faults = faults_of("vad: {soft_endpoint_ms: 600}\nhotkeys:\n  toggle: f1\n  hold: f1\n  cancel: f1\n")
    assert [fault.partition(" is ")[0] for fault in faults[1:]] == ["4: hotkeys.hold: f1", "5: hotkeys.cancel: f1"]
    assert faults[0].startswith("1: vad.soft_endpoint_ms: must be shorter")


def test_hotkeys_are_not_compared_when_one_of_them_is_unreadable(faults_of: FaultsOf) -> None:
    (fault,) = faults_of("hotkeys:\n  toggle: supper+f1\n  hold: f2\n  cancel: f2\n")
    assert "hotkeys.toggle: unknown key" in fault


@pytest.mark.parametrize("default", ["mode: hol\n", "vad: {threshold: 2}\n", "- x\n"])
def test_damaged_defaults_are_an_error_located_in_them(
    config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, default: str
) -> None:
    damaged = tmp_path / "default.yaml"
    damaged.write_text(default)
    monkeypatch.setattr("sayso.config.load.default_file", lambda _package: damaged)
    with pytest.raises(ConfigError) as raised:
        load_settings()
    (fault,) = str(raised.value).splitlines()
    assert fault.startswith("~/default.yaml:1: ")


def test_a_default_that_is_missing_asks_for_another_installation(
    config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    incomplete = tmp_path / "default.yaml"
    incomplete.write_text("hotkeys: {toggle: f1, hold: f1}\n")
    monkeypatch.setattr("sayso.config.load.default_file", lambda _package: incomplete)
    with pytest.raises(ConfigError) as raised:
        load_settings()
    faults = str(raised.value).splitlines()
    assert len(faults) == len(schema().kinds) - 2
    assert all(fault.endswith("sayso is not completely installed; install it again") for fault in faults)


def test_a_named_file_that_does_not_exist_is_an_error(config_file: Path) -> None:
    with pytest.raises(ConfigError, match=r"~/absent\.yaml: no such file; check the path"):
        load_settings(Path.home() / "absent.yaml")


def test_a_folder_is_not_a_settings_file(config_file: Path) -> None:
    config_file.mkdir()
    with pytest.raises(ConfigError, match=r"config\.yaml: is a folder"):
        load_settings()


def test_a_pipe_is_refused_without_waiting_for_a_writer(config_file: Path) -> None:
    os.mkfifo(config_file)
    with pytest.raises(ConfigError, match="is not a regular file"):
        load_settings()


def test_a_link_to_nothing_is_an_error_although_the_file_may_be_absent(config_file: Path) -> None:
    config_file.symlink_to("gone.yaml")
    with pytest.raises(ConfigError, match=r"is a link to gone\.yaml, which does not exist"):
        load_settings()


def test_a_folder_that_is_a_file_is_an_error_in_the_file(config_file: Path) -> None:
    shutil.rmtree(config_file.parent)
    config_file.parent.touch()
    with pytest.raises(ConfigError, match=r"config\.yaml: cannot be read: Not a directory"):
        load_settings()


class _Unreadable(type(Path())):  # type: ignore[misc]  # the concrete class differs between systems
    """A file that its owner has locked: root, who runs tests in containers, may read any real one."""

    def open(self, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")


def test_a_file_without_permission_names_the_remedy(config_file: Path) -> None:
    config_file.touch()
    fault = read(_Unreadable(config_file), Place(1, FILE))
    assert isinstance(fault, Fault)
    assert str(fault) == f"{FILE}: no permission to read it; check its owner and mode (chmod u+r)"
