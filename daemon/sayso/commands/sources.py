"""Where grammars come from: the language's own file in the package, and over it the person's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path

from sayso import paths
from sayso.commands.actions import Command, Replacement
from sayso.commands.grammar import PAUSE_SECONDS, Branch, Grammar, Parts, phrases, tree
from sayso.commands.reading import LISTS, MAPPINGS, Layer, layer_of, number_of
from sayso.commands.token import parts_of
from sayso.config.document import parse, read
from sayso.config.fault import Fault, Place
from sayso.errors import ConfigError
from sayso.events import Event, Problem, ProblemCleared, ProblemName
from sayso.vocabulary import Rule, Term
from sayso.vocabulary.live import LiveVocabulary, Snapshot
from sayso.vocabulary.matching import NO_TERMS, Known
from sayso.vocabulary.shortlist import Asking
from sayso.vocabulary.sounds import letters_and_signs, sounds_of

FOLDER = Path(__file__).parent / "grammars"
MOST_BYTES = 1024 * 1024  # of a file: a hundred texts of the greatest length; reading it takes 0.3 s
MOST_FAULTS = 20  # that are told at once
GOES_ON = "Until then the commands in {} are those that sayso brings along"


def languages() -> tuple[str, ...]:
    """The languages of which the commands are known."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def own_files(language: str) -> tuple[Path, ...]:
    """The person's files: `commands.yaml` for all languages, `commands.de.yaml` for one."""
    folder = paths.config_file().parent
    return folder / "commands.yaml", folder / f"commands.{language}.yaml"


def load_grammar(
    language: str, own: Sequence[Path] = (), pause_seconds: float = PAUSE_SECONDS, vocabulary: Sequence[str] = ()
) -> Grammar | None:
    """Read the grammar of a language.

    Args:
        language: Whisper code.
        own: the person's files, each of which need not exist and goes before those that stand before it.
        pause_seconds: how long a pause is at least.
        vocabulary: terms of the person's, in addition to those in the files.

    Returns:
        The grammar; None where neither sayso nor the person has any commands in that language.

    Raises:
        ConfigError: one line for each of the first faults in the person's files: file, line, name and what to
            write instead.

    """
    there = [path for path in own if path.exists() or path.is_symlink()]
    layers = [_layer(path, rank) for rank, path in enumerate(there, start=1)]
    if language in languages():
        layers.insert(0, _bundled(language))
    faults = [fault for layer in layers for fault in layer.faults]
    if faults:
        lines = [str(fault) for fault in sorted(faults, key=lambda fault: fault.place.order)]
        more = [f"and {len(lines) - MOST_FAULTS} more"] if len(lines) > MOST_FAULTS else []
        raise ConfigError("\n".join(lines[:MOST_FAULTS] + more))
    if not layers:
        return None
    own_terms = {text: term for layer in layers for text, term in layer.terms.items()}
    terms = own_terms | {text: Term(text, is_pinned=True, is_own=True) for text in vocabulary}
    known = Known(tuple(terms.values()), sounds_of(language)) if terms else NO_TERMS
    return replace(_merged(language, layers), terms=known, pause_seconds=pause_seconds)


def with_learnt(grammar: Grammar | None, language: str, learnt: Snapshot) -> Grammar | None:
    """The grammar with the terms and rules that were learnt; what the person has written goes before them.

    Where what a rule has heard is one of the person's terms, the term is what was said.
    """
    terms, rules = learnt.terms_of(language), learnt.rules_of(language)
    if not terms and not rules:
        return grammar
    base = grammar if grammar is not None else Grammar(language, Branch())
    learnt_texts = {term.text for term in terms}
    written = [term for term in base.terms.terms if term.text not in learnt_texts]
    own = {letters_and_signs(term.text) for term in (*terms, *written)}
    held = [rule for rule in rules if letters_and_signs(rule.heard) not in own]
    root = tree(chain(_phrases_of(held), phrases(base.root)))
    return replace(base, root=root, terms=Known((*terms, *written), sounds_of(language)))


def obeyed(grammar: Grammar | None, *, commands: bool) -> Grammar | None:
    """The grammar of somebody who wants commands or does not; terms and rules are found all the same."""
    if grammar is None or commands:
        return grammar
    rules = [(parts, command) for parts, command in phrases(grammar.root) if _is_rule(command)]
    return replace(grammar, root=tree(rules), patterns=()) if rules or grammar.terms else None


def _phrases_of(rules: Sequence[Rule]) -> Iterator[tuple[Parts, Command]]:
    for rule in rules:
        if parts := parts_of(rule.heard):
            yield parts, Command(Replacement(rule.meant, is_learnt=True), is_noun=False)


def _is_rule(command: Command) -> bool:
    return isinstance(command.action, Replacement) and command.action.is_learnt


@cache
def _bundled(language: str) -> Layer:
    return _layer(FOLDER / f"{language}.yaml", rank=0)


