"""What corrections teach: python benchmarks/vocabulary.py [--model M] [--terms N] [--clips FOLDER] [--minutes N]

Terms that the model gets wrong in a sentence are corrected in it, as `Correct` on the bus does it: judged, learnt,
kept in a journal, and read from there into a live flow with default settings. Then each is said in two other
sentences. Printed are, before and after and for each mechanism by itself, how many of those have the term; the
errors, latencies and terms in ordinary speech, with all terms loaded; and what is typed in silence and noise.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import numpy as np
from baselines import spoken_words
from live import Listener
from recordings import clips_in, joined
from run import DATA
from scoring import Errors, errors_by_folder, words_of
from spoken_terms import CORRECTED, TERMS, Voice, unseen
from weights import Weights

from sayso.audio import Pcm, samples, seconds
from sayso.config import Settings
from sayso.corrections import Seen, Source
from sayso.corrections.judgement import judge
from sayso.engines import Engine
from sayso.errors import SaysoError
from sayso.events import Event, UtteranceSaid
from sayso.journal import Begun, Line, Outcome, Utterance
from sayso.journal.database import Database
from sayso.journal.keys import find_key
from sayso.latency import SpokenWord, commit_latencies, percentile
from sayso.loading import engine_from
from sayso.replay import Pace, replay
from sayso.replay.strokes import OPEN_THROUGHOUT
from sayso.replay.witness import Moment
from sayso.typist.recording import RecordingTypist
from sayso.vad import VoiceDetector, make_detector
from sayso.vocabulary import Rule, Term, matching, store
from sayso.vocabulary.learning import learn
from sayso.vocabulary.live import LiveVocabulary
from sayso.vocabulary.shortlist import Asking
from sayso.vocabulary.sounds import letters

WANTED = 30  # terms
NEVER = 2.0  # more than anything is alike
PARTS = ("recall", "general", "silence")

Learnt = tuple[tuple[Term, ...], tuple[Rule, ...]]
NOTHING: Learnt = ((), ())


@dataclass
class Desk:
    """Somebody who dictates: settings, engine, detector, voice.

    Attributes:
        pace: how time passes.

    """

    settings: Settings
    engine: Engine
    detector: VoiceDetector
    voice: Voice
    pace: Pace

    def dictate(self, audio: Pcm, learnt: Learnt = NOTHING) -> Dictated:
        """What comes of a recording, with what was learnt before."""
        vocabulary, listener, said, typist = LiveVocabulary(), Listener(), list[UtteranceSaid](), RecordingTypist()
        vocabulary.replace(*learnt)

        def witness(event: Event, moment: Moment) -> None:
            listener(event, moment)
            if isinstance(event, UtteranceSaid):
                said.append(event)

        self.detector.reset()
        strokes = OPEN_THROUGHOUT
        result = replay(
            *(self.settings, self.engine, self.detector, typist, audio, strokes, self.pace, witness),
            vocabulary=vocabulary,
        )
        return Dictated(typist.text, tuple(said), listener, result.decodes, seconds(len(audio)))


@dataclass(frozen=True)
class Dictated:
    """What came of a recording."""

    text: str
    said: tuple[UtteranceSaid, ...]
    listener: Listener
    decodes: int
    audio_seconds: float


@dataclass(frozen=True)
class Misheard:
    """A term that was not written, and what was, in the sentences in which it is corrected."""

    number: int
    term: str
    heard: tuple[Dictated, ...]


def has(text: str, term: str) -> bool:
    """Whether a term is in a text, with its letters; marks and capitals do not count."""
    words, sought = [letters(word) for word in text.split()], [letters(word) for word in term.split()]
    return any(words[at : at + len(sought)] == sought for at in range(len(words)))


def misheard(desk: Desk, wanted: int, times: int = 2) -> list[Misheard]:
    """The first so many terms that the model gets wrong in the first sentence in which they are to be corrected.

    Args:
        desk: who dictates.
        wanted: how many.
        times: in how many of the sentences each is said.

    """
    found: list[Misheard] = []
    for number, term in enumerate(TERMS):
        first = desk.dictate(desk.voice(CORRECTED[0].format(term)))
        if not has(first.text, term) and len(first.said) == 1:
            more = [desk.dictate(desk.voice(sentence.format(term))) for sentence in CORRECTED[1:times]]
            found.append(Misheard(number, term, (first, *more)))
        if len(found) == wanted:
            break
    return found


def corrected(terms: Sequence[Misheard], times: int) -> Learnt:
    """What is learnt when each term is corrected so many times, through a journal and back."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with closing(Database(place, find_key(place, "file"), write=True)) as database:
            number = 0
            for misheard_term in terms:
                for heard, sentence in zip(misheard_term.heard[:times], CORRECTED, strict=False):
                    number += 1
                    if len(heard.said) == 1 and not has(heard.text, misheard_term.term):
                        _correct(database, number, heard, sentence.format(misheard_term.term))
            return store.snapshot(database)


def _correct(database: Database, number: int, heard: Dictated, meant: str) -> None:
    (said,) = heard.said
    words, length = len(said.words), heard.audio_seconds
    line = Line(
        *(number, float(number), Outcome.DELIVERED, length, "", heard.text, heard.text, words, "", 0.0, True)
    )
    utterance = Utterance(line, Begun(number, 0.0, learns=True), replace(said, utterance=number))
    correction = judge(Seen(number, Source.EXPLICIT, meant, float(number)), utterance)
    learn(database, correction, utterance)


