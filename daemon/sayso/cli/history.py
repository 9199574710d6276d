"""`sayso history`: what was dictated, as far as it is kept; with the service or without."""

from __future__ import annotations

import argparse
import contextlib
import json
import shlex
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sayso import paths
from sayso.errors import ConfigError, JournalError, SaysoError, StorageError
from sayso.journal import Damage, Line, Outcome
from sayso.journal.database import Database
from sayso.journal.keys import DATABASE_NAME, Key, find_key, public_key
from sayso.journal.reading import EVERY, lines, lost
from sayso.journal.retention import mark_shown

if TYPE_CHECKING:
    from sayso.audio import Pcm
    from sayso.config import Settings
    from sayso.events import UtteranceSaid

LAST: Final = 20
MOST_DIGITS: Final = 18  # of a number of dictations; more is all of them
_TURNING: Final = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")  # Unicode's embeddings, isolates
NOT_TYPED: Final = (Outcome.UNDELIVERED, Outcome.RECOVERED)


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "history",
        help="what was dictated, and what of it did not arrive",
        description="Dictations that did not arrive, or that a crash cut short; and where sayso may learn (sayso "
        "learning) all others, too. Oldest first.",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--limit", type=_limit, default=LAST, metavar="N", help=f"so many of the last, or all; default: {LAST}"
    )
    parser.add_argument(
        "--recovered",
        action="store_true",
        help="only those that did not arrive; what is still to be read of their audio is read now",
    )
    parser.add_argument("--engine", metavar="E", help="to read with: speech engine (engine.name)")
    parser.add_argument("--model", metavar="M", help="to read with: model (engine.model)")
    parser.set_defaults(execute=execute, config=None)


def _limit(text: str) -> int | None:
    if text == "all" or (text.isdecimal() and len(text) > MOST_DIGITS):
        return None
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number of dictations nor all")
    return int(text)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What there is to be shown.

    Attributes:
        found: newest first.
        is_open: whether texts can be read.
        waiting: dictations that were cut short, and of which no text is known yet.
        why: something is not shown, in words for the person.

    """

    found: tuple[Line | Damage, ...]
    is_open: bool
    waiting: int
    why: tuple[str, ...]


def execute(options: argparse.Namespace) -> int:
    """Print it, oldest first; status 1 where something of it cannot be read."""
    seen = _look(options)
    shown_lines = [one for one in reversed(seen.found) if isinstance(one, Line)]
    for line in shown_lines:
        print(_as_json(line, seen.is_open) if options.json else _in_words(line, seen.is_open))
    if seen.is_open:
        _note_shown([line.utterance for line in shown_lines if line.outcome in NOT_TYPED])
    if not seen.found and not options.json and not seen.why and not seen.waiting:
        print("nothing: every dictation has arrived. What has arrived is kept only where sayso may learn")
    if seen.waiting and not options.json:
        print(_waiting(seen.waiting))
    damaged = [f"{one.where}: {one.why}" for one in seen.found if isinstance(one, Damage)]
    for reason in (*seen.why, *damaged):
        print(f"sayso: {reason}", file=sys.stderr)
    return 1 if seen.why or damaged else 0


def _look(options: argparse.Namespace) -> _Seen:
    key, why = _key(options)
    waiting = 0
    if key is not None:
        waiting, damaged = _taken_up(options, key)
        why += damaged
    elif why:
        waiting = _left()
    with closing(Database(paths.journal_dir(), key, write=False)) as database:
        outcomes = NOT_TYPED if options.recovered else EVERY
        found: list[Line | Damage] = [*lines(database, options.limit, outcomes=outcomes)]
        if options.limit is None or len(found) < options.limit:  # as where the database was lost; 0.1 s of 100,000
            found += lost(database)
    return _Seen(tuple(found), key is not None, waiting, why)


def _note_shown(not_typed: list[int]) -> None:
    """They may go when they are old; where that cannot be noted they stay until it can."""
    if not_typed:
        with (
            contextlib.suppress(JournalError, StorageError, OSError),
            closing(Database(paths.journal_dir(), None, write=True)) as database,
        ):
            mark_shown(database, not_typed)


def _key(options: argparse.Namespace) -> tuple[Key | None, tuple[str, ...]]:
    """The key, and why it is not there; nothing is made where nothing is kept."""
    folder = paths.journal_dir()
    if public_key(folder) is None and not (folder / DATABASE_NAME).exists() and not _left():
        return None, ()
    try:
        # A key that is there lies where it says itself; only a new one needs the settings, which may be broken.
        return find_key(folder, "auto" if public_key(folder) is not None else _settings(options).journal.key), ()
    except JournalError as error:
        return None, (f"the texts cannot be shown: {error}",)


def _left() -> int:
    """How many files of the spool nobody writes any more."""
    spool = paths.spool_dir()
    if not spool.is_dir() or next(spool.iterdir(), None) is None:
        return 0
    from sayso.journal.recovery import unfinished  # noqa: PLC0415  # brings the engines' protocol: 20 ms

    return len(unfinished(paths.state_dir()))


def _taken_up(options: argparse.Namespace, key: Key) -> tuple[int, tuple[str, ...]]:
    """Take what an earlier run left into the journal; how many are still to be read, and what cannot be."""
    if not _left():
        return 0, ()
    from sayso.journal.recovery import recover  # noqa: PLC0415  # see above

    try:
        read = _reader(options) if options.recovered else _refuse
        taken = recover(paths.state_dir(), key, read, learns=lambda: _learns(options))
    except OSError as error:
        return _left(), (f"{paths.shown(paths.journal_dir())} cannot be written: {error.strerror}",)
    except (JournalError, StorageError) as error:  # what is there already is shown all the same
        return _left(), (str(error),)
    return taken.left, tuple(f"{one.where}: {one.why}" for one in taken.damaged)


def _settings(options: argparse.Namespace) -> Settings:
    from sayso.cli.options import settings_from  # noqa: PLC0415  # 30 ms

    return settings_from(options)


def _learns(options: argparse.Namespace) -> bool:
    """Whether what has arrived may be kept; by the person's own answer where the settings are broken."""
    from sayso.journal.consent import ASK, Consent  # noqa: PLC0415  # only where an earlier run left something

    try:
        setting = _settings(options).learning
    except ConfigError:
        setting = ASK
    return Consent(paths.learning_file(), setting).learns


