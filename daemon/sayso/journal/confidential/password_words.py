"""The words around passwords, by language: what is data of `passwords`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sayso.journal.confidential.finding import words


@dataclass(frozen=True, slots=True)
class Language:
    """How one speaks of passwords.

    Attributes:
        words: a pattern of the word for it.
        copulas: what stands between it and the password, as words.
        joining: words that say which password it is: "for the router".
        ordinary: words after "is" that tell how a password is, and not what.
        holding: words that hold a sentence together.
        endings: of words that tell how it is.
        fillers: words before the password.
        is_without_copula: "is" is left out.
        is_spaced: there are spaces between words.
        are_nouns_capital: as in German, where small letters tell that it is no noun.

    """

    words: str
    copulas: tuple[tuple[str, ...], ...]
    joining: frozenset[str] = frozenset()
    ordinary: frozenset[str] = frozenset()
    holding: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()
    fillers: frozenset[str] = frozenset()
    is_without_copula: bool = False
    is_spaced: bool = True
    are_nouns_capital: bool = False

    @property
    def tokens(self) -> str:
        """A pattern of one word, with its marks."""
        return r"\S+" if self.is_spaced else r"是|为|為|は|(?:(?!是|为|為|は)[^\s，、；：:])+|[：:]"

    @property
    def clauses(self) -> frozenset[str]:
        """Words with which another clause begins."""
        return _CLAUSES

    def is_ordinary(self, word: str) -> bool:
        """Whether a word tells how a password is."""
        small = word.casefold().strip("'’")
        if not self.is_spaced:
            return small.startswith(tuple(self.ordinary))
        if self.are_nouns_capital and word[:1].islower():
            return True
        return small in self.ordinary or small in self.holding or small.endswith(self.endings)

    def is_holding(self, word: str) -> bool:
        """Whether a word holds a sentence together."""
        return word.casefold() in self.holding

    def is_quality(self, word: str) -> bool:
        """Whether a word that tells how a password is may be the first of a passphrase as well."""
        return word.casefold() in _QUALITIES


def _copulas(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted((tuple(one.split()) for one in text.split("|")), key=len, reverse=True))


_ANY: Final = ":|=|-|—|→"
_CLAUSES: Final = words("but and so because und aber oder et mais y pero e ma mas en maar i ale")
_QUALITIES: Final = words(
    "correct right wrong strong weak long short safe secret secure blank empty old new better good fine",
    "simple random private public hidden common unique obvious stupid silly easy hard different same open",
    "closed",
)
MEASURES: Final = (
    "character", "letter", "digit", "sign", "symbol", "word", "day", "week", "month", "year", "hour", "minute",
    "second", "bit", "byte", "time", "attempt", "percent", "%", "zeichen", "buchstabe", "stelle", "ziffer", "tag",
    "caract", "jour", "día", "caratter", "teken", "znak", "символ",
)  # fmt: skip
"""How words begin that say what a number counts."""

NUMBERS: Final = words(
    "two three four five six seven eight nine ten eleven twelve fourteen sixteen twenty thirty",
)

_ENGLISH_HOLDING: Final = words(
    "a an the not too so very quite always still now only never also already again as like on in at under",
    "behind with without from for to of by off out up down over about than that this these those there here",
    "where when what how why who if but and or then because until since while my your his her its our their",
    "it he she they we i you me him them us is are was be been being has have had do does did will would can",
    "could should may might must no yes one something somewhere anything nothing whatever either neither both",
    "all more most less least set which",
)
_ENGLISH: Final = words(
    "probably actually really just wrong right correct incorrect invalid valid required needed necessary",
    "optional missing empty blank expired weak strong long longer short shorter case stored saved written",
    "kept hashed encrypted reset changed going used sent shared same different identical similar fine good",
    "bad better best ok okay unknown unsafe secure insecure safe available lost gone forgotten known public",
    "private easy easier hard harder difficult simple complex complicated important useless sensitive visible",
    "hidden shown due old new older temporary permanent default back part enough whichever everywhere nowhere",
    "accepted rejected mandatory secret confidential common typical unique random obvious stupid silly",
    "annoying impossible possible likely unlikely ready password stolen broken chosen given taken frozen",
    "stuck set put made done told found held left bound built unset unused rubbish garbage nonsense history",
    "trivial crap terrible awful great nice perfect poor fresh current stronger weaker safer worse newer",
    "simpler compromised leaked cached stale expire expires change be match work open closed shit sure",
    "certain true false clear plain legacy wrongly exposed everything hopeless ascii numeric",
)
_GERMAN_HOLDING: Final = words(
    "der die das den dem des ein eine einen einem einer nicht zu sehr noch immer schon nur auch wieder wie",
    "auf in im am an unter hinter mit ohne von vom für bei aus als dass und oder aber denn wenn weil ist war",
    "wird sind ich du er sie es wir ihr mein dein sein unser hier da dort was wo leider jetzt gerade anders",
    "so folgendermaßen",
)
_FRENCH_HOLDING: Final = words(
    "le la les l un une des du de d à au aux en dans sur sous avec sans pour par pas plus trop très toujours",
    "encore déjà que qui et ou mais si ce cette ça il elle je tu nous vous mon ton son notre est sont",
)
_FRENCH: Final = words(
    "incorrect incorrecte correct faux fausse bon mauvais invalide valide nécessaire requis obligatoire court",
    "long vide perdu perdue fort faible secret simple compliqué changé expiré oublié connu inconnu stocké",
    "écrit noté différent identique sensible sûr vieux nouveau ancien parti public privé ici là comme",
)
_SPANISH_HOLDING: Final = words(
    "el la los las lo un una de del en con sin por para no muy más demasiado siempre todavía ya que y o pero",
    "si este esta mi tu su nuestra es son está a ao os as um uma do da dos das em com sem não muito mais",
    "sempre ainda il i gli le uno di in senza per non molto più troppo ancora già che e ma se questo questa",
    "mio mia è",
)
_SPANISH: Final = words(
    "incorrecta incorrecto correcta válida inválida errónea corta larga débil fuerte segura insegura",
    "necesaria nueva vieja antigua secreta simple fácil difícil igual distinta conocida desconocida la misma",
    "curta longa fraca forte requerida cifrada guardada olvidada caducada cambiada robada stata stato",
    "cambiata errata obrigada esquecida errada correta nova velha obrigatória diferente sbagliata corretta",
    "scaduta lunga debole sicura nuova vecchia vuota facile difficile uguale diversa necessaria segreta",
    "giusta scritta salvata",
)

LANGUAGES: Final = (
    Language(
        words=r"(?i)(?<!\p{L})pass[ -]?(?:word|phrase|code|key)(?!\p{L})",
        copulas=_copulas(
            "is|was|are|equals|reads|colon|will be|should be|would be|shall be|must be|is going to be|has to be"
            f"|ought to be|is called|has been set to|was set to|is set to|was changed to|{_ANY}"
        ),
        joining=words("for to of on at from in that which"),
        ordinary=_ENGLISH,
        holding=_ENGLISH_HOLDING,
        endings=("ed", "ing", "ly", "able", "ible", "ful", "less", "n't", "n’t", "ous", "ive"),
        fillers=words("now currently just simply still called"),
    ),
    Language(
        words=r"(?i)(?:passwort|kennwort)(?!\p{L})",
        copulas=_copulas(f"ist|war|lautet|lautete|heißt|wäre|{_ANY}"),
        joining=words("für zum zur vom von am im an auf des der"),
        holding=_GERMAN_HOLDING,
        fillers=words("jetzt nun einfach aktuell"),
        are_nouns_capital=True,
    ),
    Language(
        words=r"(?i)(?<!\p{L})mot de passe(?!\p{L})",
        copulas=_copulas(f"est|était|sera|devient|c'est|{_ANY}"),
        joining=words("de du des pour d'accès au à"),
        ordinary=_FRENCH,
        holding=_FRENCH_HOLDING,
        endings=("é", "ée", "able", "ible", "eux", "ant"),
        fillers=words("maintenant désormais"),
    ),
    Language(
        words=r"(?i)(?<!\p{L})(?:contraseña|senha|palavra-passe|parola d'ordine)(?!\p{L})",
        copulas=_copulas(f"es|era|será|é|è|sarà|{_ANY}"),
        joining=words("de del do da della di para per"),
        ordinary=_SPANISH,
        holding=_SPANISH_HOLDING,
        endings=("able", "ible", "ável", "ível", "bile"),
        fillers=words("ahora agora adesso ora"),
    ),
    Language(  # Italian says it in English
        words=r"(?i)(?<!\p{L})password(?!\p{L})",
        copulas=_copulas("è|era|sarà"),
        joining=words("di del della dello dell' per"),
        ordinary=_SPANISH,
        holding=_SPANISH_HOLDING,
        endings=("bile",),
        fillers=words("adesso ora"),
    ),
    Language(
        words=r"(?i)(?<!\p{L})(?:wachtwoord|lösenordet|lösenord|passordet|passord|adgangskoden|kodeord|salasana)(?!\p{L})",
        copulas=_copulas(f"is|was|wordt|är|blir|er|bliver|on|{_ANY}"),
        joining=words("voor van bij till för på til for"),
        ordinary=words(
            "fout juist correct verkeerd verlopen kort lang zwak sterk veilig leeg nodig verplicht nieuw oud",
            "vergeten gewijzigd geheim fel rätt långt lång svagt starkt säkert tomt nytt gammalt glömt borta",
            "feil riktig galt forkert langt svak utløpt väärä oikea lyhyt pitkä",
        ),
        holding=words(
            "de het een te niet heel erg altijd nog al op in met zonder van voor dat en of maar als mijn je",
            "hier daar för inte alltid ännu på i med utan av som och eller men min din här där til ikke enda",
            "liian ei",
        ),
        endings=("baar",),
        fillers=words("nu nå"),
    ),
    Language(
        words=r"(?i)(?<!\p{L})(?:hasło|heslo|jelszó)(?!\p{L})",
        copulas=_copulas(f"to|jest|brzmi|je|zní|{_ANY}"),
        joining=words("do dla od pro k"),
        ordinary=words(
            "złe błędne dobre poprawne niepoprawne krótkie długie słabe silne wygasło potrzebne wymagane nowe",
            "stare puste tajne inne proste trudne ważne zapisane zapomniane špatné správné krátké dlouhé",
            "rossz helyes",
        ),
        holding=words(
            "za nie zbyt bardzo zawsze jeszcze na w z bez do że i lub ale moje twoje tu tam co jak příliš",
        ),
        fillers=words("teraz"),
    ),
    Language(
        words=r"(?i)(?<!\p{L})(?:пароль|şifre(?:m|si)?|parolası|parolam"
        r"|סיסמה|הסיסמה|סיסמא|הסיסמא|كلمة (?:المرور|السر)|κωδικός πρόσβασης"
        r"|비밀번호(?:는|은)?)(?!\p{L})",
        copulas=_copulas(f"это|равен|есть|היא|הוא|זה|هي|هو|είναι|{_ANY}"),
        joining=words("от для к на из של ל"),
        ordinary=words(
            "неверный неправильный верный правильный нужен нужно короткий длинный слабый новый старый другой",
            "такой истёк истек забыт утерян изменён изменен сохранён обязателен пуст пустой сменился подошёл",
            "подошел yanlış doğru kısa uzun zayıf güçlü yok var gerekli boş yeni eski değişti unuttum",
            "geçersiz שגויה נכונה ארוכה קצרה חלשה חזקה חדשה ישנה ריקה פגה שלי שלך خاطئة صحيحة قصيرة طويلة",
            "틀렸습니다 틀려요 맞습니다 필요합니다 짧습니다 길어요",
        ),
        holding=words(
            "не слишком очень всегда ещё еще уже в на с без и или но что как где мой твой это там тут надо",
            "нельзя çok değil ve ama bu לא מאוד עדיין כבר על את ליד כתובה ليس غير جدا",
        ),
        endings=(
            "ый", "ий", "ой", "ая", "ое", "ен", "ён", "ть", "ться", "тся", "ла", "ли", "ло", "ал", "ил", "ет",
            "ит", "ют", "dı", "di", "du", "dü", "tı", "ti", "tu", "tü", "yor", "니다", "어요", "아요",
        ),
        is_without_copula=True,
    ),
    Language(
        words=r"(?:密码|密碼|口令|パスワード)",
        copulas=(("是",), ("为",), ("為",), ("は",), (":",), ("：",)),
        ordinary=words(
            "错 錯 对 對 正确 正確 不 什么 什麼 多少 空 新 旧 舊 太 很 我 你 他 一样 由 用 必 需 无效",
            "過期 过期 在 被 谁 哪",
            "間違 正し 何 必要 忘 変 短 長 無効 違 ここ まだ もう 同じ 安全",
        ),
        is_spaced=False,
    ),
)  # fmt: skip
"""Each with its words; English first."""
