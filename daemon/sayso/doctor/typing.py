"""Does dictated text arrive? The typist of the settings types into sayso's own window, which is read back."""

from __future__ import annotations

import difflib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sayso.config import Settings
from sayso.desktop import describe_absence, find_display
from sayso.doctor import Finding, Light
from sayso.doctor.clipboard_keeper import is_at_risk, start
from sayso.doctor.own_window import APPLICATION, OwnWindow
from sayso.doctor.xwayland import is_xwayland
from sayso.edges import typist_from
from sayso.errand import Errand, Overdue
from sayso.errors import DisplayError, SaysoError, TargetAway, TargetBusy, TargetGone, TypistError
from sayso.events import Edit
from sayso.hotkeys.attendance import WaitableEvent
from sayso.typist import HERE, OnePlace, Target, Typist
from sayso.typist.session import SessionTypist
from sayso.typist.x11 import X11Typist

PART = "typing"
EDITS = (Edit(0, "sayso doctor wrote "), Edit(6, "writes "), Edit(0, "é ש — 😀"))
"""Keys for what the layout has, backspaces, and a paste for what hardly any layout has."""
WRITTEN = "sayso doctor writes é ש — 😀"
TERMINALS = ("stdout", "terminal")

LIMIT_SECONDS = 4.8  # for all of it, an X server that hangs included
TYPED_SECONDS = 4.0  # from the start until everything has been typed …
FOCUS_SECONDS = 1.5  # … of which so much for a window manager that thinks about the focus
KEYS_SECONDS = 0.5  # a person who has just struck Enter
MARGIN_SECONDS = 0.5  # of that for the typing itself, which takes 50 to 200 ms
ARRIVED_SECONDS = 0.3  # for what is typed already

