"""A report of made-up days."""

from __future__ import annotations

import random
from datetime import date, timedelta

from sayso.figures import Fixed, Judged, Spoken
from sayso.figures.facts import Facts
from sayso.figures.report import Report, report

FIRST = date(2026, 1, 5)
SECRET = "something that nobody else is to read"
APPLICATIONS = ("Firefox", "$HOME and $PATH", "מכתב", "日本語 😀", "a very long name of an application", "")
TERMS = ("Kubernetes", "Grafana", "שלום")


def facts(days: int = 60, worse_from: int = 40) -> Facts:
    """Some utterances a day, with more corrections from a day on; the same at every run."""
    dice = random.Random(2)
    spoken: list[Spoken] = []
    fixed: list[Fixed] = []
    judged: list[Judged] = []
    for day in range(days):
        for _ in range(dice.randint(5, 15)):
            number, words = len(spoken) + 1, dice.randint(5, 40)
            text = f"{SECRET} {dice.choice(TERMS)}"
            application, model = dice.choice(APPLICATIONS), "base" if day > days // 2 else "tiny.en"
            computing = words / 2.5 * dice.uniform(0.2, 0.3)
            spoken.append(
                Spoken(number, FIRST + timedelta(day), application, model, words, words / 2.5, computing, text)
            )
            often = 0.02 if day < worse_from else 0.08
            changed = sum(dice.random() < often for _ in range(words))
            meant = dice.choice((*TERMS, SECRET))
            if changed:
                fixed.append(Fixed(number, (("misheard", meant),) * changed))
            judged += [Judged(dice.random(), dice.random() < 0.9) for _ in range(words)]
    return Facts(tuple(spoken), tuple(fixed), tuple(judged))


def made(days: int = 60) -> Report:
    """The same as a report."""
    return report(facts(days), TERMS)


def empty() -> Report:
    """That of somebody who has said nothing."""
    return report(Facts(), ())
