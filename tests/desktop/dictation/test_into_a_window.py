"""What is said stands in the window that has the focus, while it is being said."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.desktop.dictation.conftest import Desk
from tests.desktop.rig.clients import gdbus_monitor, told_text
from tests.desktop.rig.phrases import CHILDREN, Phrase, words
from tests.desktop.rig.saying import Saying
from tests.desktop.rig.windows import GtkEntry, XtermWindow


def test_the_spoken_sentence_stands_in_the_window_and_its_first_words_before_it_has_ended(
    desk: Desk,
    gtk_entry: GtkEntry,
    phrases: dict[str, Phrase],
    figure: Callable[[str], None],
) -> None:
    spoken = phrases[CHILDREN]  # long enough for a busy machine to have heard some of it before it ends
    with (
        XtermWindow(desk.x11, bracketed_paste=True) as xterm,
        desk.serve() as service,
        gdbus_monitor(desk.bus) as monitor,
    ):
        for utterance, window in enumerate((gtk_entry, xterm), start=1):
            window.focus()
            with Saying(desk.sound, spoken) as saying:
                begun = window.wait_for_first_words()
                saying.wait_to_end()
                ended = time.monotonic()
            finished = told_text(monitor.wait_for(f"UtteranceFinished (uint64 {utterance},"))
            window.wait_for_text(finished)
            assert begun == words(CHILDREN)[:2]
            first = window.history[0][0]
            where = type(window).__name__
            figure(f"first words in {where} {first - saying.began:.2f} s into {spoken.seconds:.1f} s of speech")
            assert first < ended, "nothing was typed until all had been said"
        service.wait_for_empty_spool()
    assert "\n" not in gtk_entry.text + xterm.text, "it would have sent the message, or run the command"
