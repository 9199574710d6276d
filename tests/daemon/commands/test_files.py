"""Grammar files: merged over each other, and what is wrong in one is found with its place; dictation goes on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.daemon.commands.window import Window
from tests.daemon.fakes import of_type

from sayso.commands import Grammars
from sayso.commands.sources import languages, load_grammar, own_files
from sayso.commands.token import MOST_LETTERS
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
    assert window.say("we use github and cuber netes", confidence=0.5) == "we use GitHub and Kubernetes"
    assert Window(grammar).say("we use cuber netes", confidence=0.9) == "we use cuber netes"
    assert Window(grammar).say("ask anais") == "ask Anaïs"


def test_a_snippet_of_ten_thousand_characters_is_typed_whole_and_a_longer_one_refused(tmp_path: Path) -> None:
    long = "Grüße 😀 " * 1_250
    assert len(long) == 10_000
    assert say(tmp_path, f'snippets: {{insert it: "{long}"}}', "so insert it now") == f"so {long}now"
    (fault,) = faults(tmp_path, f'snippets: {{insert it: "{long}x"}}')
    assert "10001 characters" in fault
    assert len(fault) < 200


FAMILY, I_WANT = "👩\u200d👩\u200d👧", "می\u200cخواهم"


@pytest.mark.parametrize(
    "text", [FAMILY, I_WANT, "soft\u00adhyphen", "\u200fabc\u200e", "\u202eabc\u202c", "\ue0b0"]
)
def test_characters_that_only_say_how_others_are_written_are_text(tmp_path: Path, text: str) -> None:
    assert say(tmp_path, f"snippets:\n  insert it: '{text}'\nterms: ['{text}x']\n", "insert it") == text


@pytest.mark.parametrize("written", [r"\0", r"\a", r"\r", r"\v", r"\f", r"\x1b[31m", r"\x1c", r"\x7f", r"\x85"])
def test_what_would_act_as_a_key_is_refused(tmp_path: Path, written: str) -> None:
    (fault,) = faults(tmp_path, f'snippets: {{it: "so {written}"}}')
    assert fault.startswith("commands.yaml:1: snippets.it: a control character (U+00")


@pytest.mark.parametrize(
    "section",
    [
        r'replacements: {it: "\x1b[31m"}',
        r'punctuation: {it: "\x1b[31m"}',
        r'punctuation: {it: {types: "\x1b[31m"}}',
        r'patterns: {it: "\x1b[31m"}',
        r"patterns: {it: '\x1b[31m'}",
        r"patterns: {it: '\x00'}",
        r'letters: {it: "\e"}',
        r'decimal: {it: "\e"}',
        r'prompt: "\e"',
    ],
)
def test_it_is_refused_wherever_it_is_written(tmp_path: Path, section: str) -> None:
    (fault,) = faults(tmp_path, section)
    assert ": a control character (U+00" in fault


@pytest.mark.parametrize(
    "section",
    [
        r'snippets: {smile: "\ud83d\ude00"}',
        r'punctuation: {smile: {types: "\ud83d\ude00", joins: none}}',
        r'patterns: {smile: "\ud83d\ude00"}',
        r"patterns: {smile: '\ud83d\ude00'}",
    ],
)
def test_a_pair_of_surrogates_is_the_character_that_it_stands_for(tmp_path: Path, section: str) -> None:
    assert say(tmp_path, section, "so smile") == "so 😀"


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("half", [r"\ud83d", r"\ude00\ud83d", r"x\udc80"])
def test_half_a_pair_is_refused_before_it_is_spoken(tmp_path: Path, half: str, quote: str) -> None:
    (fault,) = faults(tmp_path, f"patterns:\n  smile: {quote}{half}{quote}\n")
    assert fault.startswith("commands.yaml:2: patterns.smile: half of a character (U+D")


@pytest.mark.parametrize(
    ("expression", "instead"),
    [
        (r"(lovely|x){1,2}", r"\ud83d\1\ude00"),  # a pair only where nothing is between its halves
        (r"(lovely)", r"\1" * 2_000),
    ],
)
def test_where_a_pattern_gives_what_cannot_be_typed_the_words_stay_as_they_were_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, expression: str, instead: str
) -> None:
    text = f"patterns:\n  '{expression}': '{instead}'\n"
    assert say(tmp_path, text, "The weather is lovely today.") == "The weather is lovely today."
    assert "what was said stays" in caplog.text
    assert "weather" not in caplog.text


def test_a_phrase_is_told_from_another_by_all_of_its_letters(tmp_path: Path) -> None:
    words = "insert the general delivery conditions statement for our customers"
    assert len(words) > MOST_LETTERS
    text = f"snippets:\n  {words} north: NORTH\n  {words} south: SOUTH\n"
    assert say(tmp_path, text, f"please {words} south. Then {words} north") == "please SOUTH Then NORTH"
    (fault,) = faults(tmp_path, f"snippets:\n  {words}: A\n  {words.title()}: B\n")
    assert "given twice, on lines 2 and 3" in fault


def test_a_word_that_is_too_long_to_be_heard_is_refused_and_one_less_long_is_heard(tmp_path: Path) -> None:
    longest = "a" * MOST_LETTERS
    assert say(tmp_path, f"snippets: {{{longest}: it}}", f"so {longest} now") == "so it now"
    (fault,) = faults(tmp_path, f"snippets: {{{longest}a: it}}")
    assert f"a word of {MOST_LETTERS + 1} letters" in fault


def test_there_is_room_for_a_hundred_texts_of_the_greatest_length(tmp_path: Path) -> None:
    long = "x" * 10_000
    text = "snippets:\n" + "".join(
        f"  insert {'a' * (n // 10 + 1)} {'b' * (n % 10 + 1)}: {long}\n" for n in range(100)
    )
    assert say(tmp_path, text, "insert aaaaa bb") == long


def test_a_phrase_and_an_expression_or_letter_of_the_same_words_are_not_the_same(tmp_path: Path) -> None:
    text = "snippets: {letters aa: 1, patterns aa: 2}\nletters: {aa: a}\npatterns: {aa: b}\n"
    assert say(tmp_path, text, "patterns aa") == "2"


def test_of_many_faults_the_first_are_told(tmp_path: Path) -> None:
    found = faults(tmp_path, "".join(f"section{n}: x\n" for n in range(5_000)))
    assert len(found) == 21
    assert found[-1] == "and 4980 more"


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
    "snippets: {a b: x, A B: y}\n": "commands.yaml:1: snippets.A B: given twice, on line 1; keep one",
    "{snippets: {a b: x}, snippets: {c d: y}}\n": "commands.yaml:1: snippets: given twice, on line 1; keep one",
    "patterns: {" + "".join(f"a{n}: b, " for n in range(1_001)) + "}\n": (
        "commands.yaml:1: patterns: 1001 expressions; allowed: 1000 at most"
    ),
    "prompt: [a]\n": "commands.yaml:1: prompt: a list or section where a text belongs",
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


@pytest.mark.parametrize(
    "data",
    [
        b"x" * 1_100_000,
        b"\xff\xfe",
        b"a: b\n" * 200_000,
        b"- \n" * 300_000,
        b"terms: [" + b"a," * 500_000,
        b"[" * 60_000,
    ],
    ids=lambda data: repr(data[:10]),
)
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


def test_what_is_wrong_in_the_files_of_several_languages_is_one_problem_until_none_is(tmp_path: Path) -> None:
    shared, english, german = (own(tmp_path, "", f"commands{end}.yaml") for end in ("", ".en", ".de"))
    events: list[Event] = []
    grammars = Grammars(events.append, own=lambda code: (shared, tmp_path / f"commands.{code}.yaml"))
    for path in (shared, english, german):
        path.write_text("snippets:\n  a b: [x]\n")
    grammars("en")
    grammars("de")
    mended = "snippets:\n  a b: x\n"

    def told() -> list[str]:
        (problem,) = events[-1:]
        assert isinstance(problem, Problem)
        return [line.partition(":")[0].rpartition("/")[2] for line in problem.message.splitlines()[:-1]]

    assert told() == ["commands.yaml", "commands.en.yaml", "commands.de.yaml"]
    assert "the commands in en, de are those" in str(events[-1])
    for path, left in ((shared, ["commands.en.yaml", "commands.de.yaml"]), (german, ["commands.en.yaml"])):
        path.write_text(mended)
        del events[:]
        grammars.reload(0.25)
        assert len(events) == 1
        assert told() == left
    german_grammar = grammars("de")
    assert german_grammar is not None
    assert Window(german_grammar).say("a b") == "x"
    english.write_text(mended)
    del events[:]
    grammars.reload(0.25)
    assert events == [ProblemCleared(ProblemName.CONFIG_INVALID)]
    grammars.reload(0.25)
    assert len(events) == 1
