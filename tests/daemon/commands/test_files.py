"""Grammar files: merged over each other, and what is wrong in one is found with its place; dictation goes on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.daemon.commands.window import Window
from tests.daemon.fakes import of_type

from sayso.commands import Grammars
from sayso.commands.sources import languages, load_grammar, own_files
from sayso.errors import ConfigError
from sayso.events import Event, Problem, ProblemCleared, ProblemName


def own(tmp_path: Path, text: str, name: str = "commands.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def say(tmp_path: Path, text: str, *said: str) -> str:
    return Window(load_grammar("en", [own(tmp_path, text)])).say(*said)


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_grammar("en", [own(tmp_path, text)])
    return str(caught.value).replace(f"{tmp_path}/", "").splitlines()


def test_there_are_commands_in_five_languages() -> None:
    assert languages() == ("de", "en", "es", "fr", "pt")


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "snippets:\n"])
def test_an_empty_file_changes_nothing(tmp_path: Path, text: str) -> None:
    assert say(tmp_path, text, "hello comma world") == "hello, world"


def test_a_file_that_is_not_there_is_none() -> None:
    assert load_grammar("en", [Path("/nowhere/commands.yaml")]) is not None
    assert load_grammar("xx", [Path("/nowhere/commands.yaml")]) is None


def test_snippets_replacements_and_patterns_are_typed_instead_of_what_was_said(tmp_path: Path) -> None:
    text = r"""
snippets:
  insert my address: "12 High Street\nNewtown"
replacements:
  jay son: JSON
  gonna: going to
patterns:
  '(\d+) per ?cent': '\1 %'
punctuation:
  bullet point: {types: "• ", joins: right, then: capital}
