"""What is dictated, and on which keyboards."""

LAYOUTS = {
    "us": ("us", ""),
    "de": ("de", ""),
    "fr": ("fr", ""),
    "il": ("il", ""),
    "dvorak": ("us", "dvorak"),
}
TEXTS = {
    "ascii": "The quick brown fox, (42) jumps: over! it's #1 @ home & more; a/b = 50 % \\ [x] {y} ~ ^ ` $ <z> |?",
    "accents": "é ñ ß à Ü ç",
    "other scripts": "ש שלום ע 日本語",
    "emoji": "😀👩‍👩‍👧",
    "dash": "one — two",
    "tabs and newlines": "one\ttwo\nthree\n",
    "5,000 characters": "The quick brown fox é ש — 日本語 😀, and then. " * 120,
}
assert len(TEXTS["5,000 characters"]) >= 5000
