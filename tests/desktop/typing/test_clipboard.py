"""The clipboard is lent and given back: whatever was in it is in it afterwards."""

from __future__ import annotations

import signal
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from tests.desktop.rig.programs import need
from tests.desktop.rig.waiting import until
from tests.desktop.rig.windows import GtkEntry, XtermWindow
from tests.desktop.rig.x11 import X11Rig
from tests.desktop.typing.conftest import SAMPLE, Aim
from tests.desktop.typing.copying import copy, read
from Xlib import X, Xatom
from Xlib.protocol import request
from Xlib.protocol.event import SelectionClear, SelectionNotify, SelectionRequest

from sayso.errors import TypistError, Unable
from sayso.events import Edit
from sayso.typist import Target
from sayso.typist.x11 import MOST_OFFERS, X11Typist
from sayso.x11.clipboard import CLOSE_SECONDS, RESTORE_SECONDS, Clipboard, Offer
from sayso.x11.connection import connect
from sayso.x11.desk import Desk
from sayso.x11.selection_reader import ANSWER_SECONDS, MOST_BYTES, READ_SECONDS
from sayso.x11.selections import SECRET_HINT

PICTURE = bytes(range(256)) * 4096  # 1 MiB: comes and goes in pieces
OWNED = "what the person had copied: é ש — 😀"


