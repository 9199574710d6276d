"""Every error that sayso raises on purpose.

    SaysoError
    ├── ConfigError         the settings file: file, line, key, value, nearest valid key
    ├── AudioFileError      a file that cannot be read as audio
    ├── CaptureError        the microphone or the sound server
    │   ├── FormatRefused   a device that does not take this rate or number of channels
    │   └── RingOverrun     audio asked for that the ring no longer holds
    ├── ModelError          a model missing, damaged or unfit
    ├── EngineError         an engine missing or failing
    │   └── NotLoaded       a model that rested and could not be loaded again; the next need tries anew
    ├── TypistError         the text could not be delivered
    │   ├── TargetAway      its window does not have the focus now; the text can wait
    │   │   ├── TargetBusy  a window has not taken yet what it was told to paste
    │   │   └── TakesNoText what has the focus in it takes no text
    │   ├── TargetGone      it has no place to go to: its window is closed, or there was none
    │   ├── SecretField     it wants a password there: nothing was typed, and nothing may be kept
    │   ├── NotBeforeCursor what is to be taken back is not known to stand there
    │   ├── ArrivedInPart   only its beginning stands there
    │   └── Unable          this way of typing cannot deliver it there; another one may
    ├── DisplayError        no display, or one that went away
    │   └── RequestRefused  a Wayland compositor refused a request, and ended the connection
    ├── HotkeyError         a hotkey that cannot be watched here
    ├── BusError            no session bus, or nobody at the other end
    │   ├── NotRunning      nobody has the service's name on the bus
    │   ├── NotAnswering    somebody has, and does not answer
    │   ├── CallRefused     the service answered with an error
    │   ├── Refused         a portal of the desktop refused, or the person did (Denied)
    │   └── Interrupted     a portal's keyboard was taken away in the middle of a text
    ├── Paused              the person is away: nobody is listened to
    ├── AlreadyRunning      one service for each person, and there is one
    ├── StorageError        disk full, folder not writable
    └── JournalError        what was dictated cannot be kept, or what was kept cannot be read
        ├── KeyMissing      its key is gone: neither the keyring has it nor the file
        ├── KeyLocked       the keyring is locked; nothing is lost until it is opened
        ├── WrongKey        there is a key, and not the one that this was sealed with
        ├── JournalDamaged  a row or a file was damaged; the rest can be read
        ├── NewerJournal    a newer sayso wrote it
        ├── NoSuchUtterance nothing is kept under that number
        ├── NotLearning     the person has not said that anything may be kept
        └── Confidential    a number or a word that is nobody's business: it is not kept

Each message says where, what, and what to do next. The command line prints it without a traceback and
leaves with status 1; the service reports it as a problem and lives on where it can.
"""

from __future__ import annotations


class SaysoError(Exception):
    """Base of all errors raised on purpose; `str()` is fit to show to a person."""


class ConfigError(SaysoError):
    """The settings cannot be used; says file, line, key, value and the nearest valid key."""


class AudioFileError(SaysoError):
    """A file is missing, unreadable or holds no audio."""


class CaptureError(SaysoError):
    """No microphone, no sound server, or a device that refuses to open."""


class FormatRefused(CaptureError):
    """A device does not take this sample rate or number of channels; another may do."""


class RingOverrun(CaptureError):
    """A span was asked for that has already been overwritten in the ring."""


class ModelError(SaysoError):
    """A model is missing, damaged or does not fit the engine or language."""


class EngineError(SaysoError):
    """An engine or compute device is missing or failed."""


class NotLoaded(EngineError):
    """A model that was unloaded could not be loaded again; it is tried anew when somebody needs it."""


class TypistError(SaysoError):
    """Text could not be delivered."""


class TargetAway(TypistError):
    """The window that the text is for does not have the focus; nothing was typed, and it may be tried again."""


class TakesNoText(TargetAway):
    """Its window has the focus, and something in it that takes no text, or may get none; nothing was typed."""


class TargetBusy(TargetAway):
    """A window was told to paste and has not, but may yet: until then the text must go nowhere else either."""


class TargetGone(TypistError):
    """There is no place for the text: its window no longer exists, or there was none; nothing was typed."""


class SecretField(TypistError):
    """The field that has the focus wants a password: nothing was typed, and nothing of the text may be kept."""


class NotBeforeCursor(TypistError):
    """What is to be deleted is not known to stand right before the cursor; nothing was deleted or typed."""


class ArrivedInPart(TypistError):
    """A text arrived, but not to its end, and will not.

    Attributes:
        characters: so many from its beginning stand there.

    """

    def __init__(self, message: str, characters: int) -> None:
        super().__init__(message)
        self.characters = characters


class Unable(TypistError):
    """This way of typing cannot deliver an edit there, and has changed nothing: another may try."""


class DisplayError(SaysoError):
    """There is no X display to be had, or it went away."""


class HotkeyError(SaysoError):
    """A way of watching hotkeys that is not installed, or that does not know one of them."""


class Paused(SaysoError):
    """The screen is locked, or the machine sleeps: nobody is listened to."""


class AlreadyRunning(SaysoError):
    """Another process has what only one service of a person can have; the message says which."""


class BusError(SaysoError):
    """There is no session bus, or nobody at the other end of it."""


class StorageError(SaysoError):
    """A file or folder cannot be written: disk full or no permission."""


class JournalError(SaysoError):
    """What was dictated cannot be kept, or what was kept cannot be read."""


class KeyMissing(JournalError):
    """There is a journal, and its key is neither in the keyring nor in a file."""


class KeyLocked(JournalError):
    """The keyring that has the key is locked."""


class WrongKey(JournalError):
    """A key was found, and the journal was not sealed with it."""


class JournalDamaged(JournalError):
    """A part of the journal is damaged; the message says which."""


class NewerJournal(JournalError):
    """The journal was written by a newer sayso, and is left as it is."""


class NoSuchUtterance(JournalError):
    """Nothing is kept under that number."""


class NotLearning(JournalError):
    """Nothing is kept or learnt, because the person has not said that it may be."""


class Confidential(JournalError):
    """What is to be kept has something confidential in it, and is not kept; the message does not say what."""
