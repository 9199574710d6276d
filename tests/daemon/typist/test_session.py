"""Several ways of typing as one: the next is tried only where the one before has changed nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.daemon.typist.desktop import Desktop, edit

from sayso.errors import (
    ArrivedInPart,
    NotBeforeCursor,
    SecretField,
    TakesNoText,
    TargetAway,
    TargetBusy,
    TargetGone,
    TypistError,
    Unable,
)
from sayso.events import Edit
from sayso.typist import HERE, Abilities, Target
from sayso.typist.recording import RecordingTypist
from sayso.typist.remembered import MOST, Remembered
from sayso.typist.session import REOPEN_SECONDS, SessionTypist, Way

FIELD = Target(1, "Editor")


class Backend(RecordingTypist):
    """A way of typing that may refuse."""

    def __init__(
        self, refusal: Exception | None = None, *, preedit: bool = False, clipboard: bool = False
    ) -> None:
        super().__init__()
        self.refusal = refusal
        self.tail = ""
        self.kept = ""
        self.is_closed = False
        self._preedit, self._clipboard = preedit, clipboard

    @property
    def abilities(self) -> Abilities:
        return Abilities(unicode=True, delete=True, preedit=self._preedit)

    def type(self, edit: Edit, target: Target = HERE) -> None:
        if self.refusal is not None:
            raise self.refusal
        super().type(edit, target)

    def show(self, unstable: str, target: Target) -> None:
        self.tail = unstable

    def keep(self, text: str) -> None:
        if not self._clipboard:
            super().keep(text)
        self.kept = text

    def close(self) -> None:
        self.is_closed = True


def way(name: str, backend: Backend) -> Way:
    return Way(name, lambda: backend)


def session(first: Backend, second: Backend, **others: object) -> SessionTypist:
    return SessionTypist(Desktop(), [way("first", first), way("second", second)], **others)  # type: ignore[arg-type]


def test_what_one_way_cannot_do_the_next_one_does() -> None:
    first, second = Backend(Unable("no field")), Backend()
    typist = session(first, second)
    typist.type(edit("so"), FIELD)
    assert (first.text, second.text) == ("", "so")
    assert "last second in Editor (first: no field)" in typist.describe()


@pytest.mark.parametrize("error", [TargetAway("away"), TypistError("half of it")])
def test_a_text_that_may_be_there_in_part_or_must_wait_is_tried_in_no_other_way(error: TypistError) -> None:
    first, second = Backend(error), Backend()
    with pytest.raises(type(error)):
        session(first, second).type(edit("so"), FIELD)
    assert second.text == ""


def test_where_no_way_works_each_says_why() -> None:
    with pytest.raises(TypistError, match=r"first: no field; second: no key") as caught:
        session(Backend(Unable("no field")), Backend(Unable("no key"))).type(edit("so"), FIELD)
    assert not isinstance(caught.value, TargetAway)


def test_what_worked_in_an_application_is_tried_first_there_and_only_there() -> None:
    first, second = Backend(Unable("no field")), Backend()
    typist = session(first, second)
    typist.type(edit("so"), FIELD)
    first.refusal = None
    typist.type(edit(" it"), FIELD)
    typist.type(edit("on"), Target(2, "Terminal"))
    assert (first.text, second.text) == ("on", "so it")


def test_the_way_that_a_profile_names_comes_first_and_is_not_remembered(tmp_path: Path) -> None:
    first, second = Backend(), Backend()
    file = tmp_path / "typing.json"
    typist = session(first, second, preferred=lambda _: "second", remembered=Remembered(file))
    typist.type(edit("so"), FIELD)
    assert second.text == "so"
    assert not file.exists()


def test_an_edit_that_a_window_was_told_to_paste_is_tried_again_in_the_same_way_alone() -> None:
    first, second = Backend(Unable("no field")), Backend(TargetBusy("told"))
    typist = session(first, second)
    pasted = edit("so")
    with pytest.raises(TargetBusy):
        typist.type(pasted, FIELD)
    first.refusal = second.refusal = None
    typist.type(pasted, FIELD)
    assert (first.text, second.text) == ("", "so")


def test_a_way_that_cannot_be_opened_is_told_and_tried_again_after_a_while() -> None:
    now, opened, there = [0.0], list[float](), Backend()

    def late() -> Backend:
        opened.append(now[0])
        if now[0] < REOPEN_SECONDS:
            raise TypistError("no daemon")
        return there

    spare = Backend()
    typist = SessionTypist(Desktop(), [Way("late", late), way("spare", spare)], now=lambda: now[0])
    typist.type(edit("a"), HERE)
    typist.type(edit("b"), HERE)
    assert opened == [0.0]
    assert "late not to be had: no daemon" in typist.describe()
    now[0] = REOPEN_SECONDS
    typist.type(edit("c"), HERE)
    assert (there.text, spare.text) == ("c", "ab")
    assert "not to be had" not in typist.describe()


class Eyes:
    """Sees how much of a text arrived, and what stands before the cursor; None where nothing is seen."""

    def __init__(self, arrives: Callable[[], int | None], standing: str | None = "") -> None:
        self.arrives = arrives
        self.standing = standing
        self.takes_text = True
        self.is_closed = False
        self.looks = 0

    def before(self, target: Target, edit: Edit) -> object | None:
        self.looks += 1
        if not self.takes_text:
            raise TakesNoText("the focus is on a button")
        return self.standing

    def stands(self, before: object, text: str) -> bool:
        return str(before).endswith(text)

    def tail(self, before: object, deleted: int) -> str | None:
        return str(before)[: len(str(before)) - deleted]

    def arrived(self, before: object, edit: Edit) -> int | None:
        return self.arrives()

    def close(self) -> None:
        self.is_closed = True


def test_text_that_did_not_arrive_is_typed_in_another_way() -> None:
    first, second = Backend(), Backend()
    answers = iter([0, 2])
    ways = [Way("blind", lambda: first, acknowledges=False), way("second", second)]
    typist = SessionTypist(Desktop(), ways, proof=Eyes(lambda: next(answers)))
    typist.type(edit("so"), FIELD)
    assert second.text == "so"
    assert "did not arrive" in typist.describe()


def test_where_it_was_taken_it_may_be_late_and_is_not_typed_again_but_told() -> None:
    first, second = Backend(), Backend()
    with pytest.raises(TypistError, match="did not arrive; see: sayso history"):
        session(first, second, proof=Eyes(lambda: 0)).type(edit("so"), FIELD)
    assert second.text == ""


def test_what_cannot_be_seen_counts_as_arrived_and_status_says_so() -> None:
    first, second = Backend(), Backend()
    typist = session(first, second, proof=Eyes(lambda: None))
    typist.type(edit("so"), FIELD)
    assert (first.text, second.text) == ("so", "")
    assert "cannot be read back in Editor" in typist.describe()


def test_an_edit_that_took_something_back_is_never_tried_twice() -> None:
    first, second = Backend(), Backend()
    answers = iter([2, 0])
    typist = session(first, second, proof=Eyes(lambda: next(answers), standing="so"))
    typist.type(edit("so"), FIELD)
    with pytest.raises(TypistError, match="did not arrive"):
        typist.type(Edit(1, "x"), FIELD)
    assert second.text == ""


def test_the_tail_is_shown_by_the_way_that_would_type_it_or_not_at_all() -> None:
    keys, method = Backend(), Backend(preedit=True)
    typist = SessionTypist(Desktop(), [way("method", method), way("keys", keys)])
    typist.type(edit("so"), FIELD)
    typist.show("may", FIELD)
    assert method.tail == "may"
    assert typist.abilities.preedit
    other = Backend(preedit=True)
    typist = SessionTypist(Desktop(), [way("keys", keys), way("method", other)])
    typist.type(edit("so"), FIELD)
    typist.show("may", FIELD)
    assert other.tail == ""


def test_text_is_kept_by_the_first_that_has_a_clipboard() -> None:
    first, second = Backend(), Backend(clipboard=True)
    session(first, second).keep("so")
    assert second.kept == "so"
    with pytest.raises(TypistError):
        session(Backend(), Backend()).keep("so")


def test_closing_closes_what_was_opened() -> None:
    first, second, eyes = Backend(), Backend(), Eyes(lambda: None)
    typist = session(first, second, proof=eyes)
    typist.type(edit("so"), FIELD)
    typist.close()
    assert (first.is_closed, second.is_closed, eyes.is_closed) == (True, False, True)


def test_what_worked_is_known_in_the_next_run_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / "state" / "typing.json"
    Remembered(file).worked("Editor", "second", is_first_choice=False)
    assert Remembered(file).of("Editor") == "second"
    assert file.stat().st_mode & 0o777 == 0o600
    Remembered(file).worked("Editor", "first", is_first_choice=True)
    assert Remembered(file).of("Editor") is None


@pytest.mark.parametrize("damage", ["", "[]", '{"Editor": 3}', "\x00"])
def test_a_damaged_memory_is_an_empty_one(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "typing.json"
    file.write_text(damage)
    assert Remembered(file).of("Editor") is None


def test_what_was_not_needed_for_longest_is_forgotten() -> None:
    known = Remembered(None)
    for number in range(MOST + 1):
        known.worked(str(number), "second", is_first_choice=False)
    assert known.of("0") is None
    assert known.of("1") == "second"


def test_an_edit_that_waits_half_done_is_not_disturbed_by_another_s_success() -> None:
    first, second = Backend(Unable("no field")), Backend(TargetBusy("told"))
    typist = session(first, second)
    pasted = edit("so")
    with pytest.raises(TargetBusy):
        typist.type(pasted, FIELD)
    first.refusal = None
    typist.type(edit("x"), Target(2, "Terminal"))
    second.refusal = None
    typist.type(pasted, FIELD)
    assert (first.text, second.text) == ("x", "so")


def test_what_was_pasted_late_is_not_looked_for_as_if_it_were_typed_now() -> None:
    only = Backend(TargetBusy("told"))
    asked: list[None] = []

    def arrives() -> int:
        asked.append(None)
        return 0

    typist = SessionTypist(Desktop(), [way("only", only)], proof=Eyes(arrives))
    pasted = edit("so")
    with pytest.raises(TargetBusy):
        typist.type(pasted, FIELD)
    only.refusal = None
    typist.type(pasted, FIELD)
    assert asked == []


def test_a_way_that_is_opened_late_tells_whoever_waits_too() -> None:
    class Telling(Backend):
        tell: Callable[[], None] | None = None

        def on_focus(self, tell: Callable[[], None]) -> None:
            self.tell = tell

    portal, told = Telling(), list[None]()
    typist = session(Backend(Unable("no field")), portal)
    typist.on_focus(lambda: told.append(None))
    typist.type(edit("so"), FIELD)
    assert portal.tell is not None
    portal.tell()
    assert told == [None]


def test_where_something_has_the_focus_that_takes_no_text_nothing_is_typed_unless_the_person_says_so() -> None:
    first, second, eyes = Backend(), Backend(), Eyes(lambda: None)
    eyes.takes_text = False
    typist = session(first, second, proof=eyes)
    for way in (edit("so"), Edit(1, "")):
        with pytest.raises(TakesNoText):
            typist.type(way, FIELD)
    assert (first.text, second.text) == ("", "")
    typist.type(edit("so"), Target(1, "Editor", is_chosen=True))
    assert first.text == "so"


def test_what_has_the_focus_is_of_no_matter_to_text_for_another_window() -> None:
    first, eyes = Backend(TargetAway("away")), Eyes(lambda: None)
    eyes.takes_text = False
    with pytest.raises(TargetAway) as caught:
        session(first, Backend(), proof=eyes).type(Edit(1, "so"), Target(2, "Editor"))
    assert not isinstance(caught.value, TakesNoText)


def test_of_a_text_that_arrived_in_part_only_that_part_can_be_taken_back() -> None:
    first, eyes = Backend(), Eyes(lambda: 2, standing="mine")
    typist = session(first, Backend(), proof=eyes)
    with pytest.raises(ArrivedInPart) as caught:
        typist.type(edit("some"), FIELD)
    assert caught.value.characters == 2
    eyes.standing = "mineso"
    with pytest.raises(NotBeforeCursor):
        typist.type(Edit(4, ""), FIELD)
    typist.type(Edit(2, ""), FIELD)
    assert first.text == "so"


@pytest.mark.parametrize("standing", ["so mine", "", "sO"])
def test_nothing_is_taken_back_that_is_seen_not_to_be_what_was_typed(standing: str) -> None:
    first, eyes = Backend(), Eyes(lambda: 2)
    typist = session(first, Backend(), proof=eyes)
    typist.type(edit("so"), FIELD)
    eyes.standing = standing
    for again in (Edit(2, ""), Edit(1, "x")):
        with pytest.raises(NotBeforeCursor, match="by hand"):
            typist.type(again, FIELD)
    assert first.text == "so"
    eyes.standing = "so"
    typist.type(Edit(2, ""), FIELD)
    assert first.text == ""


def test_what_a_window_made_something_else_of_is_taken_back_only_where_it_is_seen_to_stand_there() -> None:
    first, answers = Backend(), iter([None, 3, 0])
    eyes = Eyes(lambda: next(answers))
    typist = session(first, Backend(), proof=eyes)
    typist.type(edit("so"), FIELD)
    typist.type(edit(" it"), FIELD)
    eyes.standing = None
    with pytest.raises(NotBeforeCursor):
        typist.type(Edit(5, ""), FIELD)
    typist.type(Edit(3, ""), FIELD)
    with pytest.raises(NotBeforeCursor):
        typist.type(Edit(2, ""), FIELD)
    eyes.standing = "so"
    typist.type(Edit(2, ""), FIELD)
    assert first.text == ""


def test_after_a_deletion_the_window_is_seen_as_it_stands_when_that_is_done() -> None:
    eyes = Eyes(lambda: None, "so it goes")
    typist = session(Backend(), Backend(), proof=eyes)
    typist.type(edit("so it goes"), FIELD)

    def done() -> int:
        eyes.standing = "so it"  # only now has the window taken the BackSpaces
        return 0

    eyes.arrives = done
    typist.type(Edit(5, ""), FIELD)
    typist.type(Edit(5, ""), FIELD)


def test_what_cannot_be_seen_is_taken_back_as_it_was_typed_and_no_more() -> None:
    first = Backend()
    typist = session(first, Backend())
    typist.type(edit("so"), FIELD)
    with pytest.raises(NotBeforeCursor):
        typist.type(Edit(3, ""), FIELD)
    typist.type(Edit(2, ""), FIELD)
    assert first.text == ""


@pytest.mark.parametrize(
    ("trouble", "is_known"),
    [
        (TypistError("in part"), False),
        (RuntimeError(), False),
        (TargetGone("gone"), True),
        (SecretField("no"), True),
    ],
)
def test_behind_what_may_have_been_typed_in_part_nothing_is_taken_back(trouble: Exception, is_known: bool) -> None:
    first = Backend()
    typist = session(first, Backend())
    typist.type(edit("so"), FIELD)
    first.refusal = trouble
    with pytest.raises(type(trouble)):
        typist.type(edit(" it"), FIELD)
    first.refusal = None
    if not is_known:
        with pytest.raises(NotBeforeCursor):
            typist.type(Edit(1, ""), FIELD)
    else:
        typist.type(Edit(1, ""), FIELD)
    assert first.text == ("s" if is_known else "so")


class Knowing(Backend):
    """A way that is told what stands around the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.told_around: Callable[[int, str], None] = lambda window, text: None

    def surrounding(self) -> tuple[str, int] | None:
        return (self.text, len(self.text)) if self.text else None

    def type(self, edit: Edit, target: Target = HERE) -> None:
        self.told_around(target.key, self.text)
        super().type(edit, target)


