"""What becomes of a text that was seen: waited for, judged, kept and told, and never in the way of the flow."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import TypeVar

import pytest
from tests.daemon.corrections.collecting import HEARD, MEANT, WAIT_SECONDS, Desk, Gate
from tests.daemon.corrections.saying import said, utterance

from sayso.audio import Pcm
from sayso.corrections import Seen, Source
from sayso.corrections.settling import Margin, Record, weigh
from sayso.errors import Confidential, JournalError, KeyLocked, NoSuchUtterance, NotLearning
from sayso.events import Corrected, UtteranceDropped
from sayso.journal import Correction, Decision, Utterance
from sayso.journal.confidential import Found
from sayso.journal.database import Database

T = TypeVar("T")

OTHER = "it runs on Kubernetes to date"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Somebody who dictates, and lets sayso learn."""
    with Desk(tmp_path / "state") as one:
        yield one


def test_what_the_person_says_was_meant_is_kept_learnt_from_and_told(desk: Desk) -> None:
    desk.dictate(1)
    made = desk.settled(1)
    assert (made.decision, made.changes) == (Decision.ACCEPTED, (("cooper netties", "Kubernetes"),))
    assert desk.kept == [(1, "explicit", MEANT, Decision.ACCEPTED)]
    assert [one.id for one in desk.learnt] == [made.id]
    assert desk.corrected == [Corrected(1, MEANT, "explicit", is_accepted=True)]


def test_what_is_doubtful_is_kept_and_told_and_not_learnt_from(desk: Desk) -> None:
    desk.dictate(1, confidence=0.95)
    assert desk.settled(1, MEANT, Source.IN_PLACE).decision is Decision.DOUBTFUL
    assert len(desk.kept) == 1
    assert desk.learnt == []
    assert [one.is_accepted for one in desk.corrected] == [False]


@pytest.mark.parametrize("source", [Source.EXPLICIT, Source.IN_PLACE])
def test_an_utterance_that_is_still_on_its_way_to_the_journal_is_waited_for(desk: Desk, source: Source) -> None:
    desk.begin(1)
    seen = desk.see(1, MEANT, source)
    desk.end(1)
    assert seen.result(WAIT_SECONDS).decision is Decision.ACCEPTED
    assert desk.kept == [(1, source, MEANT, Decision.ACCEPTED)]


def test_one_that_nobody_knows_is_refused_at_once_and_one_that_was_dropped_when_that_is_known(desk: Desk) -> None:
    with pytest.raises(NoSuchUtterance, match="nothing is kept of utterance 7"):
        desk.settled(7)
    desk.begin(8)
    seen = desk.see(8)
    desk.tell(UtteranceDropped(8))
    with pytest.raises(NoSuchUtterance):
        seen.result(WAIT_SECONDS)


def test_nothing_is_taken_while_nothing_may_be_kept(desk: Desk) -> None:
    desk.dictate(1)
    desk.settled(1)
    desk.learns = False
    for source in Source:
        with pytest.raises(NotLearning, match="sayso learning on"):
            desk.settled(1, OTHER, source)
    assert len(desk.kept) == 1


def test_while_somebody_speaks_only_what_the_person_says_themselves_is_done(desk: Desk) -> None:
    for number in (1, 2):
        desk.dictate(number)
    desk.begin(3)
    waits = desk.see(1, MEANT, Source.IN_PLACE)
    assert desk.settled(2).decision is Decision.ACCEPTED
    assert not waits.done()
    desk.end(3)
    assert waits.result(WAIT_SECONDS).decision is Decision.ACCEPTED


def test_of_an_utterance_s_texts_from_one_source_that_wait_the_newest_counts(desk: Desk) -> None:
    desk.dictate(1)
    desk.begin(2)
    first, last = (desk.see(1, text, Source.IN_PLACE) for text in ("it runs on Kuber", MEANT))
    other = desk.see(1, MEANT, Source.SURROUNDING)
    desk.end(2)
    assert first.cancelled()
    assert last.result(WAIT_SECONDS).text == MEANT
    assert other.result(WAIT_SECONDS).text == MEANT
    assert desk.kept == [(1, "in-place", MEANT, Decision.ACCEPTED)]


