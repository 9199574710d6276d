"""What is said in English, as a recogniser spells it, and what then stands."""

from __future__ import annotations

import pytest
from tests.daemon.commands.window import Window

from sayso.commands.sources import load_grammar

GRAMMAR = load_grammar("en")

SAID = {
    # marks: the recogniser's own beside them give way, and so do capitals that it gave for its own full stop
    "hello comma world": "hello, world",
    "Hello, comma, world, full stop.": "Hello, world.",
    "Hello. Comma. World.": "Hello, world.",
    "I came full stop how are you question mark": "I came. How are you?",
    "Is this right? Question mark.": "Is this right?",
    "It is, exclamation mark. Yes": "It is! Yes",
    "Wait dot dot dot what": "Wait… what",
    "Hello full-stop there": "Hello. There",
    "Hello newline there": "Hello\nThere",
    "Full stop. Full stop.": ".",
    "He said, open quote, good morning, close quote, full stop.": 'He said "good morning".',
    "see open bracket page five close bracket now": "see (page five) now",
    "a text em dash with a thought": "a text—with a thought",
    "Send it to me at sign example": "Send it to me@example",
    # breaks: the recogniser's full stop before them stays
    "Dear Anna, comma, new line, thank you.": "Dear Anna,\nThank you.",
    "I went home. New line. Next day it rained": "I went home.\nNext day it rained",
    "Milk, new line, bread, new line, butter.": "Milk\nBread\nButter.",
    "One new paragraph two": "One\n\nTwo",
    # the names of things are words
    "put a comma here": "put a comma here",
    "it came to a full stop there": "it came to a full stop there",
    "our new line of shoes": "our new line of shoes",
    "a long period of time": "a long period of time",
    "the colon and the dash": "the colon and the dash",
    "there is no space left": "there is no space left",
    "the salary cap will stay": "the salary cap will stay",
    "scratch that itch": "scratch that itch",
    # … unless they are set off
    "I came _ period _ then I left": "I came. Then I left",
    "I came. Period. Then": "I came. Then",
    "three things _ colon _ milk": "three things: milk",
    "one, dash, two": "one – two",
    "home period new line there": "home period\nThere",
    "home _ period new line there": "home.\nThere",
    # capitals
    "my name is _ cap peter now": "my name is Peter now",
    "we use all caps nasa here": "we use NASA here",
    "no caps LOUD words": "loud words",
    "caps on war and peace caps off by tolstoy": "War And Peace by tolstoy",
    "all caps on stop it all caps off now": "STOP IT now",
    "hello. Comma. I am. Comma. Monday": "hello, I am, Monday",
    "hello. Comma. NASA": "hello, NASA",
    "hello, comma, John": "hello, John",
    "see full stop iPhone": "see. iPhone",
    # no space
    "foot _ no space _ ball": "football",
    # spelling
    "the code is spell alpha bravo charlie thanks": "the code is abc thanks",
    "Spell, Alpha, Bravo, Charlie.": "abc.",
    "spell S-M-I-T-H": "smith",
    "_ cap spell s m i t h": "Smith",
    "all caps spell x y z": "XYZ",
    "spell a word for me": "spell a word for me",
    "how do you spell": "how do you spell",
    "spell x ray": "spell x ray",
    # numbers
    "numeral twenty three people": "23 people",
    "numeral twenty-three": "23",
    "The number is numeral 305.": "The number is 305.",
    "numeral three hundred and five": "305",
    "numeral two thousand and nineteen and": "2019 and",
    "numeral nine hundred ninety nine thousand nine hundred ninety nine": "999999",
    "numeral three point one four": "3.14",
    "numeral five six": "5 six",
    "a numeral is a sign": "a numeral is a sign",
    # as it is said
    "literally comma": "comma",
    "I said literally new line twice": "I said new line twice",
    "I was literally dying": "I was literally dying",
    "literally literally": "literally",
    "Literally. Period.": "Period.",
    # taking back
    "this is wrong _ scratch that _ this is right": "this is right",
    "This is wrong. Scratch that. This is right.": "This is right.",
    "keep this _ but not that _ scratch that _ and this": "keep this and this",
    "keep _ one _ scratch that _ scratch that _ all gone": "all gone",
    "keep _ one _ two _ undo that _ all gone": "all gone",
    "Scratch that.": "",
    # half of a command
    "this is new": "this is new",
    "a question": "a question",
    "open the door": "open the door",
    "all of the caps": "all of the caps",
    # unsure sound-alikes are only commands where the recogniser was unsure (0.9 is sure)
    "Hello. Comment. World.": "Hello. Comment. World.",
}


@pytest.mark.parametrize(("said", "stands"), SAID.items(), ids=SAID)
def test_what_is_said_stands_as_it_was_meant(said: str, stands: str) -> None:
    assert Window(GRAMMAR).say(said) == stands


SAID_WITH_PAUSES = {
    ("Hello.", "Comma.", "World."): "Hello, world.",
    ("I like apples", "comma", "pears", "and plums", "full stop"): "I like apples, pears and plums.",
    ("Hello.", "Full stop.", "Then."): "Hello. Then.",
    ("Is it?", "Question mark.", "Yes."): "Is it? Yes.",
    ("He came.", "New line.", "He left."): "He came.\nHe left.",
    ("Dear Anna.", "Comma.", "New line.", "Thank you."): "Dear Anna,\nThank you.",
    ("He said.", "Open quote.", "Yes.", "Close quote.", "Full stop."): 'He said "yes".',
    ("Caps on.", "war and peace", "caps off", "by tolstoy"): "War And Peace by tolstoy",
    ("This is wrong.", "Scratch that.", "This is right."): "This is right.",
    ("One.", "Two.", "Scratch that.", "Scratch that.", "Three."): "Three.",
    ("One.", "Two.", "Scratch that. Three."): "One. Three.",
    ("One.", "Two wrong. Undo that. Undo that. Three."): "Three.",
    ("One.", "Undo that."): "",
}


@pytest.mark.parametrize(("said", "stands"), SAID_WITH_PAUSES.items(), ids=map(" | ".join, SAID_WITH_PAUSES))
def test_a_command_that_is_an_utterance_by_itself_goes_with_the_one_before(
    said: tuple[str, ...], stands: str
) -> None:
    assert Window(GRAMMAR).say(*said) == stands


def test_a_word_that_is_often_heard_for_a_command_is_one_where_the_recogniser_was_unsure() -> None:
    window = Window(GRAMMAR)
    window.say("Hello.")
    window.say("Comment.", confidence=0.4)
    assert window.say("World.") == "Hello, world."


def test_what_a_comma_said_about_the_next_word_is_forgotten_after_a_while() -> None:
    window = Window(GRAMMAR)
    window.say("hello comma")
    window.now += 100.0
    assert window.say("Monkeys are here") == "hello, Monkeys are here"
    window.now += 100.0
    assert window.say("Full stop") == "hello, Monkeys are here."


def test_without_a_way_to_trim_the_end_of_an_utterance_stays_as_it_is() -> None:
    assert Window(GRAMMAR, trims=False).say("Hello.", "Comma.", "World.") == "Hello., world."