def _refuse(_: Pcm) -> UtteranceSaid:
    raise SaysoError("only sayso history --recovered loads a model")


def _reader(options: argparse.Namespace) -> Callable[[Pcm], UtteranceSaid]:
    """What makes text of audio; the model is loaded when the first is to be read."""
    readers: list[Callable[[Pcm], UtteranceSaid]] = []

    def read(audio: Pcm) -> UtteranceSaid:
        from sayso.journal.recovery import transcriber  # noqa: PLC0415  # see above
        from sayso.loading import engine_from, language_of  # noqa: PLC0415  # half a second, and only here

        if not readers:
            settings = _settings(options)
            readers.append(transcriber(engine_from(settings, live=False), language_of(settings)))
        return readers[0](audio)

    return read


def _waiting(count: int) -> str:
    what = "1 dictation was" if count == 1 else f"{count} dictations were"
    return f"{what} cut short before the text was known; to read it: sayso history --recovered"


def _as_json(line: Line, is_open: bool) -> str:
    told = {
        "id": str(line.utterance),
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(line.ended_at_seconds)),
        "text": line.now if is_open else None,
        "typed": line.outcome not in NOT_TYPED,
        "app": line.application if is_open else None,
        "recovered": line.outcome is Outcome.RECOVERED,
    }
    as_json = json.dumps(told, ensure_ascii=False).encode(errors="backslashreplace").decode()
    return "".join(f"\\u{ord(c):04x}" if _is_obeyed(c) else c for c in as_json)


def _in_words(line: Line, is_open: bool) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(line.ended_at_seconds))
    facts = [
        str(line.utterance),
        when,
        *([f"for {shown(line.application, kept='')}"] if line.application else []),
        *_notes(line),
    ]
    return "\n".join(("  ".join(facts), *_text(line, is_open), ""))


def _notes(line: Line) -> Iterator[str]:
    if line.outcome is Outcome.UNDELIVERED:
        yield "(not typed)"
    elif line.outcome is Outcome.RECOVERED:
        yield "(cut short, and recovered)"
    if line.now != line.typed:
        yield "(corrected)"


def _text(line: Line, is_open: bool) -> Iterator[str]:
    if line.outcome is Outcome.WITHHELD:
        yield "it seemed confidential, and was not kept"
    elif not is_open:
        yield f"{line.words} words, which are locked" if line.words else "it is locked"
    elif line.now:
        yield shown(line.now.strip(" "))  # what keeps it apart from the text before it
    else:
        yield f"only its audio is there: {shlex.join(['sayso', 'correct', str(line.utterance), '--play'])}"


def shown(text: str, kept: str = "\n\t") -> str:
    """A text for a terminal, which obeys some characters: they are escaped, but for those that are kept."""
    return "".join(_escaped(c) if _is_obeyed(c) and c not in kept else c for c in text)


def _is_obeyed(character: str) -> bool:
    """Whether it is obeyed, not shown: a control character, an end of a line, or one that turns what follows."""
    is_turning = unicodedata.bidirectional(character) in _TURNING
    return is_turning or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
