"""`sayso forget`: what was dictated goes, with all that was made of it and learnt from it."""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from typing import Final

from sayso import paths
from sayso.cli.editing import sweep
from sayso.cli.options import dictation_number
from sayso.errors import BusError, JournalDamaged, JournalError, NoSuchUtterance
from sayso.instance import numbering
from sayso.journal.database import Database
from sayso.journal.forgetting import Forgotten, What, clean, find, forget, spooled, spooled_for
from sayso.journal.keys import DATABASE_NAME, Key, find_key, public_key

UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
EXIT_REFUSED: Final = 1
READ: Final = (
    "another program still reads the journal: what it read is on the disk, sealed, until it ends; "
    "say the same again then"
)
UNTOLD: Final = (
    "sayso runs (process {process}) and could not be told: what it may hold in memory, because it cannot be "
    "written, is not forgotten ({error})"
)
MOST_SECONDS: Final = 250_000_000_000  # since 1970: the year 9892, which every C library can name


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "forget",
        help="forget what was dictated",
        description="Audio, text, corrections, what was derived from them and what was learnt from them alone. "
        "Models trained on it are marked, and know it until they are trained again. What goes is told first.",
        allow_abbrev=False,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--last", type=_duration, metavar="TIME", help="of so long until now: 30s, 10m, 2h or 1d")
    what.add_argument(
        "--utterance", type=dictation_number, metavar="ID", help="the one of that number in sayso history"
    )
    what.add_argument("--app", metavar="NAME", help="all that was for an application, as sayso history names it")
    what.add_argument(
        "--all", action="store_true", help="everything, and the terms and rules that sayso has learnt by itself"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.set_defaults(execute=execute)


def _duration(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: a number and s, m, h or d, such as 10m")
    return float(found[1]) * UNITS[found[2]]


def execute(options: argparse.Namespace) -> int:
    """Tell what goes, ask, and forget it."""
    sweep()
    what = What(options.last, options.utterance, options.app, options.all)
    try:
        return _execute(what, is_sure=options.yes)
    except JournalDamaged as error:
        if not what.everything:
            raise
        raise JournalDamaged(f"{str(error).partition(').')[0]}), and its rows stay. {_by_hand()}") from error


def _by_hand() -> str:
    """What the person does to forget all of a journal that is too damaged for it."""
    folders = " ".join(paths.shown(folder) for folder in (paths.journal_dir(), paths.spool_dir()))
    return (
        "To let all of it go, also the terms that you have added, while no sayso runs: "
        f"systemctl --user stop sayso; rm -r {folders}"
    )


def _execute(what: What, *, is_sure: bool) -> int:
    key = _key(what)
    with closing(Database(paths.journal_dir(), key, write=True)) as database:
        now = time.time()
        waiting, untold = _waiting(what, now, key)  # first: what becomes a row meanwhile is found among the rows
        kept = find(database, what, now)
        if untold:
            print(
                f"{_dictations(untold)} not yet in the journal: for which application cannot be told",
                file=sys.stderr,
            )
        if not kept and not waiting and not what.everything:
            if not clean(database):  # what was forgotten earlier
                print(READ)
            return _nothing(what, _let_go(what))
        print("\n".join(_asked(database, kept, [one for one in waiting if one not in kept], what)))
        if not is_sure and not _is_sure():
            print("nothing was forgotten")
            return EXIT_REFUSED
        let_go = _let_go(what)  # first, too
        done = forget(database, (*kept, *waiting), paths.spool_dir(), everything=what.everything)
    done = replace(done, spooled=done.spooled + let_go)
    print("\n".join(_told(done)))
    if done.has_unlearnt:
        _tell_the_service()
    return 0


def _key(what: What) -> Key | None:
    """The key, where it is needed: only an application is found by it."""
    folder = paths.journal_dir()
    if what.application is None or (public_key(folder) is None and not (folder / DATABASE_NAME).exists()):
        return None
    return find_key(folder, "auto")


def _waiting(what: What, now: float, key: Key | None) -> tuple[tuple[int, ...], int]:
    """Which utterances in the spool are meant, and of how many files that cannot be told."""
    if what.application is None or key is None:
        return spooled(paths.spool_dir(), what, now), 0
    return spooled_for(paths.spool_dir(), what.application, key)


def _nothing(what: What, let_go: int) -> int:
    if let_go:
        print("\n".join(_told(Forgotten(spooled=let_go))))
        return 0
    if what.utterance is not None:
        raise NoSuchUtterance(f"nothing is kept of utterance {what.utterance}; see: sayso history")
    print("nothing is kept of that")
    return 0


def _asked(database: Database, kept: Sequence[int], waiting: Sequence[int], what: What) -> Iterator[str]:
    """What goes, as far as it can be told beforehand."""
    if kept:
        known = [row for number in kept if (row := _length_and_end(database, number)) is not None]
        told = [_dictations(len(kept))]
        if known:
            ended_at = [at for _, at in known]
            told += [
                _span(min(ended_at), max(ended_at)),
                f"{_length(sum(spoken for spoken, _ in known))} of speech",
            ]
        yield ", ".join(told)
    if waiting:
        yield f"{_dictations(len(waiting))} not yet in the journal"
    if what.everything:
        yield "all terms and rules that sayso has learnt; terms that you have added or pinned stay"


def _length_and_end(database: Database, number: int) -> tuple[float, float] | None:
    """Seconds, and when in seconds since 1970; None where its row is damaged, or only its audio is left."""
    with suppress(sqlite3.Error):
        query = "SELECT seconds, ended_at FROM utterance WHERE id = ?"
        row = database.connection.execute(query, (number,)).fetchone()
        if row is not None and all(isinstance(one, float) and 0 <= one < MOST_SECONDS for one in row):
            return row[0], row[1]
    return None


def _told(done: Forgotten) -> Iterator[str]:
    count = done.utterances + done.spooled
    learnt = [
        *([_counted(done.corrections, "correction")] if done.corrections else []),
        *([_counted(done.terms, "term")] if done.terms else []),
        *([_counted(done.rules, "rule")] if done.rules else []),
    ]
    left = _counted(done.files, "file") if done.files and not count else _dictations(count)
    yield f"forgotten: {', '.join((left, *learnt))}"
    if done.under_way:
        yield f"{_dictations(done.under_way)} still under way: forget it when it has arrived"
    for model in done.models:
        yield f"{model} has learnt from it, and is to be trained again"
    if not done.is_clean:
        yield READ


def _dictations(count: int) -> str:
    return _counted(count, "dictation")


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"


def _span(first: float, last: float) -> str:
    began, ended = (time.strftime("%Y-%m-%d %H:%M", time.localtime(at)) for at in (first, last))
    return began if began == ended else f"{began} to {ended}"


def _length(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _is_sure() -> bool:
    """Ask the person.

    Raises:
        JournalError: there is nobody to be asked.

    """
    if not sys.stdin.isatty():
        raise JournalError("nobody is there to be asked; to forget it without being asked: --yes")
    print("Forget it? [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _let_go(what: What) -> int:
    """How many a service that runs had only in memory, as the disk or the keyring is in its way; they are gone."""
    from sayso.bus.client import ask  # noqa: PLC0415  # dbus-fast: 100 ms

    meant = [what.last_seconds or 0.0, what.utterance or 0, what.application or "", what.everything]
    try:
        return int(ask("Forget", activate=False, signature="dtsb", body=meant))
    except BusError as error:
        process = numbering()
        if process is not None:
            print(UNTOLD.format(process=process, error=error), file=sys.stderr)
        return 0


def _tell_the_service() -> None:
    """A service that runs reads its terms again."""
    from sayso.bus.client import ask  # noqa: PLC0415  # dbus-fast: 100 ms

    with suppress(BusError):  # none runs; or one that will only know it at its next start
        ask("JournalChanged", activate=False)