@pytest.mark.parametrize("is_open", [True, False])
def test_what_stands_around_the_cursor_is_told_by_the_way_that_knows(is_open: bool) -> None:
    first, second = Backend(Unable("no field")), Knowing()
    ways = [way("first", first), Way("second", lambda: second, second if is_open else None)]
    typist, told = SessionTypist(Desktop(), ways), list[tuple[int, str]]()
    typist.told_around = lambda window, text: told.append((window, text))
    assert typist.surrounding() is None
    for text in ("so", " it"):
        typist.type(edit(text), FIELD)
    assert told == [(1, ""), (1, "so")]
    assert typist.surrounding() == "so it"


def test_what_stands_before_a_text_is_read_once_for_that_and_for_whether_it_arrives() -> None:
    eyes = Eyes(lambda: 2, standing="Hello")
    typist = session(Backend(), Backend(), proof=eyes)
    so = edit("so")
    typist.type(so, FIELD)  # opens the way
    eyes.looks = 0
    assert typist.stands_before(so, FIELD) == "Hello"
    typist.type(edit("so"), FIELD)
    assert eyes.looks == 1
    typist.type(so, FIELD)
    assert eyes.looks == 2
    assert typist.stands_before(Edit(3, "so"), FIELD) == "He"


def test_what_stands_there_is_not_known_while_the_text_before_was_not_seen_to_arrive() -> None:
    counts: list[int | None] = [None, 2, 0]
    eyes = Eyes(lambda: counts.pop(0), standing="One.")
    typist = session(Backend(), Backend(), proof=eyes)
    typist.type(edit("so"), FIELD)
    assert typist.stands_before(edit("so"), FIELD) is None
    assert typist.stands_before(edit("so"), Target(2)) is None, "nor what has no focus"
    typist.type(edit("so"), FIELD)
    assert typist.stands_before(edit("so"), FIELD) == "One."
    with pytest.raises(TypistError):
        typist.type(edit("so"), FIELD)
    assert typist.stands_before(edit("so"), FIELD) is None
    assert session(Backend(), Backend()).stands_before(edit("so"), FIELD) is None
