"""What is said in German, French, Spanish and Portuguese, and what then stands."""

from __future__ import annotations

import pytest
from tests.daemon.commands.window import Window

from sayso.commands.sources import languages, load_grammar

NB = "\u00a0"
SAID = {
    "de": {
        "Hallo, Komma, Welt, Ausrufezeichen.": "Hallo, Welt!",
        "Ich komme. Komma. Aber der Hund bleibt": "Ich komme, aber der Hund bleibt",
        "Ich komme. Komma. Hund und Katze": "Ich komme, Hund und Katze",
        "er sagte Doppelpunkt Anführungszeichen auf guten Tag Anführungszeichen zu": "er sagte: „guten Tag“",
        "Liebe Anna Komma neue Zeile danke": "Liebe Anna,\nDanke",
        "der Punkt ist klar": "der Punkt ist klar",
        "das war es _ Punkt _ und jetzt": "das war es. Und jetzt",
        "siehe Klammer auf Seite zwei Klammer zu": "siehe (Seite zwei)",
        "Ziffer dreiundzwanzig": "23",
        "Ziffer neunhundertneunundneunzigtausendneunhundertneunundneunzig": "999999",
        "Ziffer drei Komma fünf": "3,5",
        "buchstabiere Anton Berta Cäsar": "abc",
        "das ist falsch _ streich das _ das ist richtig": "das ist richtig",
        "wörtlich Komma": "Komma",
        "ein neuer Absatz im Gesetz": "ein neuer Absatz im Gesetz",
    },
    "fr": {
        "bonjour virgule le monde": "bonjour, le monde",
        "ça va point d'interrogation": f"ça va{NB}?",
        "il dit _ deux points _ ouvrez les guillemets bonjour fermez les guillemets": (
            f"il dit{NB}: «{NB}bonjour{NB}»"
        ),
        "un point de vue": "un point de vue",
        "nouveau paragraphe merci": "\n\nMerci",
        "_ en chiffres quatre-vingt-dix-sept": "97",
        "_ en chiffres soixante et onze": "71",
        "_ en chiffres vingt et un": "21",
        "c'est faux _ efface ça _ c'est juste": "c'est juste",
        "littéralement virgule": "virgule",
    },
    "es": {
        "hola coma mundo": "hola, mundo",
        "abrir interrogación qué tal cerrar interrogación": "¿qué tal?",
        "abrir exclamación hola cerrar exclamación": "¡hola!",
        "el punto de vista": "el punto de vista",
        "gracias nueva línea adiós": "gracias\nAdiós",
        "numeral treinta y cinco": "35",
        "numeral novecientos noventa y nueve mil": "999000",
        "está mal _ borra eso _ está bien": "está bien",
        "literalmente coma": "coma",
    },
    "pt": {
        "olá vírgula mundo": "olá, mundo",
        "tudo bem ponto de interrogação": "tudo bem?",
        "o ponto de vista": "o ponto de vista",
        "obrigado nova linha até logo": "obrigado\nAté logo",
        "numeral vinte e três": "23",
        "numeral duzentos e quarenta e cinco": "245",
        "abrir aspas sim fechar aspas ponto final": '"sim".',
        "está errado _ apaga isso _ está certo": "está certo",
        "literalmente vírgula": "vírgula",
    },
}
ROWS = [(language, said, stands) for language, rows in SAID.items() for said, stands in rows.items()]


@pytest.mark.parametrize(("language", "said", "stands"), ROWS, ids=[f"{row[0]}: {row[1]}" for row in ROWS])
def test_what_is_said_stands_as_it_was_meant(language: str, said: str, stands: str) -> None:
    assert Window(load_grammar(language)).say(said) == stands


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_kinds_of_commands(language: str) -> None:
    english, grammar = load_grammar("en"), load_grammar(language)
    assert english is not None
    assert grammar is not None
    assert grammar.prompt
    assert grammar.articles
    assert grammar.joiners
    for value in (*range(1, 21), 30, 40, 50, 60, 70, 80, 90, 100, 1_000, 1_000_000):
        assert value in grammar.numbers.values() or language == "fr", value
    assert set("abcdefghijklmnopqrstuvwxyz") <= set("".join(grammar.letters.values()))
