"""What waits to be told on the bus."""

from __future__ import annotations

from sayso.bus.outbox import Outbox
from sayso.events import Committed, Edit, Event, HypothesisChanged


def hypothesis(number: int) -> HypothesisChanged:
    return HypothesisChanged(1, "", f"h{number}")


def commit(number: int) -> Committed:
    return Committed(1, Edit(0, f"c{number}"))


def contents(outbox: Outbox) -> list[Event]:
    events = []
    while (event := outbox.take()) is not None:
        events.append(event)
    return events


def test_events_come_out_in_order() -> None:
    outbox = Outbox()
    events: list[Event] = [commit(1), hypothesis(1), commit(2)]
    for event in events:
        outbox.put(event)
    assert contents(outbox) == events


def test_only_the_first_event_of_an_empty_queue_wakes_the_reader() -> None:
    outbox = Outbox()
    assert [outbox.put(commit(n)) for n in range(3)] == [True, False, False]
    contents(outbox)
    assert outbox.put(commit(3))


def test_a_full_queue_gives_up_old_hypotheses_before_anything_else() -> None:
    outbox = Outbox(limit=4)
    for event in (commit(1), hypothesis(1), commit(2), hypothesis(2), commit(3), commit(4)):
        outbox.put(event)
    assert contents(outbox) == [commit(1), commit(2), commit(3), commit(4)]


def test_a_queue_full_of_what_matters_loses_the_oldest() -> None:
    outbox = Outbox(limit=2)
    for number in range(4):
        outbox.put(commit(number))
    assert contents(outbox) == [commit(2), commit(3)]