"""
    assert say(tmp_path, text, "Write to, insert my address.") == "Write to 12 High Street\nNewtown"
    assert say(tmp_path, text, "Gonna be jay son, 5 percent and 6 per cent.") == "Going to be JSON, 5 % and 6 %."
    assert say(tmp_path, text, "bullet point milk") == "• Milk"
    assert say(tmp_path, text, "literally gonna") == "gonna"


def test_the_persons_own_command_goes_before_the_languages_and_one_can_be_switched_off(tmp_path: Path) -> None:
    text = (
        'punctuation:\n  comma: ";"\n  full stop: off\nactions:\n  delete that: {does: scratch, guard: pauses}\n'
    )
    assert say(tmp_path, text, "a comma b full stop") == "a comma b full stop"  # "a comma" is a thing
    assert say(tmp_path, text, "so comma b full stop") == "so; b full stop"
    assert say(tmp_path, text, "so _ delete that _ b") == "b"


def test_a_file_for_one_language_goes_before_the_one_for_all(tmp_path: Path) -> None:
    files = [
        own(tmp_path, "replacements: {abc: one, xyz: one}"),
        own(tmp_path, "replacements: {abc: two}", "commands.en.yaml"),
    ]
    assert Window(load_grammar("en", files)).say("abc xyz") == "two one"
    assert [path.name for path in own_files("de")] == ["commands.yaml", "commands.de.yaml"]


def test_terms_are_found_by_their_sound_where_the_recogniser_was_unsure(tmp_path: Path) -> None:
    grammar = load_grammar("en", [own(tmp_path, "terms: [Kubernetes, GitHub]")], vocabulary=["Anaïs"])
    window = Window(grammar)
    assert window.say("we use github and cooper netties", confidence=0.5) == "we use GitHub and Kubernetes"
    assert Window(grammar).say("we use cooper netties", confidence=0.9) == "we use cooper netties"
    assert Window(grammar).say("ask anais") == "ask Anaïs"


def test_a_snippet_of_ten_thousand_characters_is_typed_whole_and_a_longer_one_refused(tmp_path: Path) -> None:
    long = "Grüße 😀 " * 1_250
    assert len(long) == 10_000
    assert say(tmp_path, f'snippets: {{insert it: "{long}"}}', "so insert it now") == f"so {long}now"
    (fault,) = faults(tmp_path, f'snippets: {{insert it: "{long}x"}}')
    assert "10001 characters" in fault
    assert len(fault) < 200


BROKEN = {
    "commands:\n  comma: ','\n": "commands.yaml:1: commands: unknown section; ",
    "snipets:\n  a b: c\n": "commands.yaml:1: snipets: unknown section; did you mean 'snippets'?",
    "actions:\n  kill it: scrach\n": (
        "commands.yaml:2: actions.kill it: unknown action 'scrach'; did you mean 'scratch'?"
    ),
    "punctuation:\n  dot: {tipes: '.'}\n": (
        "commands.yaml:2: punctuation.dot: unknown key 'tipes'; did you mean 'types'?"
    ),
    "punctuation:\n  dot: {types: '.', joins: lft}\n": (
        "commands.yaml:2: punctuation.dot: joins: unknown value 'lft'; did you mean 'left'?"
    ),
    "punctuation:\n  dot: {joins: left}\n": "commands.yaml:2: punctuation.dot: nothing to type; add",
    "snippets:\n  my name: A\n  b: c\n  My Name: B\n": (
        "commands.yaml:4: snippets.My Name: given twice, on lines 2 and 4"
    ),
    "snippets:\n  hi: A\nreplacements:\n  hi: B\n": (
        "commands.yaml:4: replacements.hi: given twice, on lines 2 and 4"
    ),
    "snippets:\n  '!!': A\n": "commands.yaml:2: snippets.!!: not words that can be said",
    "snippets:\n  hi:\n": "commands.yaml:2: snippets.hi: no text; give one",
    "snippets:\n  hi: [a]\n": "commands.yaml:2: snippets.hi: a list or section where a text belongs",
    'snippets:\n  hi: "a\\u0007"\n': "commands.yaml:2: snippets.hi: a control character",
    "snippets: hello\n": "commands.yaml:1: snippets: no commands; write",
    "terms: Anna\n": "commands.yaml:1: terms: not a list",
    "terms: ['...']\n": "commands.yaml:1: terms: not a word",
    "- a\n- b\n": "commands.yaml:1: no sections with commands",
    "numbers: {dozen: twelve}\n": "commands.yaml:1: numbers.dozen: not a whole number ('twelve')",
    "patterns:\n  '(a': b\n": "commands.yaml:2: patterns.(a: no regular expression: ",
    "patterns:\n  '(a|aa)+$': b\n": "commands.yaml:2: patterns.(a|aa)+$: takes too long on some texts; ",
    "patterns:\n  'a*': b\n": "commands.yaml:2: patterns.a*: matches where nothing was said",
    "patterns:\n  'a+': '\\2'\n": "commands.yaml:2: patterns.a+: no regular expression: ",
    "snippets:\n\thi: a\n": "commands.yaml:2: a tab; use spaces",
    "snippets: {hi: a\n": "commands.yaml:1: a '{' that is never closed",
    "x: &a 1\ny: *a\n": "commands.yaml:2: an alias",
}


@pytest.mark.parametrize(("text", "said"), BROKEN.items(), ids=[repr(text)[1:40] for text in BROKEN])
def test_what_is_wrong_is_said_with_its_place_and_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    found = faults(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith(said)


def test_all_faults_of_all_files_are_found_at_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "snipets: {a: b}\nactions: {x: y}\nterms: [a, '']\n")) == 3


@pytest.mark.parametrize("data", [b"x" * 1_000_000, b"\xff\xfe", b"a: b\n" * 200_000, b"[" * 60_000])
def test_a_file_that_is_no_settings_at_all_is_refused_at_once(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "commands.yaml"
    path.write_bytes(data)
    began = time.monotonic()
    with pytest.raises(ConfigError, match=r"commands\.yaml"):
        load_grammar("en", [path])
    assert time.monotonic() - began < 5.0


def test_an_expression_that_only_looks_slow_is_taken(tmp_path: Path) -> None:
    assert say(tmp_path, "patterns:\n  '(a+)+$': b\n", "aaa c") == "b c"


def test_an_expression_that_turns_out_too_slow_is_switched_off_and_the_words_stay(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    window = Window(load_grammar("en", [own(tmp_path, r"patterns: {'(?:\u00e9|\u00e9\u00e9)+x': y}")]))
    assert window.say("éx") == "y"
    said = " ".join(["é" * 50] * 3)
    assert window.say(said) == f"y {said}"
    assert "it is off until" in caplog.text
    assert "é" not in caplog.text
    assert window.say("ééx") == f"y {said} ééx"


def test_with_a_broken_file_dictation_goes_on_with_what_sayso_brings_along_and_it_is_told(tmp_path: Path) -> None:
    path = own(tmp_path, "snipets:\n  a b: c\n")
    events: list[Event] = []
    grammars = Grammars(events.append, own=lambda _: [path])
    assert Window(grammars("en")).say("hello comma world") == "hello, world"
    (problem,) = of_type(events, Problem)
    assert problem.name is ProblemName.CONFIG_INVALID
    assert "did you mean 'snippets'?" in problem.message
    assert grammars("en") is not None
    assert len(events) == 1
    path.write_text("snippets:\n  a b: c\n")
    grammars.reload(0.3)
    assert events[1:] == [ProblemCleared(ProblemName.CONFIG_INVALID)]
    grammar = grammars("en")
    assert grammar is not None
    assert grammar.pause_seconds == 0.3
    assert Window(grammar).say("x a b") == "x c"
