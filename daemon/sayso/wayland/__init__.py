"""Wayland in our terms: the wire, who has the focus, and the ways in which a compositor lets a program type."""
