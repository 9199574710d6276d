"""Keyboard layouts → the languages that they are made for: pure.

A layout is known by its code in X11 (`de`, with the variant `nodeadkeys`) or by its name in xkeyboard-config's
list (`German (no dead keys)`), which is what Wayland's compositors tell. A country is no language: where a layout
serves several, none is told.
"""

from __future__ import annotations


def _table(text: str) -> dict[str, str]:
    """Lines of `language: layout layout …` → layout → language."""
    lines = (line.split(":") for line in text.split("\n") if ":" in line)
    return {layout: language.strip() for language, layouts in lines for layout in layouts.split()}


_BY_CODE = _table("""
    en: us gb au nz za ng cm gh
    de: de at ch
    es: es latam
    fr: fr ca cd tg
    pt: pt br
    ar: ara eg iq sy ma
    fa: ir af
    zh: cn tw
    ro: ro md
    sr: rs me
    sw: ke tz
    am: et
    be: by
    bn: bd
    bs: ba
    cs: cz
    da: dk
    el: gr
    et: ee
    he: il
    hy: am
    ja: jp
    ka: ge
    kk: kz
    km: kh
    ko: kr
    lo: la
    mi: mao
    ms: my
    my: mm
    ne: np
    si: lk
    sl: si
    sq: al
    sv: se
    tg: tj
    tk: tm
    tl: ph
    uk: ua
    ur: pk
    vi: vn
    az: az
    bg: bg
    fi: fi
    fo: fo
    hr: hr
    hu: hu
    id: id jv
    is: is
    it: it
    lt: lt
    lv: lv
    mk: mk
    mn: mn
    mt: mt
    nl: nl
    no: no
    pl: pl
    ru: ru
    sk: sk
    th: th
    tr: tr
    uz: uz
""")
"""As `/usr/share/X11/xkb/rules/evdev.lst` describes them. Left out are `be` (Dutch, French) and `in` (twenty
languages: its variants tell), and those whose language Whisper does not know."""

_NONE = "-"
_BY_VARIANT = _table("""
    fr: ch+fr ch+fr_nodeadkeys ch+fr_mac
    hi: in+hin-wx in+hin-kagapa in+bolnagri
    bn: in+ben in+ben_probhat in+ben_inscript
    ta: in+tam in+tam_tamilnet in+tam_tamilnet_TAB lk+tam_unicode
    te: in+tel
    ml: in+mal
    kn: in+kan
    gu: in+guj
    pa: in+guru
    mr: in+mar
    ur: in+urd-phonetic
    sd: pk+snd
    en: in+eng
    ca: es+cat
    tt: ru+tt
    ba: ru+ba
    ru: ua+rstu_ru
    -: ca+eng ca+multix ca+multi tr+ku iq+ku ke+kik
""")
"""Variants of another language than their layout; those of Canada are for both of its languages."""

_BY_NAME = _table("""
    af: afrikaans
    am: amharic
    ar: arabic iraqi
    az: azerbaijani
    ba: bashkirian
    be: belarusian
    bg: bulgarian
    bn: bangla
    bo: tibetan
    bs: bosnian
    ca: catalan
    cs: czech
    da: danish
    de: german
    el: greek
    en: english
    es: spanish
    et: estonian
    fa: persian dari
    fi: finnish
    fo: faroese
    fr: french
    gu: gujarati
    ha: hausa
    he: hebrew
    hi: hindi
    hr: croatian
    hu: hungarian
    hy: armenian
    id: indonesian
    is: icelandic
    it: italian
    ja: japanese
    ka: georgian
    kk: kazakh
    km: khmer
    kn: kannada
    ko: korean
    lo: lao
    lt: lithuanian
    lv: latvian
    mi: maori
    mk: macedonian
    ml: malayalam
    mn: mongolian
    mr: marathi
    ms: malay
    mt: maltese
    my: burmese
    ne: nepali
    nl: dutch
    no: norwegian
    oc: occitan
    pa: punjabi
    pl: polish
    ps: pashto
    pt: portuguese
    ro: romanian moldavian
    ru: russian
    sa: sanskrit
    sd: sindhi
    si: sinhala
    sk: slovak
    sl: slovenian
    sq: albanian
    sr: serbian montenegrin
    sv: swedish
    sw: swahili
    ta: tamil
    te: telugu
    tg: tajik
    th: thai
    tk: turkmen
    tl: filipino
    tr: turkish
    tt: tatar
    uk: ukrainian
    ur: urdu
    uz: uzbek
    vi: vietnamese
    yi: yiddish
    yo: yoruba
    zh: chinese taiwanese
""")
"""How the name of a layout begins."""


def language_of_code(layout: str, variant: str = "") -> str | None:
    """The language of a layout by its codes in X11, such as `de` and `nodeadkeys`; None where none is certain."""
    found = _BY_VARIANT.get(f"{layout}+{variant}") or _BY_CODE.get(layout)
    return None if found == _NONE else found


def language_of_name(name: str) -> str | None:
    """The language of a layout by its name, such as `German (Switzerland)`; None where none is certain."""
    words = name.partition("(")[0].split()
    return _BY_NAME.get(words[0].casefold()) if len(words) == 1 else None


def language_in_force(names: bytes, group: int) -> str | None:
    """The language of the group in force, by what the X server says of its layouts.

    Args:
        names: the root window's property `_XKB_RULES_NAMES`: rules, model, layouts, variants and options, each
            with a zero byte after it; layouts and variants with commas between.
        group: from 0.

    """
    parts = names.decode("latin-1").split("\0")
    if len(parts) < 3 or not parts[2]:
        return None
    layouts = parts[2].split(",")
    variants = parts[3].split(",") if len(parts) > 3 else []
    at = group % len(layouts)
    return language_of_code(layouts[at].strip(), variants[at].strip() if at < len(variants) else "")
