"""`sayso enrol`: sentences with your own terms, read aloud one after the other, as recordings to learn from."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from sayso import paths
from sayso.audio import Pcm
from sayso.bus.client import read_status
from sayso.capture.microphone import open_microphone
from sayso.cli.history import shown
from sayso.cli.options import settings_from
from sayso.config import Settings
from sayso.enrolment.dataset import VALIDATION, Dataset
from sayso.enrolment.failing import failing
from sayso.enrolment.guide import Guide, Tally
from sayso.enrolment.keys import Key, Keyboard
from sayso.enrolment.recorder import Recorder
from sayso.enrolment.sentences import languages, plan, terms_in, texts_in, usual_count
from sayso.enrolment.term_list import read_terms
from sayso.errors import BusError, SaysoError
from sayso.figures.facts import opened
from sayso.interruption import unwinding
from sayso.journal import Correction, Decision
from sayso.journal.reading import corrections
from sayso.languages import parse_languages
from sayso.vad import make_detector
from sayso.vocabulary.common_words import is_common

MOST_SENTENCES = 2000
SENTENCE_SECONDS = 7.0  # to read one, and until the next is shown
KEYS = "Enter: I am done   r: again   s: skip   b: back   p: pause   q: leave, and go on another time"
LISTENING = ("listening", "speaking", "finishing")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "enrol",
        help="read sentences with your own terms aloud, as recordings to learn from",
        description="TERMS.txt has one name or term a line. Of the sentences 6 in 10 have one of them, 3 are "
        "ordinary and 1 is hard to hear; each is kept as train/NAME.wav and .txt, or in validation. The same "
        "command goes on where you left.",
        allow_abbrev=False,
    )
    parser.add_argument("terms", nargs="?", type=Path, metavar="TERMS.txt", help="one term a line")
    parser.add_argument(
        "--failing",
        action="store_true",
        help="ask for the terms that you had to correct again and again; of those in TERMS.txt, where it is given",
    )
    parser.add_argument("--to", type=Path, metavar="DIR", help="where recordings go; default: among sayso's data")
    parser.add_argument(
        "--count", type=_count, metavar="N", help="of sentences; default: so many that each term is said 3 times"
    )
    parser.add_argument("--language", choices=languages(), help="of the sentences; default: as in the settings")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file instead of your own")
    parser.set_defaults(execute=execute, refuse=parser.error)


def _count(text: str) -> int:
    digits = len(str(MOST_SENTENCES))
    if not (text.isascii() and text.isdigit() and len(text) <= digits and 1 <= int(text) <= MOST_SENTENCES):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of sentences; give 1 to {MOST_SENTENCES}")
    return int(text)


def execute(options: argparse.Namespace) -> int:
    """Ask for the sentences that are not there yet."""
    if options.terms is None and not options.failing:
        options.refuse("give a file with one term a line, or --failing")
    settings = settings_from(options)
    terms = read_terms(options.terms) if options.terms is not None else ()
    language = _language(settings)
    texts_in(language)
    if options.failing:
        terms = _failing(settings, terms, language)
        if not terms:
            print("no term had to be corrected again and again; there is nothing to record")
            return 0
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise SaysoError("sayso enrol shows sentences to read aloud, and takes keys; run it in a terminal")
    _refuse_beside_dictation()
    folder = (options.to or paths.data_dir() / "enrolment").absolute()
    count = options.count or usual_count(terms)
    with Dataset(folder) as dataset:
        return _record(settings, dataset, terms, count, language)


def _language(settings: Settings) -> str:
    """The first language of the settings that there are sentences in; English where any may be spoken."""
    allowed = parse_languages(settings.language).allowed or ("en",)
    return next((code for code in allowed if code in languages()), allowed[0])


def _failing(settings: Settings, among: tuple[str, ...], language: str) -> tuple[str, ...]:
    """The terms that keep failing; only those of the list where there is one."""
    with opened(settings) as database:
        accepted = corrections(database, decision=Decision.ACCEPTED)
        found = failing(
            (one for one in accepted if isinstance(one, Correction)), lambda word: is_common(word, language)
        )
    wanted = {term.casefold() for term in among}
    return tuple(term for term in found if not wanted or term.casefold() in wanted)


def _refuse_beside_dictation() -> None:
    """The service would type into this terminal what is read aloud.

    Raises:
        SaysoError: it listens.

    """
    try:
        state = read_status()["state"]
    except BusError:  # it does not run, or nobody knows
        return
    if state in LISTENING:
        raise SaysoError(
            "sayso is listening, and would type what you read aloud into this terminal; run: sayso stop"
        )


def _record(settings: Settings, dataset: Dataset, terms: tuple[str, ...], count: int, language: str) -> int:
    prompts = plan(terms, count, language, [recording.text for recording in dataset.recordings])
    where = paths.shown(dataset.folder)
    if not prompts:
        print(f"all {count} sentences are recorded, in {where}; --count asks for more")
        return 0
    screen = Screen()
    minutes = math.ceil(len(prompts) * SENTENCE_SECONDS / 60)
    done = count - len(prompts)
    before = f" ({done} of {count} are recorded already)" if done else ""
    screen.tell(f"{len(prompts)} sentences, about {minutes} min{before}, into {where}.")
    if (unasked := len(terms) - terms_in(count)) > 0:
        are = "is" if unasked == 1 else "are"
        screen.tell(f"{unasked} of the {len(terms)} terms {are} in none; --count {usual_count(terms)} has all.")
    screen.tell("Read each aloud as you would dictate it; the next one comes by itself. Keys:")
    screen.tell(KEYS)
    transcribe = transcriber(settings, language, screen.tell)
    heard = settings.audio
    microphone = open_microphone(heard.device, heard.sample_rate_hz, heard.silence_warning_seconds)
    detector = make_detector()
    with (
        unwinding(),
        Keyboard(sys.stdin.fileno()) as keyboard,
        Recorder(microphone, detector, settings.vad.threshold, keyboard.wait, screen.tell) as recorder,
    ):
        guide = Guide(dataset, language, recorder.hear, lambda: screen.pause(keyboard), screen, transcribe)
        if not guide.find_level(texts_in(language).check):
            return 0
        tally = guide.ask(prompts)
    screen.tell("")
    screen.tell(_in_words(tally, len(prompts) - tally.kept, dataset))
    return 0


def transcriber(settings: Settings, language: str, tell: Callable[[str], None]) -> Callable[[Pcm], str | None]:
    """What the model in use hears of a recording; None, and a word about it, where there is none that works."""
    from sayso.loading import engine_from  # noqa: PLC0415  # half a second, and only here

    try:
        engine = engine_from(settings, live=False)
        engine.session(language)  # refuses one that the model does not know
    except SaysoError as error:
        tell(f"Whether you read what stands there is not looked at: {error}")
        return lambda _: None
    return lambda audio: engine.transcribe(audio, language).text


def _in_words(tally: Tally, left: int, dataset: Dataset) -> str:
    to_check = sum(recording.part == VALIDATION for recording in dataset.recordings)
    told = (
        f"{tally.kept} sentences recorded ({tally.kept_seconds:.0f} s of sound); {len(dataset.recordings)} are in "
        f"{paths.shown(dataset.folder)}, {to_check} of them to check with. They are not sealed as the journal is: "
        "whoever can read your files can hear them."
    )
    return f"{told} {left} are left: the same command goes on with them." if left else told


class Screen:
    """The terminal, line by line, so that a screen reader can follow."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)

    def show(self, number: int, total: int, text: str) -> None:
        """Show a sentence that is to be read."""
        head = f"{number} of {total}" if total else "First, to find the level, read this aloud:"
        self._console.print(f"\n{head}", style="dim")
        self._console.print(Text(f"  {text}", style="bold"))

    def tell(self, line: str) -> None:
        """Say something about the recording."""
        self._console.print(Text(shown(line, kept="")))

    def pause(self, keyboard: Keyboard) -> bool:
        """Wait for a key; False where it is the one to leave with."""
        self.tell("paused; any of the keys goes on")
        return keyboard.wait(None) is not Key.QUIT
