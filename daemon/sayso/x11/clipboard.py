"""The clipboard: lends it a text for the length of a paste, and puts back what was there."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import select
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from Xlib import X
from Xlib.protocol import request
from Xlib.protocol.event import PropertyNotify, SelectionClear, SelectionNotify, SelectionRequest

from sayso.errors import DisplayError, TypistError, Unable
from sayso.x11.by_hand import is_pasting
from sayso.x11.connection import LOST, client_of, connect, unheard
from sayso.x11.selection_reader import HANGS, Reader, Saved
from sayso.x11.selections import Holding, Owner, Value, server_time
from sayso.x11.xkb import Xkb

log = logging.getLogger(__name__)
T = TypeVar("T")
RESTORE_SECONDS = 0.3  # after the paste: some programs ask twice, and the next words are often near
UNTAKEN_SECONDS = 20.0  # a window that hangs has the keys in its queue, and pastes what it finds later
SETTLE_SECONDS = 0.05  # between two texts: who asks twice must not get the next one for the last
AHEAD_SECONDS = 0.05  # for a program that reads whatever is copied to do so; each new one is waited for once
CALL_SECONDS = 10.0  # for everything together that a call may wait for
HANDOVER_SECONDS = 1.0
CLOSE_SECONDS = 2.0  # a server that does not answer keeps the thread for as long as it likes
STRUCK = "SAYSO_STRUCK"  # a property of our window: whoever strikes the shortcut changes it in the same grab


@dataclass(frozen=True, slots=True)
class Offer:
    """A text that is being lent to the clipboard.

    Attributes:
        owner: the window that must own the selections when the shortcut is struck.
        selections: which they are (atoms).
        clients: whose taking it counts (`Windows.client`).
        read_ahead: set when one of them has got the text that it asked for before the shortcut was struck.
        taken: set when one of them has got the text that it asked for after that.
        late: set when that was waited for in vain (`Clipboard.leave_to`).

    """

    owner: int
    selections: tuple[int, ...]
    clients: frozenset[int]
    read_ahead: threading.Event = field(default_factory=threading.Event)
    taken: threading.Event = field(default_factory=threading.Event)
    late: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class _Displaced:
    """What was lent when another program took a selection, and what that had held before."""

    lent: dict[int, Value]
    before: Saved


class Clipboard:
    """The clipboard of one display; every method may be called by any thread, and blocks until it is done.

    Args:
        name: the display.
        on_late: called, in the thread, when a text has been taken that came late.

    Raises:
        DisplayError: the display cannot be opened, or lacks XKB.

    """

    def __init__(self, name: str, on_late: Callable[[], None] = lambda: None) -> None:
        self._on_late = on_late
        self._display = connect(name)
        self._display.set_error_handler(unheard)  # of requestors that are gone
        self._window = self._display.screen().root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
        self.clipboard = self._display.intern_atom("CLIPBOARD")
        self.primary = self._display.intern_atom("PRIMARY")
        self._utf8 = self._display.intern_atom("UTF8_STRING")
        self._stamp = self._display.intern_atom("SAYSO_STAMP")
        self._struck = self._display.intern_atom(STRUCK)
        self._xkb = Xkb(self._display)
        self._owner = Owner(self._display)
        self._reader = Reader(self._display, self._window, self._wait)
        self._saved: dict[int, Saved] = {}
        self._displaced: dict[int, _Displaced] = {}
        self._kept = ""
        self._offer: Offer | None = None
        self._reads_ahead: dict[frozenset[int], bool] = {}
        self._restore_at: float | None = None
        self._served_at = 0.0
        self._calls: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._running = True
        self._thread = threading.Thread(target=self._run, name="sayso-clipboard", daemon=True)
        self._thread.start()

    def offer(self, text: str, clients: frozenset[int], primary: bool) -> Offer:
        """Lend a text to the clipboard, and to the primary selection where asked; what is there is saved before.

        To be pasted by a shortcut that is struck together with a change of the property STRUCK of `Offer.owner`,
        while the server is grabbed. What is asked for before that is given out, and is no paste: some programs
        read whatever is copied. Times would not tell: GTK 4 asks for a paste with the time of the copying, others
        with none.

        Args:
            text: to be pasted.
            clients: whose taking it counts (`Windows.client`); clipboard managers ask as well.
            primary: lend it to the primary selection too.

        Raises:
            Unable: what is there cannot be saved, or another program does not let go of the clipboard.
            TypistError: the display does not answer.
            DisplayError: the display is gone.

        """
        selections = (self.clipboard, self.primary) if primary else (self.clipboard,)
        return self._call(lambda: self._lend(text, clients, selections))

    def leave_to(self, offer: Offer) -> None:
        """The window has not taken the text in time: it alone gets it from now on, for as long as it takes.

        What it was told is in its queue, and it pastes what it finds then: what the person had copied must not
        come where nobody pasted it. All others find that again.

        Raises:
            DisplayError: the display is gone.

        """
        self._call(lambda: self._serve_apart(offer))

    def give_back(self) -> None:
        """Put back what was there, at once; without it that happens soon after the paste.

        Raises:
            DisplayError: the display is gone.

        """
        self._call(self._restore)

    def keep(self, text: str) -> None:
        """Put a text in the clipboard to stay, after what was kept there before if that is still there.

        What a person has been seen to paste (`is_pasting`) is done with and not repeated; rather repeat a text
        than lose it where that was not to be seen.

        Raises:
            TypistError: another program does not let go of it.
            DisplayError: the display is gone.

        """
        self._call(lambda: self._keep(text))

    def close(self) -> None:
        """Put back what was there, hand what we own to a clipboard manager, end the thread. Never raises.

        Blocks until it has ended, for 2 s at most: where the server does not answer it ends by itself later.
        """
        deadline = time.monotonic() + CLOSE_SECONDS
        try:
            self._call(self._leave, CLOSE_SECONDS)
        except (DisplayError, TypistError):
            self._running = False
            os.eventfd_write(self._wake, 1)
        self._thread.join(max(0.0, deadline - time.monotonic()))
        if not self._thread.is_alive():
            os.close(self._wake)

    def _call(self, what: Callable[[], T], timeout_seconds: float = CALL_SECONDS) -> T:
        answer: Future[T] = Future()
        self._calls.put((what, answer))
        os.eventfd_write(self._wake, 1)
        if not self._running:  # the thread empties the queue after it has said so
            raise DisplayError("the X display is gone")
        try:
            return answer.result(timeout_seconds)
        except TimeoutError:
            raise TypistError("the X display does not answer; is another program holding it?") from None

    # ── in the thread ─────────────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        """Thread `sayso-clipboard`: owns the connection; waits for requests and calls, for others 4 s at most."""
        try:
            while self._running:
                self._wait(lambda _: True, self._restore_at, calls=True)
                self._take_calls()
                if self._restore_at is not None and time.monotonic() >= self._restore_at:
                    self._restore()
            self._display.close()
        except LOST:
            log.debug("the clipboard's display is gone")
        finally:
            self._running = False
            while not self._calls.empty():
                self._calls.get()[1].set_exception(DisplayError("the X display is gone"))

    def _take_calls(self) -> None:
        while self._running and not self._calls.empty():
            what, answer = self._calls.get()
            try:
                answer.set_result(what())
            except LOST:
                answer.set_exception(DisplayError("the X display is gone"))
                raise
            except Exception as error:
                answer.set_exception(error)

    def _wait(self, accept: Callable[[object], bool], deadline: float | None, calls: bool = False) -> object:
        """Dispatch events until one is accepted, which is returned; None at the deadline, or when calls wait."""
        while True:
            while self._display.pending_events():
                event = self._display.next_event()
                self._dispatch(event)
                if accept(event):
                    return event
            if calls and (not self._calls.empty() or not self._running):
                return None
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return None
            ready = [self._display.fileno(), *([self._wake] if calls else [])]
            select.select(ready, [], [], left)
            if calls:
                self._drain()

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._wake)

    def _dispatch(self, event: object) -> None:
        if isinstance(event, SelectionRequest):
            self._owner.on_request(event)
        elif isinstance(event, PropertyNotify):
            if event.atom == self._struck and event.window.id == self._window.id:
                self._on_struck()
            self._owner.on_property(event)
        elif isinstance(event, SelectionClear) and event.window.id == self._window.id:
            self._lost(event.atom, event.time)

    def _lost(self, selection: int, when: int) -> None:
        """Another program has taken it: what it holds now is what is to stay."""
        holding = self._owner.holdings.get(selection)
        if holding is not None and when >= holding.since:
            del self._owner.holdings[selection]
            before = self._saved.pop(selection, None)
            if before is not None and holding.apart is None:
                self._displaced[selection] = _Displaced(holding.values, before)

    def _lend(self, text: str, clients: frozenset[int], selections: tuple[int, ...]) -> Offer:
        self._settle()
        now = self._now()
        for selection in selections:
            if selection not in self._saved:
                self._saved[selection] = self._save(selection, now)
        self._offer = offer = Offer(int(self._window.id), selections, clients)

        def served_ahead(requestor: int) -> None:
            if client_of(self._display, requestor) in clients:
                self._reads_ahead[clients] = True
                offer.read_ahead.set()

        values = self._owner.text_values(text)
        self._restore_at = time.monotonic() + UNTAKEN_SECONDS
        for selection in selections:
            self._own(selection, Holding(values, on_served=served_ahead))
        if self._reads_ahead.get(clients, True):  # what it asks for just after the strike would pass for the paste
            self._wait(lambda _: offer.read_ahead.is_set(), time.monotonic() + AHEAD_SECONDS)
            self._reads_ahead[clients] = offer.read_ahead.is_set()
        return offer

    def _on_struck(self) -> None:
        """The shortcut was struck: what is asked for from now on is taken for the paste."""
        offer = self._offer
        if offer is None:  # it was given back
            return

        def served(requestor: int) -> None:
            if client_of(self._display, requestor) in offer.clients:
                self._served_at = time.monotonic()
                self._restore_at = self._served_at + RESTORE_SECONDS
                offer.taken.set()
                if offer.late.is_set():
                    self._on_late()

        for selection in offer.selections:
            if selection in self._owner.holdings:
                self._owner.holdings[selection].on_served = served

    def _serve_apart(self, offer: Offer) -> None:
        if self._offer is not offer or offer.taken.is_set():
            return
        offer.late.set()
        self._restore_at = None
        for selection in offer.selections:
            lent, before = self._owner.holdings.get(selection), self._saved.get(selection)
            if lent is not None and before is not None:
                self._owner.holdings[selection] = Holding(
                    before.values,
                    lent.since,
                    self._served_to_stay,
                    (lambda requestor: client_of(self._display, requestor) in offer.clients, lent),
                )

    def _settle(self) -> None:
        """Let who has just pasted ask again; meanwhile others are served."""
        self._wait(lambda _: False, self._served_at + SETTLE_SECONDS)

    def _save(self, selection: int, now: int) -> Saved:
        ours = self._owner.holdings.get(selection)
        if ours is not None:
            return Saved(ours.values)
        if isinstance(self._display.get_selection_owner(selection), int):
            return Saved({})
        saved = self._reader.read(selection, now)
        displaced = self._displaced.pop(selection, None)
        # A clipboard manager that has taken over what was lent: that is not what the person had copied.
        if displaced is not None and saved.values.get(self._utf8) == displaced.lent[self._utf8]:
            return displaced.before
        if not saved.answered:
            raise Unable(HANGS)
        return saved

    def _own(self, selection: int, holding: Holding) -> None:
        holding.since = self._now()
        self._owner.holdings[selection] = holding
        self._window.set_selection_owner(selection, holding.since)
        if not self._owns(selection):
            self._owner.holdings.pop(selection, None)
            self._saved.pop(selection, None)
            raise Unable("another program holds on to the clipboard; close it, and dictate again")

    def _owns(self, selection: int) -> bool:
        return bool(self._display.get_selection_owner(selection) == self._window)

    def _restore(self) -> None:
        """Put back what was there, as its owner; nobody is the owner where nobody was.

        A selection that another program has taken meanwhile is left to it.
        """
        self._restore_at = self._offer = None
        self._display.sync()
        self._wait(lambda _: False, time.monotonic())  # word of what others have taken may not be read yet
        saved, self._saved = self._saved, {}
        for selection, before in saved.items():
            holding = self._owner.holdings.pop(selection, None)
            if holding is None:
                continue
            # With the time at which we took it the server ignores this if another has taken it since.
            owner = self._window if before.values else X.NONE
            request.SetSelectionOwner(
                display=self._display.display, window=owner, selection=selection, time=holding.since
            )
            if before.values and self._owns(selection):
                self._owner.holdings[selection] = Holding(before.values, holding.since, self._served_to_stay)
        self._display.sync()

    def _served_to_stay(self, requestor: int) -> None:
        if self._kept and is_pasting(self._display, self._xkb, client_of(self._display, requestor)):
            self._kept = ""

    def _keep(self, text: str) -> None:
        self._restore()
        if self._kept and self._reader.holds(self.clipboard, self._kept, self._now()):
            text = f"{self._kept} {text}"
        self._own(self.clipboard, Holding(self._owner.text_values(text), on_served=self._served_to_stay))
        self._kept = text

    def _leave(self) -> None:
        if self._offer is not None and self._offer.late.is_set() and not self._offer.taken.is_set():
            self._running = False  # rather nothing than what the person had copied, where nobody pasted it
            return
        self._restore()
        manager = self._display.intern_atom("CLIPBOARD_MANAGER")
        if self.clipboard in self._owner.holdings and not isinstance(
            self._display.get_selection_owner(manager), int
        ):
            self._window.convert_selection(
                manager, self._display.intern_atom("SAVE_TARGETS"), self._stamp, self._now()
            )
            self._wait(
                lambda event: isinstance(event, SelectionNotify) and event.selection == manager,
                time.monotonic() + HANDOVER_SECONDS,
            )
        self._running = False

    def _now(self) -> int:
        return server_time(self._window, self._stamp, self._wait)