def recall(desk: Desk, terms: Sequence[Misheard], learnt: Learnt) -> tuple[int, int]:
    """How many unseen sentences have their term, and of how many."""
    sentences = [(one.term, sentence) for one in terms for sentence in unseen(one.number)]
    said = [desk.dictate(desk.voice(sentence.format(term)), learnt).text for term, sentence in sentences]
    return sum(has(text, term) for text, (term, _) in zip(said, sentences, strict=True)), len(sentences)


@contextmanager
def without_matching() -> Iterator[None]:
    """Nothing is found by its sound in the words themselves."""
    with mock.patch.object(matching, "SAID", NEVER), mock.patch.object(matching, "SAID_WITHOUT_IPA", NEVER):
        yield


@contextmanager
def without_second_looks() -> Iterator[None]:
    """No window is decoded again."""
    with mock.patch.object(Asking, "ask", return_value=()):
        yield


def print_recall(desk: Desk, terms: Sequence[Misheard]) -> None:
    """A row for each mechanism."""
    once, twice = corrected(terms, 1), corrected(terms, 2)
    print(f"{len(terms)} terms: {', '.join(one.term for one in terms)}")
    print(f"learnt of one correction each: {len(once[0])} terms; of two: {len(twice[1])} rules")
    print("\n| mechanism | sentences with their term |\n|---|---|", flush=True)
    rows: tuple[tuple[str, Learnt, Callable[[], object]], ...] = (
        ("none: before", NOTHING, _as_it_is),
        ("one correction each, matching alone", once, without_second_looks),
        ("one correction each, second look alone", once, without_matching),
        ("**one correction each**", once, _as_it_is),
        ("two corrections each, rules alone", ((), twice[1]), _as_it_is),
        ("two corrections each", twice, _as_it_is),
    )
    for name, learnt, less in rows:
        with less():  # type: ignore[attr-defined]  # a context manager
            right, of = recall(desk, terms, learnt)
        print(f"| {name} | {right} of {of}: {100 * right / of:.0f} % |", flush=True)


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


def print_general(desk: Desk, folder: Path, limit: int | None, learnt: Learnt) -> None:
    """Ordinary speech without and with the terms: errors, terms that nobody said, commit latencies."""
    recording = joined(list(clips_in(folder, limit)))
    spoken: tuple[SpokenWord, ...] = spoken_words(desk.engine.transcribe(recording.audio, "en"))
    print(f"\n{folder.name}: {recording.seconds / 60:.1f} min")
    print("\n| | WER | terms written | decodes | commit p50 / p95 |\n|---|---|---|---|---|")
    for name, known in (("without", NOTHING), (f"with {len(learnt[0])} terms", learnt)):
        dictated = desk.dictate(recording.audio, known)
        errors = sum(errors_by_folder(recording.parts, dictated.text).values(), Errors())
        written = sum(has(dictated.text, term.text) for term in learnt[0])
        waits = commit_latencies(dictated.listener.window.words(words_of), spoken).seconds
        print(
            f"| {name} | {errors.percent:.2f} % ({errors.errors} of {errors.reference_words}) | {written} | "
            f"{dictated.decodes} | {percentile(waits, 0.5):.2f} / {percentile(waits, 0.95):.2f} s |",
            flush=True,
        )


def print_silence(desk: Desk, minutes: float, learnt: Learnt) -> None:
    """What is typed in so many minutes of silence and of sounds that are no speech, with the terms loaded."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the sounds are the tests'
    from tests.daemon.gates.sounds import QUIET_ROOM_DBFS, SOUNDS, recorded  # noqa: PLC0415  # as said

    each = minutes * 60 / len(SOUNDS)
    print(f"\n{minutes:g} min of silence and noise ({len(SOUNDS)} sounds): ", end="", flush=True)
    typed = []
    for number, (name, sound) in enumerate(SOUNDS.items()):
        rng = np.random.default_rng(number)
        room = None if name == "silence" else QUIET_ROOM_DBFS
        audio = recorded(sound(each, rng), -6.0, rng, room)
        typed.append(desk.dictate(audio[: samples(each)], learnt).text)
    text = " ".join(filter(None, typed))
    print(f"{len(text.split())} words typed {text!r}")


def main() -> int:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--terms", type=int, default=WANTED, help="how many that the model gets wrong")
    parser.add_argument("--clips", type=Path, default=DATA / "speech", help="a folder with transcripts.jsonl")
    parser.add_argument("--limit", type=int, help="only the first so many clips")
    parser.add_argument("--minutes", type=float, default=10.0, help="of silence and noise")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="default: all")
    parser.add_argument("--pace", choices=[pace.value for pace in Pace], default=Pace.CLOCK.value)
    options = parser.parse_args()
    try:
        settings = Weights(options.model).settings()
        desk = Desk(settings, engine_from(settings), make_detector(), Voice(), Pace(options.pace))
        terms = misheard(desk, options.terms)
        if "recall" in options.only:
            print_recall(desk, terms)
        learnt = corrected(terms, 1)
        if "general" in options.only and options.clips.is_dir():
            print_general(desk, options.clips, options.limit, learnt)
        if "silence" in options.only:
            print_silence(desk, options.minutes, learnt)
    except SaysoError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