@contextmanager
def holding(
    x11: X11Rig, content: bytes, *options: str, selection: str = "clipboard"
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that holds the clipboard, or another selection."""
    command = [need("xclip", "xclip"), "-quiet", "-in", "-selection", selection, *options]
    holder = subprocess.Popen(command, env=x11.env, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert holder.stdin is not None
    holder.stdin.write(content)
    holder.stdin.close()
    until(lambda: is_owned(x11, selection.upper()), "an owner of the selection")
    try:
        yield holder
    finally:
        holder.kill()
        holder.wait()


def is_owned(x11: X11Rig, selection: str = "CLIPBOARD") -> bool:
    """Whether anybody owns a selection."""
    display = connect(x11.display)
    try:
        return not isinstance(display.get_selection_owner(display.intern_atom(selection)), int)
    finally:
        display.close()


def test_text_in_the_clipboard_is_there_again_after_a_paste(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    copy(x11, OWNED)
    for _ in range(3):
        typist.type(Edit(0, SAMPLE), aim(gtk_entry))
    gtk_entry.wait_for_text(3 * SAMPLE)
    until(lambda: x11.clipboard() == OWNED, "the clipboard to be as before")
    x11.press(37, 55)
    gtk_entry.wait_for_text(3 * SAMPLE + OWNED)


def test_both_selections_are_there_again_after_a_paste_into_a_terminal(
    x11: X11Rig, typist: X11Typist, aim: Aim, xterm: XtermWindow
) -> None:
    copy(x11, OWNED)
    copy(x11, "selected", "primary")
    typist.type(Edit(0, SAMPLE), aim(xterm))
    xterm.wait_for_text(SAMPLE)
    until(lambda: (x11.clipboard(), x11.clipboard("primary")) == (OWNED, "selected"), "both to be as before")


def test_a_picture_in_the_clipboard_is_there_again_after_a_paste(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    with holding(x11, PICTURE, "-target", "image/png"):
        typist.type(Edit(0, SAMPLE), aim(gtk_entry))
        gtk_entry.wait_for_text(SAMPLE)
        until(lambda: read(x11, "image/png") == PICTURE, "the picture to be there again")
        typist.type(Edit(0, SAMPLE), aim(gtk_entry))
        gtk_entry.wait_for_text(2 * SAMPLE)
        until(lambda: read(x11, "image/png") == PICTURE, "the picture to be there once more")


@pytest.mark.parametrize("selection", ["clipboard", "primary"])
def test_a_large_picture_keeps_nobody_from_dictating_into_a_terminal(
    x11: X11Rig, typist: X11Typist, aim: Aim, xterm: XtermWindow, selection: str
) -> None:
    picture = 20 * PICTURE
    with holding(x11, picture, "-target", "image/png", selection=selection):
        typist.type(Edit(0, SAMPLE), aim(xterm))
        xterm.wait_for_text(SAMPLE)
        until(lambda: read(x11, "image/png", selection) == picture, "the picture to be there again")


def test_an_empty_clipboard_is_empty_afterwards(
    x11: X11Rig, typist: X11Typist, aim: Aim, xterm: XtermWindow
) -> None:
    display = connect(x11.display)
    for name in ("CLIPBOARD", "PRIMARY"):
        display.screen().root.create_window(0, 0, 1, 1, 0, 0).set_selection_owner(display.intern_atom(name), 0)
    display.close()  # and with the window its ownership ends
    typist.type(Edit(0, SAMPLE), aim(xterm))
    xterm.wait_for_text(SAMPLE)
    until(lambda: not is_owned(x11) and not is_owned(x11, "PRIMARY"), "nobody to own them")


@pytest.mark.parametrize("selection", ["clipboard", "primary"])
def test_what_an_owner_holds_that_does_not_answer_is_not_destroyed(
    x11: X11Rig, typist: X11Typist, aim: Aim, xterm: XtermWindow, selection: str
) -> None:
    with holding(x11, b"unreachable", selection=selection) as holder:
        holder.send_signal(signal.SIGSTOP)
        started = time.monotonic()
        with pytest.raises(Unable, match="does not answer"):
            typist.type(Edit(0, SAMPLE), aim(xterm))
        assert time.monotonic() - started < ANSWER_SECONDS + 0.5
        holder.send_signal(signal.SIGCONT)
        assert x11.clipboard(selection) == "unreachable"
        typist.type(Edit(0, SAMPLE), aim(xterm))
        xterm.wait_for_text(SAMPLE)


class Lister:
    """A program that holds a text in the clipboard, and says in its own way which formats it has it in."""

    def __init__(self, x11: X11Rig, text: str, bits: int, offered: bytes) -> None:
        self._x11 = x11
        self._display = connect(x11.display)
        self._window = self._display.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        utf8, self._targets = (self._display.intern_atom(name) for name in ("UTF8_STRING", "TARGETS"))
        self._answers = {self._targets: (Xatom.ATOM, bits, offered), utf8: (utf8, 8, text.encode())}
        self._window.set_selection_owner(self._display.intern_atom("CLIPBOARD"), X.CurrentTime)
        self._display.sync()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not isinstance(event := self._display.next_event(), SelectionClear):
            if isinstance(event, SelectionRequest):
                self._answer(event)

    def _answer(self, event: SelectionRequest) -> None:
        answer = self._answers.get(event.target)
        if answer is not None:
            event.requestor.change_property(event.property, *answer)
        told = {name: getattr(event, name) for name in ("time", "requestor", "selection", "target")}
        event.requestor.send_event(SelectionNotify(property=event.property if answer else X.NONE, **told))
        self._display.flush()

    def close(self) -> None:
        """Leave; another has the clipboard then."""
        self._x11.set_clipboard("")
        self._thread.join()
        self._display.close()


class Mortal(Lister):
    """One that ends when it is asked for what it holds."""

    def _run(self) -> None:
        while (event := self._display.next_event()).target == self._targets:
            self._answer(event)
        self._display.close()


def test_an_owner_that_ends_while_it_is_asked_costs_no_text(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    Mortal(x11, OWNED, 32, struct.pack("=I", x11.eye.intern_atom("UTF8_STRING")))
    started = time.monotonic()
    typist.type(Edit(0, SAMPLE), aim(gtk_entry))
    assert time.monotonic() - started < READ_SECONDS / 2
    gtk_entry.wait_for_text(SAMPLE)


@pytest.mark.parametrize(
    ("bits", "offered"),
    [
        (32, lambda utf8: struct.pack("=4I", 0, utf8, 0x1FFF_FFFF, utf8)),
        (8, lambda _: b"\1\2\3\4\5"),
        (8, lambda _: b"\1\2\3\4"),
    ],
    ids=["what is no atom", "bytes", "as many bytes as an atom has"],
)
def test_a_list_of_formats_that_makes_no_sense_costs_neither_the_text_nor_what_was_copied(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, bits: int, offered: Callable[[int], bytes]
) -> None:
    with closing(Lister(x11, OWNED, bits, offered(x11.eye.intern_atom("UTF8_STRING")))):
        typist.type(Edit(0, SAMPLE), aim(gtk_entry))
        gtk_entry.wait_for_text(SAMPLE)
        until(lambda: x11.clipboard() == OWNED, "the clipboard to be as before")


def test_more_than_can_be_put_back_is_not_destroyed(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    much = bytes(MOST_BYTES + 1)
    with holding(x11, much, "-target", "image/png"):
        with pytest.raises(Unable, match="copy something smaller"):
            typist.type(Edit(0, SAMPLE), aim(gtk_entry))
        assert len(read(x11, "image/png")) == len(much)
        typist.type(Edit(0, "plain"), aim(gtk_entry))
        gtk_entry.wait_for_text("plain")


def test_what_another_program_copies_meanwhile_stays(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry
) -> None:
    copy(x11, "before")
    typist.type(Edit(0, SAMPLE), aim(gtk_entry))
    copy(x11, "meanwhile")
    threading.Event().wait(RESTORE_SECONDS + 0.2)  # what must not happen announces itself by nothing
    assert x11.clipboard() == "meanwhile"


def test_clipboard_managers_are_asked_not_to_record_it(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.x11.clipboard.RESTORE_SECONDS", 60.0)  # xclip may be slow
    typist.type(Edit(0, SAMPLE), aim(gtk_entry))
    assert read(x11, SECRET_HINT) == b"secret"
    assert read(x11, "UTF8_STRING").decode() == SAMPLE
    assert read(x11, "STRING") == b"", "not a Latin-1 text: nothing rather than question marks"


@contextmanager
def manager(x11: X11Rig, typist: X11Typist, monkeypatch: pytest.MonkeyPatch, times: int) -> Iterator[Clipboard]:
    """A clipboard manager that takes the clipboard with the same text each time that it is lent, so many times."""
    lend, left = typist._lend, [None] * times
    manager = Clipboard(x11.display)

    def taken_over(desk: Desk, text: str, target: Target) -> Offer:
        offer = lend(desk, text, target)
        if left:
            left.pop()
            manager.offer(text, frozenset(), primary=False)
        return offer

    monkeypatch.setattr(typist, "_lend", taken_over)
    try:
        yield manager
    finally:
        manager.close()


def test_a_text_that_a_clipboard_manager_takes_over_is_offered_again_and_what_was_copied_put_back(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(x11, OWNED)
    with manager(x11, typist, monkeypatch, times=MOST_OFFERS - 1):
        typist.type(Edit(0, SAMPLE), aim(gtk_entry))
        gtk_entry.wait_for_text(SAMPLE)
        until(lambda: x11.clipboard() == OWNED, "the clipboard to be as before")


def test_a_program_that_never_leaves_the_clipboard_alone_is_an_error_and_nothing_is_typed(
    x11: X11Rig, typist: X11Typist, aim: Aim, gtk_entry: GtkEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        manager(x11, typist, monkeypatch, times=MOST_OFFERS),
        pytest.raises(TypistError, match="again and again"),
    ):
        typist.type(Edit(0, SAMPLE), aim(gtk_entry))
    assert gtk_entry.text == ""


def test_a_terminal_pastes_the_primary_selection_whoever_has_the_clipboard(
    x11: X11Rig, typist: X11Typist, aim: Aim, xterm: XtermWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with manager(x11, typist, monkeypatch, times=MOST_OFFERS):
        typist.type(Edit(0, SAMPLE), aim(xterm))
        xterm.wait_for_text(SAMPLE)


class Person:
    """Somebody who copies something at a moment of the test's choosing."""

    def __init__(self, x11: X11Rig) -> None:
        self._display = connect(x11.display)
        self._window = self._display.screen().root.create_window(0, 0, 1, 1, 0, 0)
        self._clipboard = self._display.intern_atom("CLIPBOARD")
        self.copied = threading.Event()

    def copy(self) -> None:
        """Take the clipboard; the server knows when this returns."""
        self._window.set_selection_owner(self._clipboard, 0)
        self._display.sync()
        self.copied.set()

    def owns_it(self) -> bool:
        """Whether nobody has taken it since."""
        return bool(self._display.get_selection_owner(self._clipboard) == self._window)

    def close(self) -> None:
        """Leave, and the clipboard is nobody's."""
        self._display.close()


@pytest.fixture
def person(x11: X11Rig) -> Iterator[Person]:
    """Somebody who copies."""
    person = Person(x11)
    yield person
    person.close()


@pytest.fixture
def clipboard(x11: X11Rig) -> Iterator[Clipboard]:
    """The clipboard alone, with a text in it."""
    clipboard = Clipboard(x11.display)
    clipboard.keep("before")
    yield clipboard
    clipboard.close()


def test_what_is_copied_just_before_the_restore_stays(
    clipboard: Clipboard, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    restore = clipboard._restore

    def copied_first() -> None:  # in the clipboard's thread: the word of it lies unread
        person.copy()
        restore()

    clipboard.offer(SAMPLE, frozenset(), primary=False)
    monkeypatch.setattr(clipboard, "_restore", copied_first)
    clipboard.give_back()
    assert person.owns_it()


def test_what_is_copied_in_the_middle_of_a_restore_stays_and_the_thread_lives_on(
    clipboard: Clipboard, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_selection, waiting = request.SetSelectionOwner, [person]

    def copied_first(**arguments: object) -> object:
        if waiting:
            waiting.pop().copy()
        return take_selection(**arguments)

    monkeypatch.setattr("sayso.x11.clipboard.UNTAKEN_SECONDS", 0.2)
    clipboard.offer(SAMPLE, frozenset(), primary=False)
    monkeypatch.setattr(request, "SetSelectionOwner", copied_first)
    assert person.copied.wait(10)
    clipboard.give_back()
    assert person.owns_it()
    with pytest.raises(Unable, match="does not answer"):
        clipboard.offer(SAMPLE, frozenset(), primary=False)
    assert person.owns_it()
    clipboard.keep(SAMPLE)
    assert not person.owns_it()


def test_a_server_that_does_not_answer_does_not_hold_up_the_end() -> None:
    with X11Rig() as rig:
        clipboard = Clipboard(rig.display)
        clipboard.keep(SAMPLE)
        assert rig._server is not None
        server = rig._server._process
        ending = threading.Thread(target=clipboard.close)
        server.send_signal(signal.SIGSTOP)
        try:
            ending.start()
            ending.join(CLOSE_SECONDS + 2)
            has_ended = not ending.is_alive()
        finally:
            server.send_signal(signal.SIGCONT)
        assert has_ended
        clipboard._thread.join(10)
        assert not clipboard._thread.is_alive(), "the server answers again"
