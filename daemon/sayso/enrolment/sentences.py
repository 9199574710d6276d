"""Terms → what is to be read: 60 % sentences that hold a term, 30 % ordinary ones, 10 % hard ones.

With ordinary speech beside it, a model that learns a term forgets less of the rest; the hard ones are similar
sounds, numbers, and sentences longer than a breath. Everything follows from the terms and the language alone: the
same list gives the same sentences at every start, and a longer one gives them too, so that a recording can be gone
on with.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from sayso.enrolment import Kind, Prompt
from sayso.errors import ConfigError

FOLDER = Path(__file__).parent / "languages"
TARGET_SHARE, ORDINARY_SHARE = 0.6, 0.3  # and the rest hard ones
TIMES = 3  # each term is asked for unless a number of sentences is given: two to learn from, one to check with


@dataclass(frozen=True, slots=True)
class Texts:
    """What there is to read in a language.

    Attributes:
        check: a sentence to find the level with.
        carriers: sentences in which `{}` stands for a term.
        ordinary: sentences without one.
        hard: sentences that are easily misheard.

    """

    check: str
    carriers: tuple[str, ...]
    ordinary: tuple[str, ...]
    hard: tuple[str, ...]


def languages() -> tuple[str, ...]:
    """Whisper codes of the languages that there are sentences in."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def texts_in(language: str) -> Texts:
    """The sentences of a language.

    Raises:
        ConfigError: there are none.

    """
    if language not in languages():
        raise ConfigError(
            f"there are no sentences to read in {language!r}; give --language with one of {', '.join(languages())}"
        )
    texts: Mapping[str, list[str]] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8"))
    lists = {name: tuple(texts[name]) for name in ("carriers", "ordinary", "hard")}
    return Texts(check=str(texts["check"]), **lists)


def usual_count(terms: Sequence[str]) -> int:
    """How many sentences there are if each term is to be said `TIMES` times."""
    return max(1, math.ceil(TIMES * len(terms) / TARGET_SHARE))


def terms_in(count: int) -> int:
    """How many sentences of so many hold a term."""
    return round(count * TARGET_SHARE)


def plan(terms: Sequence[str], count: int, language: str, recorded: Sequence[str] = ()) -> tuple[Prompt, ...]:
    """What is still to be read, in an order in which no term comes twice in a row where that can be had.

    Args:
        terms: at least one.
        count: of sentences, those that are recorded already among them.
        language: Whisper code.
        recorded: the sentences that are there already, as often as they are.

    Raises:
        ConfigError: there are no sentences in that language.

    """
    texts, targets, ordinary = texts_in(language), terms_in(count), round(count * ORDINARY_SHARE)
    prompts = [
        *_targets(terms, targets, language),
        *_drawn(texts.ordinary, ordinary, Kind.ORDINARY),
        *_drawn(texts.hard, count - targets - ordinary, Kind.HARD),
    ]
    left, there = [], Counter(recorded)
    for prompt in prompts:
        if there[prompt.text]:
            there[prompt.text] -= 1
        else:
            left.append(prompt)
    return tuple(_mixed(left))


def sentences_with(term: str, language: str) -> tuple[str, ...]:
    """All sentences that a term may be asked for in, in the order in which they come."""
    carriers = texts_in(language).carriers
    order = random.Random(f"{language} {term}").sample(range(len(carriers)), len(carriers))
    return tuple(carriers[at].replace("{}", term) for at in order)


def _targets(terms: Sequence[str], count: int, language: str) -> Iterator[Prompt]:
    """Round after round, each term once in each, every time in another sentence."""
    every = [sentences_with(term, language) for term in terms]
    for number in range(count):
        turn, at = divmod(number, len(terms))
        yield Prompt(every[at][turn % len(every[at])], Kind.TARGET, terms[at])


def _drawn(texts: Sequence[str], count: int, kind: Kind) -> Iterator[Prompt]:
    """So many of them, from the beginning again where there are fewer."""
    return (Prompt(texts[number % len(texts)], kind) for number in range(count))


def _mixed(prompts: Sequence[Prompt]) -> Iterator[Prompt]:
    """Shuffled, the same way each time, without a term twice in a row where that can be had."""
    waiting = random.Random(len(prompts)).sample(prompts, len(prompts))
    last = ""
    while waiting:
        at = next((at for at, prompt in enumerate(waiting) if not prompt.term or prompt.term != last), 0)
        chosen = waiting.pop(at)
        last = chosen.term
        yield chosen