NOT_TRIED = "typing was not tried"
AGAIN = "run sayso doctor again, and leave keyboard and mouse alone for a few seconds"
OTHERS = (
    "close other programs that type, or that watch keys or the clipboard (remote desktops, text expanders, "
    "clipboard managers), and run sayso doctor again; if it stays so, report it with what sayso doctor --json says"
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of the text.

    Attributes:
        text: what stood in the window at the end.
        milliseconds: from the first key until the whole text stood there, or until nothing more came.
        by_hand: how many keys the person pressed meanwhile.
        is_xwayland: there may be windows that X knows nothing of.

    """

    text: str
    milliseconds: int
    by_hand: int
    is_xwayland: bool


def check_typing(settings: Settings, open_typist: Callable[[Settings], Typist] = typist_from) -> Iterator[Finding]:
    """Type a sentence into sayso's own window, and nowhere else; takes 5 s at most.

    Args:
        settings: which typing backend.
        open_typist: the edge to it.

    """
    backend = settings.typist.backend
    if backend in TERMINALS:
        message = f"typist.backend is {backend}: text goes there, and into no window"
        yield Finding(PART, Light.AMBER, message, "set typist.backend to auto to have it typed into windows")
        return
    try:
        yield Errand(lambda: _try(settings, open_typist)).wait(LIMIT_SECONDS)
    except Overdue:
        message = f"the X display does not answer within {LIMIT_SECONDS:g} s"
        yield Finding(PART, Light.RED, message, "restart the desktop session")
    except DisplayError as error:
        yield Finding(PART, Light.AMBER, f"{NOT_TRIED}: {error}", "run sayso doctor in the desktop session")
    except SaysoError as error:
        yield Finding(PART, Light.RED, str(error), OTHERS)
    except Exception as error:  # a stranger's backend raises what it likes, and may quote the text
        yield Finding(PART, Light.RED, f"the typing failed ({type(error).__name__})", OTHERS)


def judge(arrival: Arrival) -> Finding:
    """What is to be said of it."""
    facts = {"characters": len(WRITTEN), "milliseconds": arrival.milliseconds, "keys_by_hand": arrival.by_hand}
    if arrival.text == WRITTEN:
        message = (
            f"{len(WRITTEN)} characters, among them é ש — 😀, typed into a window of sayso's own and read back "
            f"unchanged in {arrival.milliseconds} ms"
        )
        if arrival.is_xwayland:
            message += "; this is a Wayland session, where that holds for X11 windows only"
            remedy = "dictate into programs that run under XWayland, or log in to an X11 session"
            return Finding(PART, Light.AMBER, message, remedy, facts)
        return Finding(PART, Light.GREEN, message, facts=facts)
    if arrival.by_hand:
        message = f"somebody typed as well ({arrival.by_hand} keys), so what arrived proves nothing"
        return Finding(PART, Light.AMBER, message, AGAIN, facts)
    wrong = differing(WRITTEN, arrival.text)
    message = (
        f"of the {len(WRITTEN)} characters typed into a window of sayso's own, {wrong} arrived changed, twice or "
        "not at all"
    )
    return Finding(PART, Light.RED, message, OTHERS, {**facts, "differing_characters": wrong})


def differing(written: str, arrived: str) -> int:
    """How many characters are lost, changed or too many."""
    steps = difflib.SequenceMatcher(None, written, arrived, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for kind, i1, i2, j1, j2 in steps if kind != "equal")


def _try(settings: Settings, open_typist: Callable[[Settings], Typist]) -> Finding:
    """Thread `sayso-errand`; blocks for as long as an X server that hangs."""
    deadline = time.monotonic() + TYPED_SECONDS
    name = find_display()
    if name is None:
        if describe_absence() is None:
            reason = "this Wayland session has no X display"
            remedy = "enable XWayland, for the doctor's own window; or dictate a sentence and see it arrive"
        else:
            reason, remedy = "there is no desktop session here", "run sayso doctor in the desktop session"
        return Finding(PART, Light.AMBER, f"{NOT_TRIED}: {reason}", remedy)
    hand = _Hand(lambda: open_typist(settings), deadline)
    try:
        with OwnWindow(name) as window:
            obstacle = _prepare(window, name, deadline)
            if obstacle is not None:
                return obstacle
            return _read_back(window, hand, deadline)
    finally:
        hand.call_off(deadline)


def _prepare(window: OwnWindow, name: str, deadline: float) -> Finding | None:
    """Get the focus, and see that nothing is lost by typing; what is in the way, if anything is."""
    kept = Errand(lambda: start(name)) if is_at_risk(window.display) else None
    if not window.take_focus(min(deadline, time.monotonic() + FOCUS_SECONDS)):
        message = f"{NOT_TRIED}: the window manager did not give sayso's own window the focus"
        return Finding(PART, Light.AMBER, message, "close menus and what covers the screen; " + AGAIN)
    if not window.follow(lambda: not window.keys_are_down, time.monotonic() + KEYS_SECONDS):
        remedy = "let go of all keys, press once any that may be stuck, and run sayso doctor again"
        return Finding(PART, Light.AMBER, f"{NOT_TRIED}: a key is held down", remedy)
    if kept is not None and not kept.wait(max(0.0, deadline - time.monotonic())):
        message = f"{NOT_TRIED}: what you have copied would be lost, as no clipboard manager runs here"
        return Finding(PART, Light.AMBER, message, "start a clipboard manager, and run sayso doctor again")
    return None


def _read_back(window: OwnWindow, hand: _Hand, deadline: float) -> Finding:
    window.by_hand = 0
    hand.may_begin.set()

    def is_over() -> bool:
        return hand.ended.wait(0) or window.is_closed or not window.has_focus

    window.follow(lambda: window.text == WRITTEN or is_over(), deadline, hand.ended.fileno())
    arrived_at = time.monotonic()
    window.follow(is_over, deadline, hand.ended.fileno())  # what comes after the last character counts, too
    if not hand.ended.wait(0):
        if window.is_closed or not window.has_focus:
            return Finding(PART, Light.AMBER, f"{NOT_TRIED} to its end: the focus went elsewhere", AGAIN)
        return Finding(PART, Light.RED, f"the typing did not end within {TYPED_SECONDS:g} s", OTHERS)
    finding = hand.obstacle()
    if finding is not None:
        return finding
    window.display.sync()
    if not window.follow(lambda: window.text == WRITTEN, time.monotonic() + ARRIVED_SECONDS):
        arrived_at = time.monotonic()
    milliseconds = round(1000 * (arrived_at - hand.began_at))
    is_all = not (hand.is_of_x11 and is_xwayland(window.display))
    return judge(Arrival(window.text, milliseconds, window.by_hand, is_xwayland=not is_all))


@dataclass(slots=True)
class _Hand:
    """The typist, on a thread of its own: a paste waits until the window has taken it.

    Attributes:
        may_begin: set when the window has the focus.
        ended: set when everything is typed, the typist closed and the clipboard given back.
        began_at: when the first key was struck, by the monotonic clock.
        is_of_x11: the backend types into X11 windows and no others.

    """

    open: Callable[[], Typist]
    deadline: float
    may_begin: threading.Event = field(default_factory=threading.Event)
    ended: WaitableEvent = field(default_factory=WaitableEvent)
    began_at: float = 0.0
    _moved: threading.Event = field(default_factory=threading.Event)
    is_of_x11: bool = False
    _is_called_off: bool = False
    _error: Exception | None = None
    _backend: str = ""

    def __post_init__(self) -> None:
        Errand(self._run)

    def call_off(self, deadline: float) -> None:
        """Type nothing more, which without the window it could nowhere; waits until everything is given back."""
        self._is_called_off = True
        self.may_begin.set()
        self._moved.set()
        if self.ended.wait(max(0.0, deadline - time.monotonic())):
            self.ended.free()

    def obstacle(self) -> Finding | None:
        """Why not everything was typed."""
        match self._error:
            case None:
                return None
            case TargetBusy() as error:
                return Finding(PART, Light.RED, str(error), OTHERS)
            case TargetAway() | TargetGone() as error:
                return Finding(PART, Light.AMBER, f"{NOT_TRIED} to its end: {error}", AGAIN)
            case _NoWindows():
                message = f"{NOT_TRIED}: the backend {self._backend} knows no windows, and could type anywhere"
                return Finding(PART, Light.AMBER, message, "dictate a sentence where you can see it arrive")
            case error:
                raise error

    def _run(self) -> None:
        """Thread `sayso-errand`; may block on the window."""
        try:
            typist = self.open()
            try:
                self._type(typist)
            finally:
                typist.close()
        except Exception as error:  # it is the other thread's to tell
            self._error = error
        finally:
            self.ended.set()

    def _type(self, typist: Typist) -> None:
        if isinstance(typist, OnePlace):
            self._backend = typist.describe()
            raise _NoWindows
        self.is_of_x11 = isinstance(typist, X11Typist) or (isinstance(typist, SessionTypist) and typist.is_of_x11)
        self.may_begin.wait(max(0.0, self.deadline - time.monotonic()))
        target = None if self._is_called_off else self._aim(typist)
        self.began_at = time.monotonic()
        if target is not None:
            for edit in EDITS:
                typist.type(edit, target)

    def _aim(self, typist: Typist) -> Target:
        """Wait until the typist, too, knows that our window has the focus."""
        typist.on_focus(self._moved.set)
        while True:
            target = typist.target()
            if target == HERE:
                self._backend = typist.describe()
                raise _NoWindows
            if target is not None and target.application == APPLICATION:
                return target
            left = self.deadline - MARGIN_SECONDS - time.monotonic()
            if left <= 0 or self._is_called_off or not self._moved.wait(left):
                absence = typist.absence()
                if absence is not None:
                    raise TypistError(absence)
                raise TargetAway("the typist does not see that sayso's own window has the focus")
            self._moved.clear()


class _NoWindows(Exception):
    """The backend types wherever the focus is."""
