"""Words written as one: "Wanderschuhe" is made of "wandern" and "Schuhe", and is about shoes.

The dictionary is the site itself: what no page says would match nothing. Libraries were tried: those that take words apart are
GPL, unkept or without wheels for the Pythons in use; the word lists of simplemma (MIT, 19 MB), used as a second dictionary, found as many wrong
parts as right ones on a large site and left the verdicts on its anchors as they were (``python -m tests.bench.bench_compounds``).
"""

from collections.abc import Iterable, Iterator

from linkkit.text.language import function_words
from linkkit.text.words import Vocabulary, normal_word

MIN_PART, MIN_OWN_PART = 4, 3
"""Letters of a part, and of one that the site has as a word just so; as a first part only before a sure head."""
MIN_SURE_HEAD = 6
"""From so many letters on, a word of the site is a head whatever it follows: "Damenschuhe", where no page says "Damen"."""

_SAME = {"nb": "no", "nn": "no"}
_LINKING = {
    "de": ("s", "n", "en", "es", "er", "e", "ns", "ens"),
    "nl": ("s", "e", "en", "er", "n"),
    "sv": ("s", "e", "a", "o", "u"),
    "da": ("s", "e", "er"),
    "no": ("s", "e", "er"),
    "fi": ("n", "en"),
    "hu": (),
    "is": ("s", "a", "ar", "u", "na"),
    "et": ("e", "te"),
    "af": ("s", "e"),
}
"""Letters between two parts that belong to neither, by language (ISO 639-1)."""
_ENDINGS = {
    "de": ("e", "n", "en", "t"),
    "nl": ("e", "n", "en", "t"),
    "sv": ("a", "e", "ar", "er"),
    "da": ("e", "r", "er"),
    "no": ("e", "r", "er"),
    "fi": ("s",),
    "is": ("a", "i", "ur"),
    "af": ("e",),
}
"""Endings that a word loses as a first part: "wandern" in "Wanderschuhe", "Wolle" in "Wollsocken"."""
_SUFFIXES = {
    language: frozenset(suffixes.split())
    for language, suffixes in {
        "de": (
            "schaft schaften haft hafte haften heit heiten keit keiten ung ungen lich isch ische ischen bar sam los lose losen tum nis nisse "
            "ling linge chen lein ern eren iert iere ieren tieren inger ingen tion tionen ment mente tät ität ist isten tor toren end ende enden"
        ),
        "nl": "heid heden schap loos lijk lijke baar ling lingen tie ties ingen",
        "sv": "skap het heten lig liga ning ningar ningen inger else bar sam lös",
        "da": "skab hed heder lig lige ning ninger inger else bar som løs",
        "no": "skap het heter lig lige ning ninger inger else bar som løs",
        "fi": "nen sten inen ton llinen",
        "af": "heid skap loos lik like baar ing inge",
    }.items()
}
"""What ends words without being one."""
NOUNS_HAVE_CAPITALS = frozenset({"de"})
LANGUAGES = frozenset(_LINKING) | frozenset(_SAME)
"""Languages that write compounds as one word (ISO 639-1)."""

_Cut = tuple[bool, bool, int, int, str, str]


class Compounds:
    """Takes compounds apart into words that the site uses.

    Parameters
    ----------
    vocabulary : Vocabulary
        Of the site.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._splitters: dict[str, _Splitter] = {}

    def parts(self, word: str, language: str) -> tuple[str, ...]:
        """The words that a compound is made of, lower case, its head last; empty where it is none.

        The head is a word of the site, inflected or not; what stands before it is one too, but for letters that link the two
        or an ending that it lost, or the head is long enough to be sure (`MIN_SURE_HEAD`). A part that the site has as a word
        is not taken apart further. In German only nouns are taken apart: what the site writes with a capital somewhere. Words
        with digits or capitals inside are none.
        """
        if language not in LANGUAGES or not word.isalpha() or word[1:] != word[1:].lower():
            return ()
        if language not in self._splitters:
            forms = self._vocabulary.forms(language)
            self._splitters[language] = _Splitter(forms, _SAME.get(language, language))
        splitter = self._splitters[language]
        return splitter.parts(word.lower()) if splitter.is_name(word) else ()


class _Splitter:
    """Compounds of one language."""

    def __init__(self, forms: Iterable[str], language: str) -> None:
        self._language = language
        closed = function_words().get(language, frozenset()) | _SUFFIXES.get(language, frozenset())
        own = [form for form in forms if len(form) >= MIN_OWN_PART and form.isalpha()]
        self._closed = closed
        self._forms = frozenset(form.lower() for form in own) - closed
        self._has_capitals = language in NOUNS_HAVE_CAPITALS
        self._nouns = (
            frozenset(form.lower() for form in own if form[0].isupper()) - closed
            if self._has_capitals
            else self._forms
        )
        self._stems = frozenset(normal_word(form, language) for form in self._nouns if len(form) >= MIN_PART)
        self._links = ("", *_LINKING.get(language, ()))
        endings = _ENDINGS.get(language, ())
        self._firsts = self._nouns.union(
            (form for form in self._forms if len(form) >= MIN_PART),
            (
                form.removesuffix(ending)
                for form in self._forms
                for ending in endings
                if form.endswith(ending) and len(form) - len(ending) >= MIN_PART
            ),
        )
        self._known: dict[str, tuple[str, ...]] = {}

    def is_name(self, word: str) -> bool:
        """Whether a word can be a noun: in German, it has a capital, or the site writes it with one."""
        return not self._has_capitals or word[0].isupper() or word in self._nouns

    def parts(self, word: str) -> tuple[str, ...]:
        if word not in self._known:
            # A word that is met again while it is taken apart is none.
            self._known[word] = ()
            found = max(self._cuts(word), default=None)
            if found is not None:
                first, head = found[-2:]
                self._known[word] = (*self._further(first), *self._further(head))
        return self._known[word]

    def _further(self, part: str) -> tuple[str, ...]:
        is_whole = part in self._forms or self._is_inflected(part)
        return (part,) if is_whole else self.parts(part) or (part,)

    def _cuts(self, word: str) -> Iterator[_Cut]:
        """Ways to cut a word in two: is the first part known, the head as it stands, letters of the head and the link (fewest first)."""
        for cut in range(MIN_OWN_PART, len(word) - MIN_OWN_PART + 1):
            head = word[cut:]
            is_own = head in self._nouns
            firsts = [
                word[: cut - len(link)]
                for link in self._links
                if cut - len(link) >= MIN_OWN_PART and word.startswith(link, cut - len(link))
            ]
            known = [first for first in firsts if self._is_first(first, head)]
            if not known and is_own:
                # What a sound head follows may be made of several words itself.
                known = [first for first in firsts if len(first) >= 2 * MIN_PART and self.parts(first)]
            if known and (is_own or self._is_inflected(head)):
                first = max(known, key=len)
                yield True, is_own, len(head), len(first) - cut, first, head
            elif is_own and len(head) >= MIN_SURE_HEAD and cut >= MIN_PART:
                yield False, is_own, len(head), 0, word[:cut], head

    def _is_first(self, part: str, head: str) -> bool:
        return part in self._firsts and (len(part) >= MIN_PART or len(head) >= MIN_SURE_HEAD)

    def _is_inflected(self, part: str) -> bool:
        """Whether a head is a noun of the site in another form."""
        return (
            len(part) >= MIN_PART
            and part not in self._closed
            and normal_word(part, self._language) in self._stems
        )