@pytest.mark.parametrize(
    ("before", "after", "wins"),
    [
        (Source.IN_PLACE, Source.EXPLICIT, "after"),
        (Source.EXPLICIT, Source.IN_PLACE, "before"),
        (Source.LEARN_THIS, Source.PLUGIN, "before"),
        (Source.PLUGIN, Source.IN_PLACE, "before"),
        (Source.IN_PLACE, Source.SURROUNDING, "after"),
        (Source.AGAIN, Source.IN_PLACE, "after"),
        (Source.EXPLICIT, Source.EXPLICIT, "after"),
    ],
)
def test_the_more_trusted_source_wins_and_among_equals_the_later(
    desk: Desk, before: Source, after: Source, wins: str
) -> None:
    desk.dictate(1)
    assert desk.settled(1, MEANT, before).decision is Decision.ACCEPTED
    desk.settled(1, "it runs on Cubernetes today", after)
    standing = [text for _, _, text, decision in desk.kept if decision is Decision.ACCEPTED]
    assert standing == [MEANT if wins == "before" else "it runs on Cubernetes today"]


def test_what_stands_as_it_was_typed_is_no_news_from_who_only_watches(desk: Desk) -> None:
    desk.dictate(1)
    desk.settled(1, HEARD, Source.IN_PLACE)
    desk.settled(1, f"{HEARD} and then I went home", Source.IN_PLACE)
    assert desk.kept == []
    assert desk.corrected == []
    desk.settled(1, HEARD, Source.LEFT)
    assert desk.kept == [(1, "left", HEARD, Decision.ACCEPTED)]


def test_the_same_twice_is_kept_and_told_once(desk: Desk) -> None:
    desk.dictate(1)
    for source in (Source.IN_PLACE, Source.IN_PLACE, Source.SURROUNDING):
        desk.settled(1, MEANT, source)
    assert len(desk.kept) == len(desk.corrected) == len(desk.learnt) == 1


def test_what_was_corrected_and_is_undone_in_its_window_counts_no_more_and_what_is_made_of_it_next_does(
    desk: Desk,
) -> None:
    desk.dictate(1)
    desk.settled(1, MEANT, Source.IN_PLACE)
    undone = desk.settled(1, HEARD, Source.IN_PLACE)
    assert undone.decision is not Decision.ACCEPTED
    assert desk.kept == []
    assert [one.decision for one in desk.learnt] == [Decision.ACCEPTED, Decision.REJECTED]
    assert [one.is_accepted for one in desk.corrected] == [True, False]
    for text in (MEANT, "it runs on Cubernetes today"):  # done again; and otherwise
        assert desk.settled(1, text, Source.IN_PLACE).decision is Decision.ACCEPTED
        assert desk.kept == [(1, "in-place", text, Decision.ACCEPTED)]
        assert desk.learnt[-1].text == text


@pytest.mark.parametrize("decision", [Decision.ACCEPTED, Decision.REJECTED])
def test_nothing_is_learnt_from_what_the_journal_does_not_take(desk: Desk, decision: Decision) -> None:
    desk.dictate(1, confidence=0.95)
    if decision is Decision.ACCEPTED:
        desk.settled(1, OTHER, Source.EXPLICIT)
    else:
        doubtful = desk.settled(1, MEANT, Source.IN_PLACE)
        desk.collector.decide(doubtful.id, decision).result(WAIT_SECONDS)
    kept, learnt, told = desk.kept, list(desk.learnt), list(desk.corrected)
    counts = desk.settled(1, MEANT, Source.LEARN_THIS)
    assert (counts.text, counts.decision) == (OTHER if decision is Decision.ACCEPTED else MEANT, decision)
    assert (desk.kept, desk.learnt, desk.corrected) == (kept, learnt, told)
    assert counts.source != Source.LEARN_THIS


def test_what_the_person_decides_stands_against_all_who_only_watch(desk: Desk) -> None:
    desk.dictate(1, confidence=0.95)
    doubtful = desk.settled(1, MEANT, Source.IN_PLACE)
    assert doubtful.decision is Decision.DOUBTFUL
    decided = desk.collector.decide(doubtful.id, Decision.ACCEPTED).result(WAIT_SECONDS)
    assert (decided.decision, decided.is_by_person) == (Decision.ACCEPTED, True)
    assert [one.text for one in desk.learnt] == [MEANT]
    desk.settled(1, OTHER, Source.IN_PLACE)
    assert desk.kept == [(1, "in-place", MEANT, Decision.ACCEPTED)]
    with pytest.raises(JournalError, match="there is no correction 99"):
        desk.collector.decide(99, Decision.REJECTED).result(WAIT_SECONDS)