def _layer(path: Path, rank: int) -> Layer:
    place = Place(rank, paths.shown(path))
    try:
        data = read(path, place, MOST_BYTES)
    except FileNotFoundError:  # it went away since
        return Layer()
    root = data if isinstance(data, Fault) else parse(data, place, MOST_BYTES)
    return Layer(faults=[root]) if isinstance(root, Fault) else layer_of(root, place)


def _merged(language: str, layers: Sequence[Layer]) -> Grammar:
    whole = Layer()
    for layer in layers:
        whole.phrases |= layer.phrases
        whole.patterns |= layer.patterns
        for name in MAPPINGS:
            whole.mappings[name] |= layer.mappings[name]
        for name in LISTS:
            if name in layer.lists:
                whole.lists[name] = whole.lists.get(name, frozenset()) | layer.lists[name]
        whole.prompt = layer.prompt or whole.prompt
    return Grammar(
        language,
        tree((parts, command) for parts, command in whole.phrases.items() if command is not None),
        tuple(whole.patterns.values()),
        letters=whole.mappings["letters"],
        numbers=number_of(whole.mappings["numbers"]),
        decimal=whole.mappings["decimal"],
        joiners=whole.lists.get("joiners", frozenset()),
        articles=whole.lists.get("articles", frozenset()),
        capitals=whole.lists.get("capitals", frozenset()),
        lowers=whole.lists.get("lowers"),
        prompt=whole.prompt,
    )


class Grammars:
    """The grammars of all languages, read when first needed; a broken file is told, and gone on without.

    Any thread. What was learnt is made ready beside what holds until then: for a thousand terms that takes a third
    of a second, which nobody who asks for a grammar waits for.

    Args:
        emit: told of a broken file, and that it is whole again.
        pause_seconds: how long a pause is at least.
        vocabulary: terms of the person's that the settings have.
        own: the person's files for a language.
        learnt: their learnt terms and rules.
        now: seconds since 1970.

    """

    def __init__(
        self,
        emit: Callable[[Event], None],
        pause_seconds: float = PAUSE_SECONDS,
        vocabulary: Sequence[str] = (),
        own: Callable[[str], Sequence[Path]] = own_files,
        learnt: LiveVocabulary | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._emit = emit
        self._pause_seconds = pause_seconds
        self._vocabulary = tuple(vocabulary)
        self._own = own
        self._lock = threading.Lock()
        self._learnt = learnt if learnt is not None else LiveVocabulary()
        self._now = now
        self._read: dict[str, Grammar | None] = {}  # as they are in the files …
        self._whole: dict[str, Grammar | None] = {}  # … and with what was learnt
        self._generation = 0  # of `_read`
        self._faults: dict[str, str] = {}  # language → what is wrong in its files
        self._learnt.watch(self._learn)

    def __call__(self, language: str) -> Grammar | None:
        """The grammar of a language; None where there are no commands in it."""
        with self._lock:
            if language not in self._read:
                self._read[language] = self._load(language)
                self._generation += 1
                self._whole[language] = with_learnt(self._read[language], language, self._learnt.snapshot)
                if language in self._faults:
                    self._tell()
            return self._whole[language]

    def asking(self, language: str, given: Sequence[str]) -> Asking:
        """What an utterance's decodes are prompted with.

        Args:
            language: Whisper code.
            given: terms that are in every prompt.

        """
        grammar = self(language)
        return Asking(grammar.terms if grammar is not None else NO_TERMS, given, self._now())

    def _learn(self) -> None:
        while True:
            with self._lock:
                read, generation = dict(self._read), self._generation
                learnt = self._learnt.snapshot
            whole = {language: with_learnt(grammar, language, learnt) for language, grammar in read.items()}
            with self._lock:
                if learnt is not self._learnt.snapshot:
                    return  # whoever has changed it since makes the newer ones
                if generation == self._generation:
                    self._whole = whole
                    return

    def _load(self, language: str) -> Grammar | None:
        try:
            return load_grammar(language, self._own(language), self._pause_seconds, self._vocabulary)
        except ConfigError as error:
            self._faults[language] = str(error)
            return load_grammar(language, (), self._pause_seconds, self._vocabulary)

    def _tell(self) -> None:
        """What is wrong in the files of all languages, as one problem; what they share is told once."""
        lines = dict.fromkeys(line for faults in self._faults.values() for line in faults.splitlines())
        self._emit(
            Problem(ProblemName.CONFIG_INVALID, "\n".join((*lines, GOES_ON.format(", ".join(self._faults)))))
        )

    def reload(self, pause_seconds: float, vocabulary: Sequence[str] = ()) -> None:
        """Read the files again; those of the languages in use at once, so that what is wrong is told now."""
        with self._lock:
            self._pause_seconds, self._vocabulary = pause_seconds, tuple(vocabulary)
            was_broken = bool(self._faults)
            self._faults = {}
            self._read = {language: self._load(language) for language in self._read}
            self._generation += 1
            if self._faults:
                self._tell()
            elif was_broken:
                self._emit(ProblemCleared(ProblemName.CONFIG_INVALID))
        self._learn()
