"""Turns what the user corrected into a better model of their speech. Everything that needs torch is here."""
