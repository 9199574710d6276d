"""Edits as data: what is dictated, what is struck, which corrections that makes; and how well they are found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from sayso.corrections import TRUST, Seen
from sayso.corrections.judgement import judge
from sayso.events import Edit, Span, TimedWord, UtteranceSaid
from sayso.journal import Begun, Decision, Line, Outcome, Utterance

WORD_SECONDS = 0.35
UNSURE, SURE = 0.55, 0.95
"""Of 140 stretches that tiny.en had misheard, 136 had a word under 0.75, half of them one under 0.43."""

LEAST_PRECISION, LEAST_RECALL = 0.98, 0.9
Changes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Scripted:
    """One edit."""

    kind: str
    typed: tuple[str, ...]
    keys: str
    expect: Changes
    becomes: str = ""
    field: str = "line"
    before: str = ""
    toolkit: str = ""
    unsure: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.kind}: {' | '.join(self.typed)} {self.keys}"


@dataclass(frozen=True, slots=True)
class Judged:
    """An edit, and what was accepted as a correction after it."""

    scripted: Scripted
    accepted: Changes
    seen: tuple[Seen, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def right(self) -> int:
        """Corrections that were to be found, and were."""
        return sum((Counter(map(plain, self.scripted.expect)) & Counter(map(plain, self.accepted))).values())

    @property
    def is_right(self) -> bool:
        """Whether what was accepted is what was to be found, no more and no less."""
        return self.right == len(self.accepted) == len(self.scripted.expect)


def load(path: Path) -> list[Scripted]:
    """Read edits from a file."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Scripted(
            **{
                **row,
                "typed": tuple(row["typed"]),
                "unsure": tuple(row.get("unsure", ())),
                "expect": tuple((heard, meant) for heard, meant in row["expect"]),
            }
        )
        for row in rows
    ]


def every_second(toolkit: str) -> list[Scripted]:
    """The scripted edits that are played in a toolkit: half of them in each, but for what only one can."""
    edits = load(Path(__file__).with_name("edits.yaml"))
    shared = [one for one in edits if not one.toolkit]
    own = [one for one in edits if one.toolkit == toolkit]
    return shared[("gtk3", "qt").index(toolkit) :: 2] + own


def found_well(results: Sequence[Judged], figure: Callable[[str], None]) -> None:
    """Print precision and recall by kind, and hold both to what was promised."""
    figure(table(results))
    wrong = [f"{one.scripted.name} -> {one.accepted} {one.reasons}" for one in results if not one.is_right]
    told = "\n".join([table(results), *wrong])
    meant, taken = sum(len(one.scripted.expect) for one in results), sum(len(one.accepted) for one in results)
    right = sum(one.right for one in results)
    assert share(right, taken) >= LEAST_PRECISION, told
    assert share(right, meant) >= LEAST_RECALL, told


def utterance_of(number: int, text: str, unsure: Sequence[str] = ()) -> Utterance:
    """An utterance in which a text was said, word for word, and typed as it was said."""
    words, spans, at = [], [], 0
    for word in text.split():
        start = text.index(word, at)
        end = start + len(word)
        confidence = UNSURE if word.strip(".,") in unsure else SURE
        seconds = WORD_SECONDS * len(words)
        words.append(TimedWord(f" {word}", seconds, seconds + WORD_SECONDS, confidence))
        spans.append(Span(at, end, (len(words) - 1,)))
        at = end
    seconds = WORD_SECONDS * len(words)
    said = UtteranceSaid(number, 0.0, tuple(words), "en", (text.strip(),), Edit(0, text, tuple(spans)))
    line = Line(number, 0.0, Outcome.DELIVERED, seconds, "", text, text, len(words), "", 0.0, has_audio=True)
    return Utterance(line, Begun(number, 0.0, learns=True), said)


def judged(scripted: Scripted, said: dict[int, str], seen: Sequence[Seen]) -> Judged:
    """What is accepted of what was seen: of each utterance the most trusted counts, of those the last."""
    last = {one.utterance: one for one in sorted(seen, key=lambda one: TRUST[one.source])}
    accepted: list[tuple[str, str]] = []
    reasons: list[str] = []
    for number, one in last.items():
        correction = judge(one, utterance_of(number, said[number], scripted.unsure))
        reasons += correction.reasons
        if correction.decision is Decision.ACCEPTED:
            accepted += correction.changes
    return Judged(scripted, tuple(accepted), tuple(seen), tuple(reasons))


def plain(change: tuple[str, str]) -> tuple[str, ...]:
    """A correction without case and marks at its ends."""
    return tuple(text.strip(" .,").casefold() for text in change)


def table(results: Iterable[Judged]) -> str:
    """Precision and recall by kind, and of all."""
    rows: dict[str, list[Judged]] = {}
    for one in results:
        rows.setdefault(one.scripted.kind, []).append(one)
    every = [one for group in rows.values() for one in group]
    lines = [_row(kind, group) for kind, group in (*rows.items(), ("all", every))]
    return "\n".join([f"{'corrections':16}  edits  meant  taken  right  precision  recall", *lines])


def _row(kind: str, group: Sequence[Judged]) -> str:
    meant, taken = sum(len(one.scripted.expect) for one in group), sum(len(one.accepted) for one in group)
    right = sum(one.right for one in group)
    shares = f"{share(right, taken):9.2f}  {share(right, meant):6.2f}"
    return f"{kind:16}  {len(group):5}  {meant:5}  {taken:5}  {right:5}  {shares}"


def share(part: int, whole: int) -> float:
    """Part of a whole; of nothing all is right."""
    return part / whole if whole else 1.0
