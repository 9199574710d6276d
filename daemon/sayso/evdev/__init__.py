"""Linux's input devices in their own bytes: keyboards that are read, and one that is made.

`wire.py` has the bytes and numbers, `keyboard.py` one device, `keyboards.py` all that matter, as they come and
go; `virtual.py` makes a keyboard of our own (uinput), `layout.py` says which of its keys writes what, `access.py`
what to do where the kernel refuses. Not python-evdev: it has no wheels, and needs a compiler and kernel headers.
"""
