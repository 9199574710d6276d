"""A pydbus client, run by the system's Python: a JSON object a line for each call, property and signal.

Signals are listened to until the one named in the first argument has come.
"""

import json
import sys

import pydbus
from gi.repository import GLib


def tell(what, value):
    sys.stdout.write(json.dumps([what, value]) + "\n")
    sys.stdout.flush()


sayso = pydbus.SessionBus().get("org.sayso.Dictation1", "/org/sayso/Dictation1")
loop = GLib.MainLoop()


def on(name):
    def heard(*arguments):
        tell(name, list(arguments))
        if name == sys.argv[1]:
            loop.quit()

    return heard


for name in ("StateChanged", "HypothesisChanged", "Committed", "UtteranceFinished", "Problem", "ModelChanged"):
    getattr(sayso, name).connect(on(name))
sayso.PropertiesChanged.connect(lambda interface, changed, gone: tell("PropertiesChanged", changed))

for name in ("State", "Engine", "Model", "Device", "Version", "Level"):
    tell(name, getattr(sayso, name))
tell("GetStatus", sayso.GetStatus())
sayso.Start()
tell("State", sayso.State)
try:
    sayso.StopNote()
except GLib.GError as error:
    tell("StopNote", error.message)
tell("listening", True)
loop.run()
