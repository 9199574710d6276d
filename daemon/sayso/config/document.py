"""A settings file → YAML nodes that know their line. No tag constructs anything, and the work is bounded."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import yaml

from sayso.config.fault import Fault, Place

MAX_BYTES = 64 * 1024  # about 15 times the file with every setting and comment
_MAX_NODES = MAX_BYTES // 2  # as many as fit into that: 0.5 s on a slow machine, however large a file may be
_MAX_DEPTH = 10  # settings need 2; the composer recurses, and Python's stack is not a file's to exhaust

_ALIASES = "an alias ('*name'), which sayso does not follow; put text in quotes, or write the value out"
_DEPTH = "nested too deeply; settings stand in one section at most"
_NODES = f"more than {_MAX_NODES} names and values by this line; give fewer"

# PyYAML's problem or context begins so → our sentence. PyYAML describes its own state; a person needs to know
# what to change.
_PLAIN_SENTENCES = {
    "found character '\\t'": "a tab; use spaces",
    "found a tab": "a tab; use spaces",
    "mapping values are not allowed": (
        "a ':' that does not fit; check the indentation and the ':' of this line and the one above"
    ),
    "could not find expected ':'": "a name without ':' after it; write 'name: value'",
    "found unexpected end of stream": "a quote or bracket that is never closed",
    "found unexpected document separator": "a quote that is never closed",
    "expected <block end>": "not indented like the lines above it, or text after a closing quote",
    "expected ',' or '}'": "a '{' that is never closed, or a ',' missing after it",
    "expected ',' or ']'": "a '[' that is never closed, or a ',' missing after it",
    "expected the node content": "a value is missing or has a stray mark in it; quote it if it is text",
    "but found another document": "a second document ('---'); keep only one",
    "sequence entries are not allowed": "a list ('- item') where none can stand",
    "expected '<document start>'": "text that does not belong to the lines above it",
    "found unknown escape": "an unknown escape in double quotes; write two backslashes, or use single quotes",
    "while scanning an alias": "text that begins with '*', which YAML takes for an alias; put it in quotes",
    "while scanning an anchor": "text that begins with '&', which YAML takes for an anchor; put it in quotes",
    "while scanning a tag": "a value that begins with '!', which YAML takes for a tag; put it in quotes",
    "while parsing a tag": "a value that begins with '!', which YAML takes for a tag; put it in quotes",
    "expected chomping": "text that begins with '|' or '>', which YAML takes for a block; put it in quotes",
    "while scanning a directive": "a line that begins with '%', which YAML takes for a directive; remove it",
    "found character": "a value that begins with a mark special to YAML; put it in quotes",
}
# What is missing is noticed further down; the line to change is the one where it began.
_FOUND_OUT_LATER = ("could not find expected ':'", "found unexpected", "expected ','")


class _Loader(yaml.SafeLoader):
    """Composes nodes; refuses aliases (a few lines of them expand to gigabytes), deep nesting and too many."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave the parser untyped
        self._nodes += 1
        refused = _ALIASES if isinstance(event, yaml.AliasEvent) else _DEPTH if self._depth >= _MAX_DEPTH else ""
        refused = refused or (_NODES if self._nodes > _MAX_NODES else "")
        if refused:
            raise yaml.composer.ComposerError(None, None, refused, event.start_mark)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def read(path: Path, place: Place, most_bytes: int = MAX_BYTES) -> bytes | Fault:
    """The bytes of a settings file. Opens nothing but a regular file, so that a pipe cannot block it.

    Args:
        path: the file.
        place: what it is called.
        most_bytes: so many are read, and one more, by which `parse` knows that there are more.

    Raises:
        FileNotFoundError: whether that matters is for the caller to say.

    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return Fault(place, "", "is a folder; give the path of a YAML file")
        if not stat.S_ISREG(mode):
            return Fault(place, "", "is not a regular file; give the path of a YAML file")
        with path.open("rb") as file:
            return file.read(most_bytes + 1)
    except FileNotFoundError:
        if path.is_symlink():
            return Fault(place, "", f"is a link to {path.readlink()}, which does not exist; correct it")
        raise
    except PermissionError:
        return Fault(place, "", "no permission to read it; check its owner and mode (chmod u+r)")
    except OSError as error:
        return Fault(place, "", f"cannot be read: {error.strerror or error}")


def parse(data: bytes, place: Place, most_bytes: int = MAX_BYTES) -> yaml.Node | Fault | None:
    """The root node of a YAML document, None when it is empty, or what keeps it from being read."""
    if len(data) > most_bytes:
        return Fault(place, "", f"larger than {most_bytes // 1024} KiB, so no settings file; check the path")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Fault(place.at(line), "", "not UTF-8 text; save the file as UTF-8")
    try:
        return _Loader(text).get_single_node()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        code = f"U+{ord(text[error.position]):04X}"
        return Fault(place.at(line), "", f"a control character ({code}); remove it")
    except yaml.MarkedYAMLError as error:
        return _fault_of(error, place)
    except (ValueError, OverflowError):  # PyYAML passes an escape such as "\UFFFFFFFF" to chr() unchecked
        return Fault(place, "", "not valid YAML: an escape or directive holds a number that is too large")


def _fault_of(error: yaml.MarkedYAMLError, place: Place) -> Fault:
    problem = error.problem or "unknown error"
    said = (problem, error.context or "")
    found = (ours for theirs, ours in _PLAIN_SENTENCES.items() if any(text.startswith(theirs) for text in said))
    what = next(found, problem if problem in (_ALIASES, _DEPTH, _NODES) else f"not valid YAML: {problem}")
    mark = (error.context_mark if problem.startswith(_FOUND_OUT_LATER) else None) or error.problem_mark
    return Fault(place if mark is None else place.at(mark.line + 1), "", what)
