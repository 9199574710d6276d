"""The guide with a person of whom it is written down what they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.daemon.enrolment.test_level import take

from sayso.audio import Pcm
from sayso.enrolment import Kind, Prompt
from sayso.enrolment.dataset import Dataset
from sayso.enrolment.guide import Guide, Tally
from sayso.enrolment.keys import Key
from sayso.enrolment.level import Flaw, Take, effort
from sayso.enrolment.recorder import Heard
from sayso.enrolment.sentences import plan

PROMPTS = tuple(
    Prompt(f"This is sentence number {word}, of several.", Kind.ORDINARY) for word in ("one", "two", "six")
)
LETTERS_A_SECOND = 17.0


def well(text: str) -> Take:
    return take(effort(text) / LETTERS_A_SECOND)


class Person:
    """Reads, and presses keys, as a list says: a flaw, a key, or None for reading well."""

    def __init__(self, dataset: Dataset, *does: Flaw | Key | None) -> None:
        self._does = [*does]
        self.shown: list[str] = []
        self.told: list[str] = []
        self.comes_back = True
        self.heard: list[str | None] = []  # what a model hears of the recordings; nothing, where there is none
        self.guide = Guide(dataset, "en", self.hear, lambda: self.comes_back, self, self._transcribe)

    def _transcribe(self, audio: Pcm) -> str | None:
        assert len(audio)
        return self.heard.pop(0) if self.heard else None

    def show(self, number: int, total: int, text: str) -> None:
        self.shown.append(text)

    def tell(self, line: str) -> None:
        self.told.append(line)

    def hear(self, longest_seconds: float) -> Heard:
        what = self._does.pop(0) if self._does else Key.QUIT
        text = self.shown[-1]
        match what:
            case Key():
                return Heard(take(0.0), what)
            case Flaw.QUIET:
                return Heard(take(effort(text) / LETTERS_A_SECOND, voice_dbfs=-52.0), None)
            case Flaw.LONG:
                return Heard(take(effort(text) / 4), None)
            case Flaw.CLIPPED:
                return Heard(take(effort(text) / LETTERS_A_SECOND, voice_dbfs=-3.0), None)
            case _:
                return Heard(well(text), None)


@pytest.fixture
def dataset(tmp_path: Path) -> Iterator[Dataset]:
    with Dataset(tmp_path) as opened:
        yield opened


def ask(dataset: Dataset, *does: Flaw | Key | None, prompts: Sequence[Prompt] = PROMPTS) -> tuple[Person, Tally]:
    person = Person(dataset, *does)
    return person, person.guide.ask(prompts)


def numbers(person: Person) -> list[int]:
    return [next(at for at, prompt in enumerate(PROMPTS) if prompt.text == text) for text in person.shown]


def test_who_reads_all_well_sees_each_sentence_once(dataset: Dataset) -> None:
    person, tally = ask(dataset, None, None, None)
    assert numbers(person) == [0, 1, 2]
    assert (tally.kept, tally.skipped, tally.repeated) == (3, 0, 0)
    assert [one.text for one in dataset.recordings] == [prompt.text for prompt in PROMPTS]


def test_what_was_bad_is_asked_for_again_with_the_reason(dataset: Dataset) -> None:
    person, tally = ask(dataset, Flaw.QUIET, Flaw.LONG, None, Key.QUIT)
    assert numbers(person) == [0, 0, 0, 1]
    assert (tally.kept, tally.repeated) == (1, 2)
    assert person.told[0] == Flaw.QUIET.value
    assert person.told[1] == Flaw.LONG.value


def test_after_three_times_it_is_said_that_it_can_be_skipped_or_kept(dataset: Dataset) -> None:
    person, _ = ask(dataset, Flaw.LONG, Flaw.LONG, Flaw.LONG, Flaw.CLIPPED)
    assert [line.endswith("(s: skip it, k: keep it as it is)") for line in person.told] == [
        False,
        False,
        True,
        False,
    ]
    assert person.told[3].endswith("(s: skip it)")


def test_what_is_only_long_can_be_kept_and_what_is_distorted_cannot(dataset: Dataset) -> None:
    person, tally = ask(dataset, Flaw.CLIPPED, Key.KEEP, Flaw.LONG, Key.KEEP, Key.KEEP, Key.QUIT)
    assert numbers(person) == [0, 0, 0, 0, 1, 1]
    assert tally.kept == 1
    assert [one.text for one in dataset.recordings] == [PROMPTS[0].text]


def test_a_skipped_sentence_is_not_kept(dataset: Dataset) -> None:
    _, tally = ask(dataset, Key.SKIP, None, None)
    assert (tally.kept, tally.skipped) == (2, 1)
    assert PROMPTS[0].text not in [one.text for one in dataset.recordings]


def test_going_back_reads_the_one_before_again_in_its_place(dataset: Dataset) -> None:
    person, tally = ask(dataset, None, None, Key.BACK, Key.BACK, Key.BACK, None, Key.QUIT)
    assert numbers(person) == [0, 1, 2, 1, 0, 0, 1]
    assert tally.kept == 2
    assert len(dataset.recordings) == 2


SOMETHING_ELSE = "The weather has been lovely all week."


def test_something_else_that_was_read_is_told_and_asked_for_again(dataset: Dataset) -> None:
    person = Person(dataset, None, None, Key.QUIT)
    person.heard = [SOMETHING_ELSE, PROMPTS[0].text]
    tally = person.guide.ask(PROMPTS)
    assert person.told[0] == f"this was heard: {SOMETHING_ELSE}"
    assert "s: skip it, k: keep" in person.told[1]
    assert numbers(person) == [0, 0, 1]
    assert (tally.kept, tally.repeated) == (1, 1)


@pytest.mark.parametrize(("key", "kept"), [(Key.KEEP, [PROMPTS[0].text]), (Key.SKIP, [])])
def test_something_else_that_was_heard_is_kept_or_skipped_as_the_person_says(
    dataset: Dataset, key: Key, kept: list[str]
) -> None:
    person = Person(dataset, None, key, Key.QUIT)
    person.heard = [""]
    person.guide.ask(PROMPTS)
    assert person.told[0] == "this was heard: (nothing)"
    assert numbers(person) == [0, 0, 1]
    assert [one.text for one in dataset.recordings] == kept


def test_again_and_a_pause_show_the_same_sentence(dataset: Dataset) -> None:
    person, _ = ask(dataset, Key.AGAIN, Key.PAUSE, None, Key.QUIT)
    assert numbers(person) == [0, 0, 0, 1]


def test_who_leaves_in_a_pause_leaves(dataset: Dataset) -> None:
    person = Person(dataset, Key.PAUSE)
    person.comes_back = False
    assert person.guide.ask(PROMPTS).kept == 0
    assert len(person.shown) == 1


def test_the_level_is_found_before_anything_is_kept(dataset: Dataset) -> None:
    person = Person(dataset, Flaw.QUIET, Key.AGAIN, None)
    assert person.guide.find_level(PROMPTS[0].text)
    assert len(person.shown) == 3
    assert person.told[0].startswith(Flaw.QUIET.value)
    assert person.told[1].startswith("good: level -2")
    assert dataset.recordings == ()


@pytest.mark.parametrize(("key", "goes_on"), [(Key.SKIP, True), (Key.QUIT, False)])
def test_finding_the_level_can_be_skipped_and_left(dataset: Dataset, key: Key, goes_on: bool) -> None:
    assert Person(dataset, key).guide.find_level(PROMPTS[0].text) is goes_on


def test_the_sentence_for_the_level_says_how_fast_the_person_reads(dataset: Dataset) -> None:
    class Slow(Person):
        def hear(self, longest_seconds: float) -> Heard:
            return Heard(take(effort(self.shown[-1]) / 8.5), None)

    slow = Slow(dataset)
    assert slow.guide.find_level(PROMPTS[0].text)
    assert slow.guide.ask(PROMPTS).repeated == 0


def test_a_term_read_in_two_sentences_is_in_both_parts(dataset: Dataset) -> None:
    prompts = plan(("Kubernetes", "Anneliese"), 10, "en")
    ask(dataset, *[None] * 10, prompts=prompts)
    for term in ("Kubernetes", "Anneliese"):
        assert {one.part for one in dataset.recordings if term in one.text} == {"train", "validation"}
