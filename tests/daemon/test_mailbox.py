"""The mailbox: the newest partial, and every order that is not needless."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import hypothesis.strategies as st
import numpy as np
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sayso.mailbox import DecodeFinal, DecodePartial, Drop, Mailbox, Promote, Request, Withdraw

AUDIO = np.zeros(100, dtype=np.int16)


def partial(utterance: int = 1, start: int = 0) -> DecodePartial:
    return DecodePartial(utterance, start, AUDIO)


def final(utterance: int = 1, *, ends: bool = True, speculative: bool = False) -> DecodeFinal:
    return DecodeFinal(utterance, 0, AUDIO, 100, ends, speculative)


def all_of(mailbox: Mailbox) -> list[Request]:
    """Take everything there is."""
    taken = []
    while (request := mailbox.take()) is not None:
        taken.append(request)
    return taken


def test_an_empty_mailbox_gives_nothing() -> None:
    assert Mailbox().take() is None


def test_only_the_newest_partial_is_kept() -> None:
    mailbox = Mailbox()
    newest = partial(start=300)
    for request in (partial(), partial(start=200), newest):
        mailbox.offer(request)
    assert all_of(mailbox) == [newest]


def test_a_final_goes_before_the_partial_of_the_next_utterance() -> None:
    mailbox = Mailbox()
    waiting, last = partial(2), final(1)
    mailbox.offer(waiting)
    mailbox.order(last)
    assert all_of(mailbox) == [last, waiting]


def test_a_final_makes_the_partial_of_its_own_utterance_needless() -> None:
    mailbox = Mailbox()
    mailbox.offer(partial(1))
    last = final(1)
    mailbox.order(last)
    assert all_of(mailbox) == [last]


def test_a_withdrawal_takes_the_speculation_with_it_but_not_what_was_cut_off_before() -> None:
    mailbox = Mailbox()
    cut_off = final(1, ends=False)
    mailbox.order(cut_off)
    mailbox.order(final(1, speculative=True))
    mailbox.order(Withdraw(1))
    assert all_of(mailbox) == [cut_off, Withdraw(1)]


def test_a_drop_takes_all_decodes_of_its_utterance_and_none_of_another() -> None:
    mailbox = Mailbox()
    other = final(1)
    mailbox.order(other)
    mailbox.order(final(2, ends=False))
    mailbox.order(final(2, speculative=True))
    mailbox.order(Drop(2))
    assert all_of(mailbox) == [other, Drop(2)]


def test_heard_is_as_far_as_the_partial_that_was_taken_and_not_as_one_that_waits() -> None:
    mailbox = Mailbox()
    mailbox.offer(partial(start=1_000))
    assert mailbox.heard == 0
    mailbox.take()
    assert mailbox.heard == 1_100


def test_waiting_ends_when_something_comes_and_with_nothing_when_it_is_closed() -> None:
    mailbox, taken = Mailbox(), []

    def take_all() -> None:
        while (request := mailbox.wait()) is not None:
            taken.append(request)

    reader = threading.Thread(target=take_all)
    reader.start()
    orders = [final(1), final(2), Promote(2)]
    for order in orders:
        mailbox.order(order)
    mailbox.close()
    reader.join(5)
    assert not reader.is_alive()
    assert taken == orders


def test_what_was_ordered_before_closing_is_still_given_out() -> None:
    mailbox = Mailbox()
    order, waiting = final(1), partial(2)
    mailbox.order(order)
    mailbox.offer(waiting)
    mailbox.close()
    assert [mailbox.wait(), mailbox.wait(), mailbox.wait()] == [order, waiting, None]


@dataclass
class Model:
    """What a mailbox should hold, said in the plainest way."""

    orders: list[Request] = field(default_factory=list)
    partial: DecodePartial | None = None


class MailboxMachine(RuleBasedStateMachine):
    """Any sequence of offers, orders and takes gives what the plain model gives."""

    def __init__(self) -> None:
        super().__init__()
        self.mailbox = Mailbox()
        self.model = Model()
        self.serial = 0

    @rule(utterance=st.integers(1, 3))
    def offer(self, utterance: int) -> None:
        self.serial += 1
        request = partial(utterance, self.serial)
        self.mailbox.offer(request)
        self.model.partial = request

    @rule(utterance=st.integers(1, 3), ends=st.booleans(), speculative=st.booleans())
    def decode(self, utterance: int, ends: bool, speculative: bool) -> None:
        self._order(final(utterance, ends=ends, speculative=speculative))

    @rule(utterance=st.integers(1, 3))
    def decode_so_far(self, utterance: int) -> None:
        self.serial += 1
        self._order(partial(utterance, self.serial))

    @rule(utterance=st.integers(1, 3), kind=st.sampled_from([Promote, Withdraw, Drop]))
    def decide(self, utterance: int, kind: type[Promote | Withdraw | Drop]) -> None:
        order = kind(utterance)
        if isinstance(order, Drop):
            self._forget(lambda o: True, utterance)
        elif isinstance(order, Withdraw):
            self._forget(lambda o: isinstance(o, DecodePartial) or o.speculative, utterance)
        self._order(order)

    @precondition(lambda self: self.model.orders or self.model.partial)
    @rule()
    def take(self) -> None:
        if self.model.orders:
            expected: Request | None = self.model.orders.pop(0)
        else:
            expected, self.model.partial = self.model.partial, None
        assert self.mailbox.take() is expected

    def _order(self, order: Request) -> None:
        self.mailbox.order(order)
        self.model.orders.append(order)
        if self.model.partial is not None and self.model.partial.utterance == order.utterance:
            self.model.partial = None

    def _forget(self, is_needless, utterance: int) -> None:  # type: ignore[no-untyped-def]
        self.model.orders = [
            o
            for o in self.model.orders
            if not (isinstance(o, DecodePartial | DecodeFinal) and o.utterance == utterance and is_needless(o))
        ]

    @invariant()
    def nothing_is_made_up(self) -> None:
        if not self.model.orders and self.model.partial is None:
            assert self.mailbox.take() is None


test_any_sequence_of_offers_orders_and_takes_loses_no_order = MailboxMachine.TestCase
