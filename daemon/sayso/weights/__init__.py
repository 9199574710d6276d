"""Whisper's weights in the formats that engines read, and from one into another.

A Whisper model is some hundred tensors, whatever the file. Here they go by the names that OpenAI's own
implementation gives them (openai/whisper, `model.py`), which whisper.cpp uses too; `ctranslate2_file`, `ggml`
and `gguf_file` know how each format spells them. Nothing here needs torch.
"""