def test_something_confidential_is_refused_and_nothing_of_it_is_kept(desk: Desk) -> None:
    desk.dictate(1)
    for source in (Source.EXPLICIT, Source.IN_PLACE):
        with pytest.raises(Confidential) as refused:
            desk.settled(1, "it runs on 4111 1111 1111 1111 today", source)
        assert "4111" not in str(refused.value)
    assert desk.kept == []
    assert desk.corrected == []


def test_more_than_anybody_says_at_a_time_is_no_correction(desk: Desk) -> None:
    desk.dictate(1)
    desk.begin(2)  # it is refused at once, not when it is judged
    for source in (Source.EXPLICIT, Source.PLUGIN):
        with pytest.raises(JournalError, match="at most 20000 characters"):
            desk.see(1, "word " * 5_000, source).result(0)
    desk.end(2)


def test_the_model_is_asked_with_the_audio_and_only_while_nobody_speaks(tmp_path: Path) -> None:
    asked: list[tuple[int, str, str]] = []

    def margin(_utterance: Utterance, audio: Pcm, heard: str, meant: str) -> float:
        asked.append((len(audio), heard, meant))
        return 2.0

    with Desk(tmp_path / "state", margin) as desk:
        desk.dictate(1)
        desk.settled(1)
        assert asked == [(len(HEARD.split()) * 8_000, HEARD, MEANT)]
        desk.dictate(2)
        desk.begin(3)
        desk.settled(2)
        assert len(asked) == 1
        desk.end(3)


def test_what_waits_when_it_ends_is_given_up_and_what_is_under_way_is_done(tmp_path: Path) -> None:
    gate = Gate()
    with Desk(tmp_path / "state") as desk:
        desk.dictate(1)
        under_way = desk.collector.do(gate)
        waits = desk.see(1)
        assert gate.reached.wait(WAIT_SECONDS)
        threading.Timer(0.05, gate.open.set).start()
        desk.collector.stop()
        assert under_way.done()
        with pytest.raises(CancelledError):
            waits.result(WAIT_SECONDS)
        assert desk.see(1).cancelled()
        assert desk.kept == []


