"""An application's own model hears what is said there, beside the usual one, which hears the rest.

Nothing tells by which model a sentence was heard. So the multilingual one of these tests has some words of its
tokenizer changed about: it hears as it always does, and writes "evening" for morning.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from tests.desktop.dictation.conftest import Desk
from tests.desktop.rig.clients import Listener, gdbus_monitor, told_text
from tests.desktop.rig.phrases import AUDIBLE, COAT, LETTER, TRAIN, WEATHER, Phrase, run_sayso, words
from tests.desktop.rig.programs import COMMAND_SECONDS, need
from tests.desktop.rig.saying import Saying
from tests.desktop.rig.service import Service
from tests.desktop.rig.speech import read_wav
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry, TextWindow, XtermWindow

from sayso.models.checksums import sha256_of
from sayso.models.manifest import read_manifest, write_manifest

ENGLISH, MULTILINGUAL = "tiny.en", "base"
CHANGED = {"morning": "evening", "today": "yesterday", "brother": "sister", "winter": "summer"}
GERMAN = "Ich habe heute keine Zeit, denn ich muss morgen früh mit dem Zug nach München fahren."
LOADING_SECONDS = 30.0
LOOK_SECONDS = 0.5
BUSY = 0.1  # processors, from which on it is loading; 0.02 to 0.04 while it only listens
LEAST_MB = 100.0  # that base takes, of which there are 220


@pytest.fixture(scope="module")
def both(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """XDG_DATA_HOME with both models in it, of which the multilingual one writes other words."""
    data = tmp_path_factory.mktemp("both") / "data"
    shutil.copytree(store, data)
    run_sayso({**os.environ, "XDG_DATA_HOME": str(data)}, "models", "import", MULTILINGUAL)
    folder = _folder(data, MULTILINGUAL)
    path = folder / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    tokens = tokenizer["model"]["vocab"]
    for one, other in CHANGED.items():
        tokens[f"Ġ{one}"], tokens[f"Ġ{other}"] = tokens[f"Ġ{other}"], tokens[f"Ġ{one}"]
    path.write_text(json.dumps(tokenizer))
    manifest = read_manifest(folder)
    write_manifest(folder, replace(manifest, sha256={**manifest.sha256, path.name: sha256_of(path)}))
    return data


def _folder(store: Path, model: str) -> Path:
    return store / "sayso" / "models" / model


def words_by(model: str, sentence: str) -> list[str]:
    """The words that a model writes for a sentence."""
    said = words(sentence)
    return [CHANGED.get(word, word) for word in said] if model == MULTILINGUAL else said


def _phrase(wav: Path, text: str) -> Phrase:
    audio, rate = read_wav(wav)
    loud = np.flatnonzero(np.abs(audio.astype(np.int32)) > AUDIBLE) / rate
    return Phrase(wav, text, (), float(loud[0]), float(loud[-1]), len(audio) / rate)


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a phrase.

    Attributes:
        text: of the utterance, as the service told it.
        first_seconds: from its first sound until something of it stood in the window.
        whole_seconds: from its last sound until all of it did.

    """

    text: str
    first_seconds: float
    whole_seconds: float

    def __str__(self) -> str:
        return f"first text {self.first_seconds:.2f} s into it, the last {self.whole_seconds:.2f} s after its end"


class Dictating:
    """Somebody who says one phrase after the other.

    Args:
        desk: where.
        service: that types.
        monitor: of its signals.

    """

    def __init__(self, desk: Desk, service: Service, monitor: Listener) -> None:
        self.desk = desk
        self.service = service
        self._monitor = monitor
        self._utterances = 0

    def say(self, phrase: Phrase, window: TextWindow) -> Said:
        """Say a phrase to a window; returns when what the service made of it stands there."""
        window.focus()
        self._utterances += 1
        stood, changes = window.text, len(window.history)
        with Saying(self.desk.sound, phrase) as saying:
            saying.wait_to_end()
        text = told_text(self._monitor.wait_for(f"UtteranceFinished (uint64 {self._utterances},"))
        window.wait_for_text(stood + text)
        first, last = window.history[changes][0], window.history[-1][0]
        return Said(text, first - saying.began - phrase.onset, last - saying.began - phrase.hush)

    def wait_until_loaded(self, more_than_mb: float) -> None:
        """Wait until the service has grown by the other model and computes nothing more: nothing else tells it."""
        pause = threading.Event()

        def rests() -> bool:
            before = self.service.cpu_seconds
            pause.wait(LOOK_SECONDS)
            used = self.service.cpu_seconds - before
            return self.service.resident_mb > more_than_mb and used < BUSY * LOOK_SECONDS

        until(rests, "the other model to be loaded", LOADING_SECONDS)

    @property
    def problems(self) -> dict[str, str]:
        """What the service says is wrong now."""
        problems: dict[str, str] = self.desk.busctl.status["problems"]
        return problems


