"""What profiles ask for in vain: a language that the model does not know, a backend of another kind of session."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sayso.config.fault import shown
from sayso.errors import ModelError
from sayso.events import Problem, ProblemName
from sayso.languages import parse_languages
from sayso.models import Model
from sayso.models.manifest import read_manifest
from sayso.profiles import Profiles
from sayso.wheels import OFFLINE_MODELS

FILE = "applications.yaml"
MOST_FAULTS = 20  # that are told at once


def problem_of(profiles: Profiles, usual: Model, store: Path, ways: Sequence[str] | None = None) -> Problem | None:
    """What is to be told of the profiles; None where there is nothing.

    Args:
        profiles: what differs where.
        usual: the model in use.
        store: the folder of the others.
        ways: of typing that the session offers; None where it is not known, or text goes elsewhere.

    """

    def languages_of(model: str) -> Sequence[str] | None:
        return usual.manifest.languages if model == usual.name else known_languages(store, model)

    faults = [*_unknown_languages(profiles, usual.name, languages_of), *_other_backends(profiles, ways)]
    if not faults:
        return None
    more = [f"and {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
    return Problem(ProblemName.CONFIG_INVALID, "\n".join(faults[:MOST_FAULTS] + more))


def known_languages(store: Path, model: str) -> Sequence[str] | None:
    """The Whisper codes that a model says it knows; None where there is no such model."""
    try:
        return read_manifest(Path(model).expanduser() if "/" in model else store / model).languages
    except (ModelError, RuntimeError, ValueError):  # not in the store; no such user; a NUL
        return OFFLINE_MODELS[model].languages if model in OFFLINE_MODELS else None


def _unknown_languages(
    profiles: Profiles, usual: str, languages_of: Callable[[str], Sequence[str] | None]
) -> Iterator[str]:
    for pattern, own in profiles.by_pattern.items():
        there = profiles.of(pattern)  # what other lines say of the same applications counts too
        language, model = own.language or there.language, own.model or there.model or usual
        if language is None or (own.language is None and own.model is None) or there.dictation is False:
            continue
        known = languages_of(model)
        if not known:
            continue
        asked = parse_languages(language)
        unknown = [code for code in asked.allowed if code not in known]
        is_of_one = len(known) == 1
        if unknown or (asked.follows_layout and is_of_one):
            says = f"knows {known[0]} only" if is_of_one else f"does not know {', '.join(unknown)}"
            other = "such as 'model: base'" if is_of_one else "see: sayso models list"
            where = shown(pattern, plain=True)
            yield (
                f"{FILE}: {where}: language: {language} has no effect, as the model {shown(model)} {says}; "
                f"name another one for {where}, {other}"
            )


def _other_backends(profiles: Profiles, ways: Sequence[str] | None) -> Iterator[str]:
    for pattern, own in profiles.by_pattern.items():
        if ways is not None and own.backend is not None and own.backend not in ways:
            yield (
                f"{FILE}: {shown(pattern, plain=True)}: backend: {own.backend} has no effect in this session; "
                f"remove it, or write one that there is: {', '.join(ways)}"
            )
