"""A grammar file → what it says, with the place of everything that is wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

import yaml

from sayso.commands.actions import NAMED, Action, Command, Guard, Join, Mark, Replacement, Snippet, Then
from sayso.commands.grammar import Parts
from sayso.commands.patterns import Pattern, PatternFault, pattern
from sayso.commands.texts import joined, refusal
from sayso.commands.token import MOST_LETTERS, parts_of
from sayso.config.fault import SHOWN_CHARACTERS, Fault, Place, shown
from sayso.vocabulary import Term

MOST_PARTS = 10  # words of a phrase
MOST_PATTERNS = 1_000  # in a file: reading so many takes 0.3 s, and each is tried on each word that is said
OFF = "off"
PHRASES = ("punctuation", "actions", "snippets", "replacements")
MAPPINGS = ("letters", "numbers", "decimal")
LISTS = ("joiners", "articles", "capitals", "lowers")
SECTIONS = (*PHRASES, "patterns", "terms", *MAPPINGS, *LISTS, "prompt")

E = TypeVar("E", bound=StrEnum)


@dataclass(slots=True)
class Layer:
    """What one file gives; filled while it is walked, then only read. A phrase that is None is switched off."""

    phrases: dict[Parts, Command | None] = field(default_factory=dict)
    patterns: dict[str, Pattern] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    mappings: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in MAPPINGS})
    lists: dict[str, frozenset[str]] = field(default_factory=dict)
    prompt: str = ""
    faults: list[Fault] = field(default_factory=list)


def layer_of(root: yaml.Node | None, place: Place) -> Layer:
    """What a YAML document says; an empty one says nothing."""
    walk = _Walk(place)
    if root is not None and not _is_null(root):
        walk.root(root)
    return walk.layer


class _Refused(ValueError):
    """A value that cannot be used; says why."""


class _Walk:
    """Goes through one document; goes on after a fault, so that all are found at once."""

    def __init__(self, place: Place) -> None:
        self.layer = Layer()
        self._place = place
        self._first: dict[object, yaml.Node] = {}

    def root(self, node: yaml.Node) -> None:
        if not isinstance(node, yaml.MappingNode):
            self._fault(
                node, "", "no sections with commands; write 'snippets:', and below it, indented, 'words: text'"
            )
            return
        for name, value in node.value:
            section = _text(name)
            if section not in SECTIONS:
                self._fault(name, section or "", f"unknown section; {_near(section or '', SECTIONS)}")
            elif self._is_first(name, section, section) and not _is_null(value):
                self._section(section, value)

    def _section(self, section: str, node: yaml.Node) -> None:
        if section == "prompt":
            try:
                self.layer.prompt = _bounded(_plain(node))
            except _Refused as error:
                self._fault(node, section, str(error))
        elif section == "terms" or section in LISTS:
            if not isinstance(node, yaml.SequenceNode):
                self._fault(node, section, "not a list; write '- word' on lines of their own, or [word, word]")
                return
            words = [word for item in node.value if (word := self._word(item, section))]
            if section == "terms":
                self.layer.terms |= {word: Term(word, is_own=True) for word in words}
            else:
                self.layer.lists[section] = frozenset(" ".join(parts_of(word)) for word in words)
        elif not isinstance(node, yaml.MappingNode):
            self._fault(node, section, "no commands; write 'words: what they do' below it, indented")
        elif section == "patterns" and len(node.value) > MOST_PATTERNS:
            self._fault(node, section, f"{len(node.value)} expressions; allowed: {MOST_PATTERNS} at most")
        else:
            for name, value in node.value:
                self._entry(section, name, value)

    def _word(self, item: yaml.Node, section: str) -> str:
        word = (_text(item) or "").strip()
        if not parts_of(word) or refusal(word) is not None or any(c in "\n\t" for c in word):
            self._fault(item, section, "not a word; write it as it is said, in quotes where it has marks")
            return ""
        return word

    def _entry(self, section: str, name: yaml.Node, value: yaml.Node) -> None:
        said = _text(name)
        key = f"{section}.{said or ''}"
        try:
            if said is None or not said.strip():
                raise _Refused("a command needs the words that are said for it")
            if section == "patterns":
                if self._is_first(name, ("patterns", said), key):
                    self.layer.patterns[said] = _pattern(said, value)
                return
            parts = parts_of(said)
            if not parts or len(parts) > MOST_PARTS:
                raise _Refused(f"not words that can be said; give 1 to {MOST_PARTS} of them")
            if (longest := max(map(len, parts))) > MOST_LETTERS:
                raise _Refused(f"a word of {longest} letters; allowed: {MOST_LETTERS}, longer ones are not heard")
            if section in MAPPINGS:
                self._mapped(section, " ".join(parts), value, name)
            elif self._is_first(name, ("phrases", parts), key):
                off = _text(value) is not None and (_text(value) or "").lower() == OFF and not _quoted(value)
                self.layer.phrases[parts] = None if off else _command(section, value)
        except _Refused as error:
            self._fault(name, key, str(error))

    def _mapped(self, section: str, said: str, value: yaml.Node, name: yaml.Node) -> None:
        text = _bounded(_plain(value))
        if section == "numbers" and not (text.isdecimal() and len(text) <= 15):
            raise _Refused(f"not a whole number ({shown(text)})")
        if section == "letters" and len(text) > 3:
            raise _Refused(f"not a letter ({shown(text)})")
        if self._is_first(name, (section, said), f"{section}.{said}"):
            self.layer.mappings[section][said] = text

    def _is_first(self, node: yaml.Node, what: object, key: str) -> bool:
        first = self._first.setdefault(what, node)
        if first is node:
            return True
        before, here = _line(first), _line(node)
        where = f"on line {here}" if before == here else f"on lines {before} and {here}"
        self._fault(node, key, f"given twice, {where}; keep one")
        return False

    def _fault(self, node: yaml.Node, key: str, what: str) -> None:
        self.layer.faults.append(Fault(self._place.at(_line(node)), key, what))


def _command(section: str, value: yaml.Node) -> Command:
    match section:
        case "punctuation":
            return _mark(value)
        case "actions":
            return _action(value)
        case "snippets":
            return Command(Snippet(_bounded(_plain(value))), is_noun=False)
        case _:
            return Command(Replacement(_bounded(_plain(value))), is_noun=False)


def _mark(value: yaml.Node) -> Command:
    if isinstance(value, yaml.ScalarNode):
        return Command(Mark(_bounded(_plain(value))))
    fields = dict(_fields(value, ("types", "joins", "then", "guard")))
    if "types" not in fields:
        raise _Refused("nothing to type; add 'types: \"…\"'")
    mark = Mark(
        _bounded(fields["types"]),
        _choice(Join, fields.get("joins", Join.LEFT), "joins"),
        _choice(Then, fields.get("then", Then.SMALL), "then"),
    )
    return Command(mark, _choice(Guard, fields.get("guard", Guard.NONE), "guard"))


def _action(value: yaml.Node) -> Command:
    if isinstance(value, yaml.ScalarNode):
        return Command(_named(_plain(value)))
    fields = dict(_fields(value, ("does", "guard")))
    if "does" not in fields:
        raise _Refused(f"nothing to do; add 'does: …', one of {', '.join(NAMED)}")
    return Command(_named(fields["does"]), _choice(Guard, fields.get("guard", Guard.NONE), "guard"))


def _named(name: str) -> Action:
    if name not in NAMED:
        raise _Refused(f"unknown action {shown(name)}; {_near(name, tuple(NAMED))}")
    return NAMED[name]


def _pattern(expression: str, value: yaml.Node) -> Pattern:
    try:
        return pattern(expression, _bounded(_plain(value)))
    except PatternFault as error:
        raise _Refused(str(error)) from None


def _fields(node: yaml.Node, known: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if not isinstance(node, yaml.MappingNode):
        raise _Refused(f"a list where a text belongs, or {{{', '.join(known)}}}")
    seen = set()
    for name, value in node.value:
        field_name = _text(name) or ""
        if field_name not in known:
            raise _Refused(f"unknown key {shown(field_name)}; {_near(field_name, known)}")
        if field_name in seen:
            raise _Refused(f"{field_name} is given twice; keep one")
        seen.add(field_name)
        yield field_name, _plain(value)


def _choice(kind: type[E], text: str, field_name: str) -> E:
    try:
        return kind(text)
    except ValueError:
        words = tuple(member.value for member in kind)
        raise _Refused(f"{field_name}: unknown value {shown(text)}; {_near(text, words)}") from None


def _plain(node: yaml.Node) -> str:
    text = _text(node)
    if text is None:
        raise _Refused("a list or section where a text belongs; write 'words: text'")
    if not text and not _quoted(node):
        raise _Refused('no text; give one, or "" for nothing at all')
    return text


def _bounded(text: str) -> str:
    refused = refusal(text)
    if refused is not None:
        raise _Refused(refused)
    return text


def _near(text: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(text[:SHOWN_CHARACTERS].lower(), known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"allowed: {', '.join(known)}"


def _text(node: yaml.Node) -> str | None:
    return joined(node.value) if isinstance(node, yaml.ScalarNode) else None


def _quoted(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and bool(node.style)


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def number_of(mapping: Mapping[str, str]) -> dict[str, int]:
    """The values of number words."""
    return {word: int(value) for word, value in mapping.items()}