@contextmanager
def dictating(desk: Desk, profiles: str, *options: str, settings: str = "") -> Iterator[Dictating]:
    """Somebody at a desk where applications differ so."""
    _write_profiles(desk, profiles)
    with desk.serve(*options, settings=settings) as service, gdbus_monitor(desk.bus) as monitor:
        yield Dictating(desk, service, monitor)
        service.wait_for_empty_spool()


def _write_profiles(desk: Desk, text: str) -> None:
    path = Path(desk.sound.env["XDG_CONFIG_HOME"], "sayso", "applications.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@contextmanager
def taken_away(store: Path, model: str) -> Iterator[None]:
    """A model is not in the store, so that whoever loads it fails."""
    folder = _folder(store, model)
    aside = folder.rename(store / model)
    yield
    aside.rename(folder)


def test_its_own_model_hears_an_application_and_stays_loaded_while_others_have_the_usual_one(
    desk: Desk,
    both: Path,
    xterm: XtermWindow,
    gtk_entry: GtkEntry,
    phrases: dict[str, Phrase],
    figure: Callable[[str], None],
) -> None:
    desk = replace(desk, store=both)
    with dictating(desk, f"XTerm:\n  model: {MULTILINGUAL}\n", "--model", ENGLISH) as somebody:
        alone_mb = somebody.service.resident_mb
        cold = somebody.say(phrases[WEATHER], xterm)
        assert words(cold.text) == words_by(ENGLISH, WEATHER)  # it is not waited for
        somebody.wait_until_loaded(alone_mb + LEAST_MB)
        warm = somebody.say(phrases[TRAIN], xterm)
        assert words(warm.text) == words_by(MULTILINGUAL, TRAIN)
        with taken_away(both, MULTILINGUAL):  # it cannot be loaded a second time
            elsewhere = somebody.say(phrases[LETTER], gtk_entry)
            assert words(elsewhere.text) == words_by(ENGLISH, LETTER)
            again = somebody.say(phrases[COAT], xterm)
            assert words(again.text) == words_by(MULTILINGUAL, COAT)
        together_mb = somebody.service.resident_mb
        assert somebody.problems == {}
        assert somebody.desk.busctl.read("Model") == ENGLISH  # it tells of the settings', whoever hears
    figure(f"memory with {ENGLISH} {alone_mb:.0f} MB, with {MULTILINGUAL} beside it {together_mb:.0f} MB")
    figure(f"an application's own model, not loaded yet (the usual one hears): {cold}")
    figure(f"an application's own model, loaded: {warm}; {again}")


def test_a_sentence_in_which_the_other_model_arrives_goes_on_as_it_began(
    desk: Desk, both: Path, xterm: XtermWindow, tmp_path: Path
) -> None:
    """The usual model has found it to be in a language that the other does not know."""
    wav = tmp_path / "german.wav"
    command = [need("espeak-ng", "espeak-ng"), "-v", "de", "-s", "150", "-w", str(wav), GERMAN]
    subprocess.run(command, check=True, timeout=COMMAND_SECONDS)
    profiles, options = f"XTerm:\n  model: {ENGLISH}\n", ("--model", MULTILINGUAL)
    with dictating(replace(desk, store=both), profiles, *options, settings="language: auto") as somebody:
        heard = words(somebody.say(_phrase(wav, GERMAN), xterm).text)
        assert somebody.problems == {}
    assert set(words("heute keine Zeit Zug nach München")) <= set(heard)


def test_where_the_model_is_not_in_the_store_that_is_told_and_the_usual_one_hears(
    desk: Desk, xterm: XtermWindow, phrases: dict[str, Phrase]
) -> None:
    with dictating(desk, "XTerm:\n  model: small\n", "--model", ENGLISH) as somebody:
        assert words(somebody.say(phrases[WEATHER], xterm).text) == words(WEATHER)
        desk.busctl.wait_for_problem("config-invalid")
        told = somebody.problems["config-invalid"]
        for part in (
            "applications.yaml: model:",
            "no model 'small'",
            "sayso models list",
            "the usual model is used",
        ):
            assert part in told
        somebody.service.wait_for_line("applications.yaml: model:", "'small'")
        _write_profiles(desk, "")
        somebody.service.reload("")
        desk.busctl.wait_for_problem("config-invalid", over=True)
