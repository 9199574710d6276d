"""`sayso vocabulary`: your terms and the rules, learnt or your own."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sayso import paths
from sayso.cli.history import shown
from sayso.cli.options import settings_from
from sayso.config import Settings
from sayso.enrolment.term_list import lines_of, text_of
from sayso.errors import BusError, JournalError
from sayso.journal.database import Database
from sayso.journal.keys import find_key, public_key
from sayso.vocabulary import Rule, Term, store
from sayso.vocabulary.rules import holding
from sayso.vocabulary.sounds import letters_and_signs

MOST_BYTES = 1_000_000  # of a file with terms: 1,000 of the greatest length, four bytes a character, are a quarter
NOTHING = "no terms yet: they are learnt from what you correct (sayso correct), or: sayso vocabulary add TERM"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "vocabulary",
        help="your names and terms, and what is always written instead of what is heard",
        description="Terms are found where the recogniser is unsure of something that sounds like them; rules "
        "hold wherever their words are heard. Alone it lists both.",
        allow_abbrev=False,
    )
    parser.set_defaults(execute=show, config=None, json=False)
    actions = parser.add_subparsers(title="actions", metavar="ACTION")
    listing = actions.add_parser("list", help="terms and rules; alone the same")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.set_defaults(execute=show)
    adding = actions.add_parser("add", help="add terms, or have them back")
    adding.add_argument("terms", nargs="+", metavar="TERM", help="as it is written; several words between quotes")
    adding.set_defaults(execute=add)
    for name, what, is_pinned in (
        ("pin", "have a term in the prompt of everything you say, as those of the settings are", True),
        ("unpin", "have it there no more", False),
    ):
        pinning = actions.add_parser(name, help=what)
        pinning.add_argument("terms", nargs="+", metavar="TERM")
        pinning.set_defaults(execute=pin, is_pinned=is_pinned)
    removing = actions.add_parser("remove", help="take away a term, or what is heard for one, for good")
    removing.add_argument("terms", nargs="+", metavar="TERM", help="a term, or what it is heard as")
    removing.set_defaults(execute=remove)
    importing = actions.add_parser(
        "import", help="add the terms of a text file, one a line; remarks begin with # and a space"
    )
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.set_defaults(execute=import_file)


def show(options: argparse.Namespace) -> int:
    """List terms and rules."""
    settings = settings_from(options)
    with _journal(settings, write=False) as database:
        terms, rules = store.terms(database), store.proposed(database)
    known = {(rule.language, rule.heard, rule.meant) for rule in holding(rules)}
    rows = [_term_row(term, _source_of(term)) for term in terms]
    rows += [_term_row(Term(text), "settings") for text in settings.vocabulary]
    rows += [_rule_row(rule, (rule.language, rule.heard, rule.meant) in known) for rule in rules]
    for row in rows:
        print(json.dumps(row, ensure_ascii=False) if options.json else shown(_in_words(row), kept=""))
    if not rows and not options.json:
        print(NOTHING)
    return 0


def add(options: argparse.Namespace) -> int:
    """Add terms."""
    with _changing(options) as database:
        for text in options.terms:
            store.add(database, Term(" ".join(text.split())))
    return 0


def pin(options: argparse.Namespace) -> int:
    """Pin terms, or unpin them; one that is not there yet is added."""
    with _changing(options) as database:
        known = {letters_and_signs(term.text) for term in store.terms(database)}
        for text in options.terms:
            if options.is_pinned and letters_and_signs(text) not in known:
                store.add(database, Term(" ".join(text.split())))
            store.pin(database, text, is_pinned=options.is_pinned)
    return 0


def remove(options: argparse.Namespace) -> int:
    """Take away terms or rules."""
    with _changing(options) as database:
        store.remove(database, *options.terms)
    return 0


def import_file(options: argparse.Namespace) -> int:
    """Add the terms of a text file."""
    texts = []
    for number, line in lines_of(text_of(options.file, MOST_BYTES)):
        texts.append(" ".join(line.split()))
        try:
            store.check(texts[-1])
        except JournalError as error:
            raise JournalError(f"{options.file}:{number}: {error}") from None
    with _changing(options) as database:
        new = store.import_terms(database, texts)
    print(f"{new} new {'term' if new == 1 else 'terms'}")
    return 0


@contextmanager
def _journal(settings: Settings, *, write: bool) -> Iterator[Database]:
    folder = paths.journal_dir()
    is_new = not write and public_key(folder) is None
    key = None if is_new else find_key(folder, settings.journal.key)
    with closing(Database(folder, key, write=write)) as database:
        yield database


@contextmanager
def _changing(options: argparse.Namespace) -> Iterator[Database]:
    """The journal to write to; a service that runs reads it again."""
    with _journal(settings_from(options), write=True) as database:
        yield database
    from sayso.bus.client import ask  # noqa: PLC0415  # dbus-fast; a list needs none

    with suppress(BusError):  # none runs
        ask("JournalChanged", activate=False)
    sys.stdout.flush()


def _source_of(term: Term) -> str:
    if term.is_pinned:
        return "pinned"
    return "yours" if term.is_own else "learnt"


def _term_row(term: Term, source: str) -> dict[str, object]:
    return {
        "term": term.text,
        "heard": list(term.soundings),
        "uses": term.uses,
        "language": term.language or None,
        "from": source,
    }


def _rule_row(rule: Rule, holds: bool) -> dict[str, object]:
    return {
        "rule": rule.meant,
        "heard": [rule.heard],
        "confirmations": rule.confirmations,
        "language": rule.language or None,
        "holds": holds,
    }


def _in_words(row: dict[str, object]) -> str:
    heard = ", ".join(row["heard"]) if isinstance(row["heard"], list) else ""
    if "rule" in row:
        state = "" if row["holds"] else f", from the next time ({row['confirmations']} so far)"
        return f"always  {row['rule']}  for: {heard}{state}"
    source = "" if row["from"] == "learnt" else f"  ({row['from']})"
    return f"{row['term']}{source}" + (f"  heard as: {heard}" if heard else "")
