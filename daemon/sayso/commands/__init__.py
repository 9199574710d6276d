"""Speech as commands: of the words of an utterance, those that mean something else than themselves.

A `Grammar` says which words those are: data, read from YAML (`sources`). `interpret` goes over committed words as
they come and gives pieces of text, each of which knows its words; a word that may yet become part of a command is
held back until the next one decides. What a command changes (a capital to come, an open bracket, what is taken
back) is the `Interpretation`'s, so that text is only ever added to what stands, except where somebody asks for
it to be taken back.
"""

from sayso.commands.grammar import Grammar
from sayso.commands.interpretation import Interpretation, Piece, Standing
from sayso.commands.interpreter import interpret
from sayso.commands.sources import Grammars, obeyed

__all__ = ["Grammar", "Grammars", "Interpretation", "Piece", "Standing", "interpret", "obeyed"]
