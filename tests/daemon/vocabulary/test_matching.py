"""Terms are found by sound and letters, where the recogniser was unsure; with espeak-ng and without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sayso.events import TimedWord
from sayso.vocabulary import Term, espeak
from sayso.vocabulary.espeak import find_espeak
from sayso.vocabulary.matching import NO_TERMS, Known, Near, text_of, unsure_stretches
from sayso.vocabulary.sounds import Sounds, consonants, letters

TERMS = (
    Term("kubectl", ("cubicle",)),
    Term("Kubernetes"),
    Term("PostgreSQL", ("poster sql",)),
    Term("apixaban", ("a picks up in",)),
    Term("Anaïs"),
)


def words(text: str, confidence: float = 0.4) -> tuple[TimedWord, ...]:
    return tuple(TimedWord(f" {word}", n * 0.3, n * 0.3 + 0.3, confidence) for n, word in enumerate(text.split()))


@pytest.fixture(params=["with espeak-ng", "without"])
def known(request: pytest.FixtureRequest) -> Known:
    library = find_espeak() if request.param == "with espeak-ng" else None
    if library is None and request.param == "with espeak-ng":
        pytest.skip("libespeak-ng.so.1 or the package espeakng-loader is missing")
    return Known(TERMS, Sounds("en", library))


def nearest(known: Known, text: str, confidence: float = 0.4) -> str | None:
    near = known.nearest(words(text, confidence))
    return near.term if near is not None else None


def test_a_sounding_that_is_heard_again_is_the_term(known: Known) -> None:
    assert nearest(known, "Cubicle,") == "kubectl"
    assert nearest(known, "a picks up in") == "apixaban"


def test_what_sounds_much_like_a_term_or_a_sounding_of_it_is_the_term(known: Known) -> None:
    assert nearest(known, "Postker SQL") == "PostgreSQL"
    assert nearest(known, "cubicles", 0.4) == "kubectl"


def test_a_term_that_is_heard_is_written_as_its_owner_writes_it_however_sure_it_is(known: Known) -> None:
    assert nearest(known, "postgresql,", 0.99) == "PostgreSQL"
    assert nearest(known, "anais", 0.99) == "Anaïs"  # an accent may be left away, where that is no other word
    assert nearest(known, "Post gre SQL", 0.5) == "PostgreSQL"


@pytest.mark.parametrize(
    ("term", "language", "said"),
    [
        ("maïs", "fr", "mais"),
        ("schön", "de", "schon"),
        ("C++", "en", "C"),
        (".NET", "en", "net"),
        ("OneNote", "en", "one note"),
        ("Post gre SQL", "en", "PostgreSQL"),
    ],
)
def test_words_that_are_heard_for_sure_are_no_term_that_only_shares_their_letters(
    term: str, language: str, said: str
) -> None:
    known = Known([Term(term)], Sounds(language, find_espeak()))
    assert nearest(known, said, 0.95) is None
    assert nearest(known, term, 0.95) == term


@pytest.mark.parametrize(
    ("term", "language", "said"), [("maïs", "fr", "mais"), ("C++", "en", "C"), ("OneNote", "en", "one note")]
)
def test_words_of_every_day_are_none_even_where_the_recogniser_was_unsure(
    term: str, language: str, said: str
) -> None:
    assert nearest(Known([Term(term)], Sounds(language, find_espeak())), said, 0.3) is None


def test_a_term_that_was_heard_in_several_words_and_mended_is_written_however_sure_they_are() -> None:
    known = Known([Term("PipeWire", ("pipe wire",)), Term("OpenSSH")], Sounds("en", None))
    assert nearest(known, "pipe wire", 0.95) == "PipeWire"
    assert nearest(known, "open SSH", 0.95) is None


def test_terms_that_differ_by_a_sign_are_told_apart() -> None:
    known = Known([Term("C++"), Term("C#")], Sounds("en", None))
    assert [nearest(known, said, 0.95) for said in ("c++", "C#.", "C")] == ["C++", "C#", None]


def test_what_the_recogniser_is_sure_of_stays(known: Known) -> None:
    assert nearest(known, "Postker SQL", 0.75) is None
    assert nearest(known, "Postker SQL", 0.74) == "PostgreSQL"


@pytest.mark.parametrize("text", ["the", "meeting", "we had a long talk", "post office", "cup", "?", "的"])
def test_other_words_stay_however_unsure_they_are(known: Known, text: str) -> None:
    assert nearest(known, text) is None


@pytest.mark.parametrize(
    ("term", "said", "stays_from"),
    [
        (Term("Wolffe"), "wolf", 0.5),
        (Term("Wolffe", is_own=True), "wolf", 0.6),
        (Term("kubectl", ("cubicle",)), "cubicle", 0.5),
        (Term("Kneale", ("kneel",), is_own=True), "kneel", 0.6),
        (Term("Paige", is_own=True), "page", 0.3),
        (Term("Paige"), "page", 0.0),  # both are ordinary
        (Term("plain", ("plane",)), "plane", 0.0),
        (Term("Bitwarden"), "bit warden", 0.7),
        (Term("Tailscale", ("tail skill",)), "tail skill", 0.75),
        (Term("kubectl", ("cubicle",), refused=("cubicle",)), "cubicle", 0.0),
    ],
)
def test_ordinary_words_stay_where_they_are_clear(term: Term, said: str, stays_from: float) -> None:
    library = find_espeak()
    if library is None:
        pytest.skip("libespeak-ng.so.1 or the package espeakng-loader is missing")
    known = Known([term], Sounds("en", library))
    assert nearest(known, said, stays_from) is None
    assert nearest(known, said, 0.95) is None
    assert stays_from == 0.0 or nearest(known, said, stays_from - 0.01) == term.text


def test_what_is_clear_is_no_part_of_a_term_that_it_is_nearer_to_by_itself() -> None:
    known = Known([Term("Wolffe")], Sounds("en", None))
    for wolf, may_be in ((0.55, False), (0.45, True)):
        said = (*words("a", 0.2), *words("wolf", wolf))
        assert known.may_be(said, Near("Wolffe", 0.6)) == may_be


@pytest.mark.parametrize("confidence", [0.3, 0.97])
@pytest.mark.parametrize("term", ["Dawn", "Basil", "IT", "Rust"])
def test_an_ordinary_word_has_the_capitals_that_the_recogniser_gives_it(term: str, confidence: float) -> None:
    known = Known([Term(term, is_own=True)], Sounds("en", None))
    assert nearest(known, term.lower(), confidence) is None
    assert nearest(known, f"{term},", confidence) == term
    assert nearest(Known([Term("GitHub")], Sounds("en", None)), "github", confidence) == "GitHub"


def test_where_there_are_no_terms_nothing_is_found() -> None:
    assert not NO_TERMS
    assert NO_TERMS.nearest(words("cubicle")) is None
    assert NO_TERMS.alike("cubicle") == ()
    assert not NO_TERMS.may_begin(words("cubicle"))


def test_words_with_which_a_term_or_a_sounding_may_begin_are_known(known: Known) -> None:
    assert known.may_begin(words("poster", 0.99))
    assert known.may_begin(words("a picks"))
    assert not known.may_begin(words("meeting"))
    assert not known.may_begin(words("po", 0.99))  # too short to be held back


def test_a_text_is_compared_with_thousands_of_terms_and_the_nearest_is_told_first() -> None:
    many = Known([Term(f"zz{n:04}qx") for n in range(2_000)] + [Term("Grafana")], Sounds("en", None))
    assert [near.term for near in many.alike("gravana")][:1] == ["Grafana"]


def test_unsure_stretches_are_those_with_an_unsure_word_of_four_at_most() -> None:
    said = [*words("one two three", 0.9), *words("four", 0.5), *words("five six", 0.9)]
    found = {text_of(stretch).strip() for stretch in unsure_stretches(said)}
    assert all("four" in stretch for stretch in found)
    assert "one two three four" in found
    assert max(len(stretch.split()) for stretch in found) == 4


def test_consonants_are_the_same_for_what_sounds_alike() -> None:
    assert consonants(letters("cooper netties")) == consonants(letters("Kubernetes"))
    assert consonants("aoife")[:1] == "a"
    assert consonants("") == ""


def test_pronunciations_are_of_the_language_and_without_stress() -> None:
    library = find_espeak()
    if library is None:
        pytest.skip("libespeak-ng.so.1 or the package espeakng-loader is missing")
    assert library.phonemes("kubectl", "en").startswith("kj")
    assert library.phonemes("jalapeño", "es") != library.phonemes("jalapeño", "en")
    assert library.phonemes(". ", "en") == ""
    assert library.phonemes("two words", "en") == library.phonemes("two", "en") + library.phonemes("words", "en")
    assert library.phonemes("a\0b", "en") != ""


def test_a_language_without_a_voice_has_no_pronunciations() -> None:
    library = find_espeak()
    if library is None:
        pytest.skip("libespeak-ng.so.1 or the package espeakng-loader is missing")
    assert library.phonemes("word", "nowhere") == ""
    assert not Sounds("nowhere", library).is_phonetic


def test_where_the_library_is_missing_there_are_no_pronunciations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak, "SYSTEM_LIBRARY", "libnowhere.so.1")
    monkeypatch.setattr(espeak, "LOADER", "nowhere_loader")
    assert espeak.find_espeak.__wrapped__() is None


def test_a_library_whose_data_is_missing_is_none_and_ends_no_process(tmp_path: Path) -> None:
    if find_espeak() is None:
        pytest.skip("libespeak-ng.so.1 or the package espeakng-loader is missing")
    script = (
        "import sayso.vocabulary.espeak as e\n"
        f"try: e.Espeak(e.SYSTEM_LIBRARY, {str(tmp_path)!r})\n"
        "except OSError as error: print(error)\n"
    )  # in a process of its own: the library has one state for all
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "libespeak-ng.so.1 does not find its data"
