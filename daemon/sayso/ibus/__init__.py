"""IBus in our terms: its bus, its values, an engine of our own on it, and which window an input context is in.

An engine commits text, shows what is not certain yet as preedit, deletes and reads what stands around the
cursor: no layout, no clipboard and no keys are needed. Only the global engine may commit (an input context belongs
to the connection that made it, and a client believes the daemon alone), so ours takes the place of the person's
engine while something is being typed, and no longer. The protocol is that of IBus 1.5: its `src/ibusengine.c`,
`bus/ibusimpl.c`, `bus/inputcontext.c`.
"""
