"""Makes the pictures of the documentation, of dictation in progress: `python -m tests.desktop.dictation.pictures`.

Run it in the project's root; it writes docs/dictation-xterm.png and docs/dictation-gtk.png.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.desktop.rig.bus import BusRig
from tests.desktop.rig.phrases import Phrase, run_sayso, speak, words
from tests.desktop.rig.pulse import PulseRig
from tests.desktop.rig.saying import Saying
from tests.desktop.rig.service import Service
from tests.desktop.rig.sound import MICROPHONE
from tests.desktop.rig.speech import Speaker
from tests.desktop.rig.windows import GtkTextView, TextWindow, XtermWindow
from tests.desktop.rig.x11 import X11Rig

DOCS = Path(__file__).parents[3] / "docs"
LETTER = (
    "Thank you for your letter. The weather is lovely today, and the children played in the garden "
    "until the sun went down behind the hills."
)
SHOWN_WORDS = 17  # of 25: it is still being spoken
FONT, COLOURS_OF_IT = ("-fa", "DejaVu Sans Mono", "-fs", "14"), ("-bg", "#1c1c1c", "-fg", "#e4e4e4")
TERMINAL = ("-T", "Terminal", "-geometry", "56x5", *FONT, *COLOURS_OF_IT)
COLOURS = "48"


def take(path: Path, sound: PulseRig, x11: X11Rig, store: Path, window: TextWindow, phrase: Phrase) -> None:
    """Dictate into a window, and make a picture of it in mid-sentence."""
    with (
        window,
        BusRig() as bus,
        Service(sound, store, env={"DISPLAY": x11.display, **bus.env}) as service,
    ):
        service.wait_until(lambda: f"microphone: {MICROPHONE}" in service.err, "an open microphone")
        with Saying(sound, phrase):
            window.wait_until(lambda text: len(words(text)) >= SHOWN_WORDS, f"{SHOWN_WORDS} words")
            x11.screenshot(path, window.window_id)
    x11.run("mogrify", "-strip", "+dither", "-colors", COLOURS, str(path), package="imagemagick")


def main() -> None:
    """Make both."""
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, PulseRig() as sound, X11Rig() as x11:
        store = Path(folder)
        env = {**sound.env, "XDG_DATA_HOME": folder}
        run_sayso(env, "models", "import", "tiny.en")
        phrase = speak(Speaker(store), env, [LETTER])[LETTER]
        take(DOCS / "dictation-xterm.png", sound, x11, store, XtermWindow(x11, *TERMINAL), phrase)
        take(DOCS / "dictation-gtk.png", sound, x11, store, GtkTextView(x11), phrase)


if __name__ == "__main__":
    main()
