"""What a profile asks for and cannot have here is told, with what to write instead; what it can have is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sayso.events import ProblemName
from sayso.models import Manifest, Model
from sayso.models.manifest import write_manifest
from sayso.profiles import NOWHERE, Profiles
from sayso.profiles.reading import load_profiles
from sayso.profiles.suitability import known_languages, problem_of
from sayso.typist.choosing import ON_WAYLAND, ON_X11

ENGLISH = Model(Path("/nowhere"), Manifest("tiny.en", "", {}, ("en",), 80, {}))
MANY = Model(Path("/nowhere"), Manifest("base", "", {}, ("en", "de", "pt"), 80, {}))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for model in (ENGLISH, MANY):
        folder = tmp_path / "models" / model.name
        folder.mkdir(parents=True)
        write_manifest(folder, model.manifest)
    return tmp_path / "models"


def profiles(store: Path, text: str) -> Profiles:
    file = store / "applications.yaml"
    file.write_text(text)
    return load_profiles(file)


def told(store: Path, text: str, usual: Model = ENGLISH, ways: tuple[str, ...] | None = None) -> list[str]:
    problem = problem_of(profiles(store, text), usual, store, ways)
    if problem is None:
        return []
    assert problem.name is ProblemName.CONFIG_INVALID
    return problem.message.splitlines()


def test_a_language_that_the_model_in_use_does_not_know_is_told_with_what_to_do(store: Path) -> None:
    assert told(store, "gtk_window*: {language: de}") == [
        "applications.yaml: gtk_window*: language: de has no effect, as the model 'tiny.en' knows en only; "
        "name another one for gtk_window*, such as 'model: base'"
    ]
    assert told(store, "gtk_window*: {language: de}", MANY) == []
    (line,) = told(store, "gedit: {language: 'de,yue,fr'}", MANY)
    assert "the model 'base' does not know yue, fr" in line


@pytest.mark.parametrize(
    ("text", "usual", "says"),
    [
        ("a: {language: de, model: base}", ENGLISH, ""),
        ("a: {language: de, model: tiny.en}", MANY, "'tiny.en' knows en only"),
        ("a: {language: layout}", ENGLISH, "language: layout has no effect"),
        ("a: {language: layout}", MANY, ""),
        ("a: {language: auto}", ENGLISH, ""),
        ("a: {language: en}", ENGLISH, ""),
        ("a: {language: de, dictation: off}", ENGLISH, ""),
        ("a: {model: tiny.en}", MANY, ""),
        ('"*": {model: base}\nfirefox: {language: de}', ENGLISH, ""),
        ('"*": {language: de}\nfirefox: {model: tiny.en}', MANY, "applications.yaml: firefox: language: de"),
        ("a: {language: de, model: no-such-model}", ENGLISH, ""),  # told when it is to be loaded
        ('a: {language: de, model: "/no/such"}', ENGLISH, ""),
        ('a: {language: de, model: "~no-such-user/x"}', ENGLISH, ""),
        ('"a[b]": {language: de}', ENGLISH, "a[b]: language: de"),
    ],
)
def test_what_counts_is_the_model_that_is_used_there(store: Path, text: str, usual: Model, says: str) -> None:
    lines = told(store, text, usual)
    assert len(lines) == bool(says)
    assert says in "".join(lines)


def test_a_model_that_comes_as_a_package_is_known_before_it_is_in_the_store(tmp_path: Path) -> None:
    assert known_languages(tmp_path, "tiny.en") == ("en",)


def test_a_backend_of_another_kind_of_session_is_told_where_the_session_is_known(store: Path) -> None:
    text = "xterm: {backend: uinput}\ngtk*: {backend: x11}\n"
    assert told(store, text, ways=ON_X11) == [
        "applications.yaml: xterm: backend: uinput has no effect in this session; remove it, or write one that "
        "there is: x11, ibus"
    ]
    (line,) = told(store, text, ways=ON_WAYLAND)
    assert line.startswith("applications.yaml: gtk*: backend: x11 has no effect")
    assert told(store, text, ways=None) == []


def test_nothing_is_told_of_no_profiles_and_of_many_faults_the_first(store: Path) -> None:
    assert problem_of(NOWHERE, ENGLISH, store, ON_X11) is None
    lines = told(store, "".join(f"a{n}: {{language: de}}\n" for n in range(50)))
    assert (len(lines), lines[-1]) == (21, "and 30 more")


def test_the_model_in_use_is_asked_itself(store: Path) -> None:
    """It may lie elsewhere than in the store."""
    elsewhere = replace(ENGLISH, manifest=replace(ENGLISH.manifest, name="mine", languages=("pt",)))
    assert "'mine' knows pt only" in told(store, "a: {language: de}", elsewhere)[0]
    assert told(store, "a: {language: pt}", elsewhere) == []
