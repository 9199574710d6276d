"""Compare rules by which a word is committed: python benchmarks/rules.py [--model M] [--clips FOLDER…] [--limit N]

Each rule takes the place of the one in use in a live flow of its own that counts no computing, so that all are
asked at the same moments; what a partial takes is added to every latency. A window is cut, and a partial begun,
where the rule has committed: what a rule commits late it also pays for in longer windows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from baselines import measure_offline
from figures import Figures, cells, table
from isolation import alone
from live import Dictation, hands_free
from recordings import PAUSE_SECONDS, Recording, clips_in, joined
from run import DATA
from weights import Weights

from sayso import stabiliser
from sayso.agreement import ENOUGH_NATS, GUARD_SECONDS, Evidence, believed
from sayso.errors import SaysoError
from sayso.events import TimedWord
from sayso.latency import SpokenWord
from sayso.replay import Pace

PARTIAL_SECONDS = 0.17  # of tiny.en on two cores; the same for every rule

Rule = Callable[[Sequence[TimedWord], Sequence[Evidence], float], int]
"""As `agreement.believed`: how many leading words of a tail are committed when so much has been heard."""


def leading(accepts: Callable[[Evidence, float], bool]) -> Rule:
    """Up to the first word that is not accepted, given what speaks for it and the seconds heard after it."""

    def rule(words: Sequence[TimedWord], evidence: Sequence[Evidence], heard_seconds: float) -> int:
        for n, word in enumerate(words[:-1]):
            if not accepts(evidence[n], heard_seconds - word.end_seconds):
                return n
        return max(0, len(words) - 1)

    return rule


RULES: Mapping[str, Rule] = {
    "two decodes in a row agree": leading(lambda evidence, _: evidence.decodes >= 2),
    "0.3 s heard after its end, by attention": leading(lambda _, since: since >= 0.3),
    "0.5 s": leading(lambda _, since: since >= 0.5),
    "1.0 s": leading(lambda _, since: since >= 1.0),
    "evidence, without patience": leading(
        lambda evidence, since: evidence.nats >= ENOUGH_NATS and since >= GUARD_SECONDS
    ),
    "evidence with patience": believed,
}


def main() -> int:
    """Print a row for each rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = [DATA / name for name in ("speech", "general")]
    parser.add_argument("--clips", type=Path, nargs="+", default=default, help="folders with transcripts.jsonl")
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--limit", type=int, help="only the first so many clips of each folder")
    options = parser.parse_args()
    clips = [clip for folder in options.clips for clip in clips_in(folder, options.limit)]
    recording, weights = joined(clips, PAUSE_SECONDS), Weights(options.model)
    try:
        spoken = alone(measure_offline, weights, recording).spoken
        rows = (_row(name, alone(measure, weights, recording, spoken, name)) for name in RULES)
        for line in table(rows):
            print(line, flush=True)
    except SaysoError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 1
    return 0


def measure(weights: Weights, recording: Recording, spoken: Sequence[SpokenWord], name: str) -> Figures:
    """One rule, for a process of its own: it is put in the place of the one in use."""
    stabiliser.believed = RULES[name]
    figures = hands_free(Dictation.with_weights(weights), recording, spoken, Pace.FAST)
    return replace(figures, commits=tuple(latency + PARTIAL_SECONDS for latency in figures.commits))


def _row(name: str, figures: Figures) -> dict[str, str]:
    row = cells(figures)
    return {"rule": name, **{heading: row[heading] for heading in ("WER", "commit p50 / p95", "contradicted")}}


if __name__ == "__main__":
    sys.exit(main())
