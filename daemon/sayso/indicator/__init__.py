"""What the user sees and hears: `sayso indicator`, a process of its own beside the service.

It is a client of the service on the session bus, so that drawing never shares the interpreter with recognition
and a crash of it costs no word. `model` turns what the service tells into what there is to be seen; `overlay`,
`tray`, `notifications` and `sounds` show it; `running` builds all of it in order and unwinds it in reverse.
"""
