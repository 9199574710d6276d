"""X11 in the terms of this program: a connection, the keyboard, the focus, the selections."""
