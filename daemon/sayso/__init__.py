"""sayso: dictation for Linux that learns your voice."""

__version__ = "0.1.0"