def test_a_mistake_in_one_correction_is_told_to_its_sender_alone_and_the_next_is_done(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk.dictate(1)

    def fail(*_: object) -> None:
        raise ValueError(MEANT)

    with monkeypatch.context() as patch:
        patch.setattr("sayso.corrections.collector.weigh", fail)
        with pytest.raises(ValueError, match="Kubernetes"):
            desk.settled(1)
    assert desk.settled(1).decision is Decision.ACCEPTED
    assert "ValueError" in caplog.text
    assert "Kubernetes" not in caplog.text


def test_no_more_than_so_many_wait_however_many_are_seen(desk: Desk) -> None:
    desk.begin(1)
    seen = [desk.collector.take(Seen(number, Source.IN_PLACE, MEANT, 0.0)) for number in range(2, 302)]
    assert sum(one.cancelled() for one in seen) == 100
    assert all(one.cancelled() for one in seen[:100])


def test_however_much_the_person_asks_for_takes_nothing_from_what_was_seen(desk: Desk) -> None:
    desk.dictate(1)
    gate = Gate()
    desk.begin(2)
    under_way = desk.collector.do(gate)
    assert gate.reached.wait(WAIT_SECONDS)
    seen = desk.see(1, MEANT, Source.IN_PLACE)
    asked = [desk.collector.do(lambda n=n: n) for n in range(300)]  # type: ignore[misc]  # a default binds it
    other = desk.see(1, MEANT, Source.SURROUNDING)
    gate.open.set()
    assert [one.result(WAIT_SECONDS) for one in (under_way, *asked)] == [None, *range(300)]
    desk.end(2)
    for one in (seen, other):
        assert one.result(WAIT_SECONDS).decision is Decision.ACCEPTED


def test_of_what_a_program_says_again_and_again_of_one_dictation_only_the_last_is_judged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.dictate(1)
    judged: list[str] = []

    def counted(record: Record, seen: Seen, margin: Margin | None = None) -> Correction:
        judged.append(seen.text)
        return weigh(record, seen, margin)

    monkeypatch.setattr("sayso.corrections.collector.weigh", counted)
    gate = Gate()
    desk.collector.do(gate)
    assert gate.reached.wait(WAIT_SECONDS)
    first, *_, last = [desk.see(1, text) for text in ("it runs on one", "it runs on two", MEANT)]
    gate.open.set()
    assert last.result(WAIT_SECONDS).decision is Decision.ACCEPTED
    with pytest.raises(JournalError, match="later correction"):
        first.result(WAIT_SECONDS)
    assert judged == [MEANT]


@pytest.mark.parametrize("typed", ["it runs on hunter2 today", "it runs on coop3r nett!es today", "no way at all"])
def test_what_is_written_by_hand_and_is_no_correction_is_not_kept(desk: Desk, typed: str) -> None:
    desk.dictate(1)
    made = desk.settled(1, typed, Source.IN_PLACE)
    assert (made.decision, made.text, made.target, made.changes) == (Decision.REJECTED, "", None, ())
    assert desk.kept == [(1, "in-place", "", Decision.REJECTED)]
    assert desk.settled(1, typed, Source.IN_PLACE).id == 0  # the same again is no news
    assert desk.settled(1, MEANT, Source.IN_PLACE).decision is Decision.ACCEPTED


def test_what_nobody_sees_in_a_text_is_not_learnt(desk: Desk) -> None:
    desk.dictate(1)
    made = desk.settled(1, "it runs on Kuber\u200bne\x03tes\u202e today\x7f")
    assert (made.text, made.decision) == (MEANT, Decision.ACCEPTED)
    assert made.changes == (("cooper netties", "Kubernetes"),)


def test_a_text_is_looked_through_for_secrets_once_and_only_where_it_may_be_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def look(text: str) -> tuple[Found, ...]:
        looked.append(text)
        return ()

    for module in ("settling", "judgement"):
        monkeypatch.setattr(f"sayso.corrections.{module}.confidential", look)
    record = Record(utterance(said(HEARD)), None)
    weigh(record, Seen(1, Source.EXPLICIT, MEANT, 0.0))
    assert looked == [MEANT]
    unkept = Record(utterance(said(HEARD), learns=False), None)
    made = weigh(unkept, Seen(1, Source.EXPLICIT, MEANT, 0.0))
    assert looked == [MEANT]
    assert (made.decision, made.text, made.target) == (Decision.REJECTED, "", None)


def test_what_is_asked_for_while_the_same_waits_is_done_once_and_after_it_was_asked_for(desk: Desk) -> None:
    done = []

    def work() -> int:
        done.append(len(done))
        return len(done)

    for _ in range(2):
        gate = Gate()
        desk.collector.do(gate)
        assert gate.reached.wait(WAIT_SECONDS)
        before = len(done)
        asked = [desk.collector.do_once(work) for _ in range(300)]
        other = desk.collector.do_once(lambda: "other")
        gate.open.set()
        assert {one.result(WAIT_SECONDS) for one in asked} == {before + 1}
        assert other.result(WAIT_SECONDS) == "other"


def test_who_cannot_wait_until_nobody_speaks_is_told_to_try_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.corrections.collector.PATIENCE_OF_A_PERSON_SECONDS", 0.2)
    desk.begin(1)
    with pytest.raises(JournalError, match="try again after that"):
        desk.settled(1)
    desk.end(1)


def test_a_locked_keyring_is_told_to_the_person_and_waited_for_with_what_was_only_seen(desk: Desk) -> None:
    desk.dictate(1)
    locked = KeyLocked("the keyring is locked")
    ask, is_locked = desk.collector._ask, threading.Event()
    is_locked.set()

    def ask_if_open(do: Callable[[Database], T]) -> Future[T]:
        refused: Future[T] = Future()
        refused.set_exception(locked)
        return refused if is_locked.is_set() else ask(do)

    desk.collector._ask = ask_if_open
    seen = desk.see(1, MEANT, Source.IN_PLACE)
    with pytest.raises(KeyLocked):
        desk.settled(1)
    is_locked.clear()
    assert seen.result(WAIT_SECONDS).decision is Decision.ACCEPTED
