"""`sayso stats`: how often you correct what was typed, how fast it is, how far confidence can be believed."""

from __future__ import annotations

import argparse
import json
import sys
import time
from itertools import accumulate
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sayso.cli.history import shown
from sayso.cli.options import settings_from
from sayso.figures.facts import gather, opened
from sayso.figures.picture import draw
from sayso.figures.report import Report, report
from sayso.figures.table import Section, as_rows, calibration_in_words, drift_in_words, sections
from sayso.vocabulary.store import terms

USUAL_DAYS = 90  # as `journal.keep_days`
MOST_DAYS = 36_500
DAY_SECONDS = 86_400.0
NAME_WIDTH = 10  # columns of the terminal that a name has at least; a day has as many
GAP_WIDTH = 2  # between two columns


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "stats",
        help="how often you correct what was typed, by day, application, model and term",
        description="Figures of what is kept of your dictations (setting `learning`). They stay on this machine.",
        allow_abbrev=False,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file instead of your own")
    parser.add_argument(
        "--days", type=_days, default=USUAL_DAYS, metavar="N", help=f"so far back; default: {USUAL_DAYS}"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--png", type=_png, metavar="FILE", help="draw them into a picture, too")
    parser.set_defaults(execute=execute)


def _days(text: str) -> int:
    if not (
        text.isascii() and text.isdigit() and len(text) <= len(str(MOST_DAYS)) and 1 <= int(text) <= MOST_DAYS
    ):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days; give 1 to {MOST_DAYS}")
    return int(text)


def _png(text: str) -> Path:
    if Path(text).suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a picture; give one that ends in .png")
    return Path(text)


def execute(options: argparse.Namespace) -> int:
    """Read the journal, and show the figures."""
    settings = settings_from(options)
    with opened(settings) as database:
        facts = gather(database, time.time() - options.days * DAY_SECONDS)
        own = [*settings.vocabulary, *(term.text for term in terms(database))]
    found = report(facts, own)
    if facts.damaged:
        print(f"rows that cannot be read and are left out: {facts.damaged}; see: sayso doctor", file=sys.stderr)
    if options.json:
        for row in as_rows(found):
            print(json.dumps(row, ensure_ascii=False))
    else:
        _show(found)
    if options.png is not None:
        draw(found, options.png)
        print(f"picture: {options.png}", file=sys.stderr)
    return 0


def _show(found: Report) -> None:
    if not found.total.words:
        print("nothing was dictated in these days")
        return
    # A pipe is not 80 columns wide: what reads it wants whole rows.
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
    for section in sections(found):
        console.print(_table(section, console.width))
        console.print(f"… and {section.more} more: sayso stats --json\n" if section.more else "")
    console.print(calibration_in_words(found.calibration))
    console.print(drift_in_words(found))


def _table(section: Section, most_width: int) -> Table:
    """The rows, without the last columns where there is no room for them."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    fitting = _fitting(section, most_width)
    for at, heading in enumerate(section.headings[:fitting]):
        table.add_column(heading, justify="right" if at else "left", no_wrap=at > 0)
    for row in section.rows:
        table.add_row(*(Text(shown(cell, kept="")) for cell in row[:fitting]))
    return table


def _fitting(section: Section, most_width: int) -> int:
    """How many columns there is room for, one figure at least; only the names are broken into lines."""
    rows = (section.headings, *section.rows)
    widths = [max(cell_len(row[at]) for row in rows) for at in range(len(section.headings))]
    sums = accumulate((min(widths[0], NAME_WIDTH), *(width + GAP_WIDTH for width in widths[1:])))
    return max(2, sum(one <= most_width for one in sums))
