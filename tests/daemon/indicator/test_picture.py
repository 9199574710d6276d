"""Pictures of what there is to be seen."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from PIL import Image

from sayso.events import State
from sayso.indicator.lettering import Lettering
from sayso.indicator.model import LEVEL_STEPS, Teach, View
from sayso.indicator.picture import (
    BAR_HEIGHT,
    HEIGHT,
    METER_LEFT,
    METER_STEP,
    PROBLEM_LINES,
    PROBLEM_PIXELS,
    SMALLEST,
    TALLEST,
    WIDTH,
    Painter,
    fitting,
)
from sayso.indicator.theme import THEMES, Colour

YETI = "alsa_input.usb-Blue_Microphones_Yeti_Stereo_Microphone_REV8-00.analog-stereo"
WORST = (
    "the default input is 'Monitor of Tiger Lake-LP Smart Sound Technology Audio Controller Digital Microphone', "
    "which is what your speakers play and nobody's voice; sayso listens to 'Yeti Stereo Microphone Analog Stereo' "
    f"instead; make that one the default: pactl set-default-source {YETI}",
    "super+alt+d (hotkeys.toggle) and super+alt+c (hotkeys.cancel) and super+alt+z (hotkeys.undo) and "
    "super+alt+space (hotkeys.hold) and super+alt+l (hotkeys.learn) are taken by another program; choose other "
    "keys in ~/.config/sayso/config.yaml, or free it there, and sayso takes it by itself",
    "the microphone 'Yeti Stereo Microphone: USB Audio (hw:1,0)' cannot be opened (Error opening RawInputStream: "
    "Device unavailable [PaErrorCode -9985]); close what else records from it, or start the sound server: "
    "`systemctl --user start pipewire-pulse`",
)
"""The longest that the program says, about devices with long names."""

METER = (METER_LEFT, HEIGHT - BAR_HEIGHT, METER_LEFT + LEVEL_STEPS * METER_STEP, HEIGHT)


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of two colours (WCAG 2.2, "relative luminance")."""

    def luminance(colour: Colour) -> float:
        parts = [value / 255 for value in colour]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def pixels(image: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.asarray(image).astype(np.int64)


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_picture_with_something_on_it(state: State, painter: Painter) -> None:
    picture = pixels(painter.paint(View(state)))
    bar = picture[-BAR_HEIGHT + 4 : -4, 20:-20]
    assert picture.shape == (HEIGHT, WIDTH, 4)
    assert len(np.unique(bar.reshape(-1, 4), axis=0)) > 20
    assert not picture[: HEIGHT - BAR_HEIGHT, :, 3].any()


def test_no_two_states_look_alike_without_colour(painter: Painter) -> None:
    grey = {state: pixels(painter.paint(View(state)).convert("L")) for state in State}
    for one, other in combinations(State, 2):
        assert (np.abs(grey[one] - grey[other])[:, :48] > 60).sum() > 25, f"{one} and {other}"


def test_the_bar_of_the_meter_grows_with_every_step(painter: Painter) -> None:
    accent = np.array(THEMES["normal"].states[State.SPEAKING])
    lit = []
    for level in range(LEVEL_STEPS + 1):
        meter = pixels(painter.paint(View(State.SPEAKING, level)).crop(METER))[..., :3]
        lit.append(int((np.abs(meter - accent).sum(axis=2) < 12).sum()))
    assert lit[0] == 0
    assert all(before < after for before, after in pairwise(lit))


def test_the_tail_is_written_under_the_bar(painter: Painter) -> None:
    without, with_tail = (pixels(painter.paint(View(State.SPEAKING, 0, tail))) for tail in ("", "and so on"))
    assert not without[:40, :, 3].any()
    below = with_tail[BAR_HEIGHT + 4 : -4, 10:-10, :3]
    assert (below.min(axis=2) > 200).sum() > 60


def test_a_tail_of_any_length_stays_within_the_picture(painter: Painter) -> None:
    long = painter.paint(View(State.SPEAKING, 0, "antidisestablishmentarianism " * 5, is_cut=True))
    edge = pixels(long)[BAR_HEIGHT + 4 : -4]
    assert (edge[:, :14, :3].max(axis=2) < 120).all()
    assert (edge[:, -14:, :3].max(axis=2) < 120).all()


def test_a_problem_is_told_in_words_in_place_of_the_tail(painter: Painter) -> None:
    both = painter.paint(View(State.PROBLEM, 0, "the tail", problem="the microphone is gone"))
    alone = painter.paint(View(State.PROBLEM, problem="the microphone is gone"))
    assert both.tobytes() == alone.tobytes()


@pytest.mark.parametrize("message", WORST)
def test_a_problem_is_told_to_its_end_which_says_what_to_do(message: str, lettering: Lettering) -> None:
    lines = lettering.wrap(message, PROBLEM_PIXELS, WIDTH - 32, PROBLEM_LINES)
    assert "".join(lines).replace(" ", "") == message.replace(" ", "")


@pytest.mark.parametrize("at_top", [False, True])
def test_the_picture_is_as_high_as_the_lines_of_a_problem(at_top: bool, lettering: Lettering) -> None:
    painter = Painter(THEMES["normal"], 1, at_top=at_top, lettering=lettering)
    heights = [painter.paint(View(State.PROBLEM, problem="word " * count)).height for count in (1, 15, 30, 900)]
    assert heights[:2] == [HEIGHT, HEIGHT]
    assert HEIGHT < heights[2] < heights[3] == TALLEST
    whole = painter.paint(View(State.PROBLEM, problem="word " * 900))
    assert whole.getbbox() == (0, 0, WIDTH, TALLEST)
    words = pixels(whole)[:, 16:-16, :3].min(axis=2) > 180
    assert words[-30:-8].any()
    assert not words[-8:-2].any()


def test_it_is_as_large_as_it_is_wanted_and_no_larger_than_the_screen() -> None:
    assert fitting(1.5, (1920, 1080)) == 1.5
    assert fitting(4, (1184, 704)) * WIDTH == pytest.approx(1184)
    assert fitting(4, (5000, 324)) * TALLEST == pytest.approx(324)
    assert fitting(4, (-10, 50)) == SMALLEST


def test_the_teach_light_differs_in_shape(painter: Painter) -> None:
    lights = [
        pixels(painter.paint(View(State.LISTENING, teach=teach)).convert("L"))[-BAR_HEIGHT:, 360:388]
        for teach in Teach
    ]
    for one, other in combinations(lights, 2):
        assert (np.abs(one - other) > 60).sum() > 20


@pytest.mark.parametrize("size", [0.5, 1, 1.5, 2, 4])
def test_it_is_drawn_in_every_size(size: float, lettering: Lettering) -> None:
    large = Painter(THEMES["high"], size, at_top=True, lettering=lettering)
    picture = large.paint(View(State.SPEAKING, 7, "some words", problem="", teach=Teach.YES))
    assert picture.size == (round(WIDTH * size), round(HEIGHT * size))
    assert pixels(picture)[round(BAR_HEIGHT * size) :, :, :3].max() > 200


def test_the_bar_is_at_the_upper_end_where_the_overlay_is(lettering: Lettering) -> None:
    picture = pixels(Painter(THEMES["normal"], 1, at_top=True, lettering=lettering).paint(View(State.LISTENING)))
    assert picture[10, WIDTH // 2, 3] > 0
    assert not picture[BAR_HEIGHT:, :, 3].any()


def test_in_high_contrast_everything_is_seven_to_one_against_the_ground() -> None:
    theme = THEMES["high"]
    assert theme.opacity == 255
    for colour in (theme.edge, theme.text, theme.dim, *theme.states.values()):
        assert contrast(colour, theme.ground) >= 7


def test_in_normal_contrast_words_are_seven_to_one_and_all_else_four_and_a_half_to_one() -> None:
    theme = THEMES["normal"]
    assert contrast(theme.text, theme.ground) >= 7
    for colour in (theme.dim, *theme.states.values()):
        assert contrast(colour, theme.ground) >= 4.5


def test_in_high_contrast_letters_are_as_bright_as_they_are_told_to_be(lettering: Lettering) -> None:
    painter = Painter(THEMES["high"], 1, at_top=False, lettering=lettering)
    words = pixels(painter.paint(View(State.LISTENING)))[HEIGHT - BAR_HEIGHT + 15 : -15, 56:150]
    shades = [tuple(int(part) for part in shade) for shade in words.reshape(-1, 4)[:, :3]]
    assert contrast(max(shades), min(shades)) >= 7
