"""The training corpora are written by hand: do their lines follow docs/annotation.md, and are they as many as stated?"""

import re
from collections import Counter
from pathlib import Path

import pytest

LANGUAGES = Path(__file__).parents[2] / "agents" / "enrichment" / "languages"
PARTS = sorted(LANGUAGES.glob("*/corpus/*.txt"))
SHEETS = sorted(LANGUAGES.glob("*/corpus/DATASHEET.md"))

TYPES = ("PER", "ORG", "LOC", "GRP", "PRO", "EVT")
SPAN = re.compile(rf"\[({'|'.join(TYPES)}) ([^\[\]]+)\]")
PARTICLES = re.compile("[وفبكلأ]*ـ?")
ARABIC_TITLES = {
    "الرئيس",
    "الملك",
    "الأمير",
    "الأميرة",
    "الشيخ",
    "الدكتور",
    "الدكتورة",
    "السيدة",
    "العميد",
    "الوزير",
    "البابا",
}


def part_name(path: Path) -> str:
    return f"{path.parts[-3]}/{path.name}"


def sentences(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    assert text.endswith("\n")
    return text.removesuffix("\n").split("\n")


def plain(line: str) -> str:
    return SPAN.sub(r"\2", line)


def letters_before(line: str, start: int) -> str:
    found = re.search(r"[^\W\d_]*$", line[:start])
    return found.group() if found else ""


@pytest.mark.parametrize("path", PARTS, ids=part_name)
def test_lines_parse(path: Path) -> None:
    for number, line in enumerate(sentences(path), 1):
        where = f"{part_name(path)}:{number}: {line}"
        assert line.strip(), where
        assert line == " ".join(line.split()), where
        assert not set("[]") & set(plain(line)), f"unbalanced, nested or of unknown type: {where}"
        for span in SPAN.finditer(line):
            assert span[2] == span[2].strip(), where
            assert any(character.isalnum() for character in span[2]), where


@pytest.mark.parametrize("path", PARTS, ids=part_name)
def test_spans_begin_and_end_with_a_word(path: Path) -> None:
    """Only glued particles may stand before a name in its word, nothing after it in Arabic."""
    arabic = path.parts[-3] == "ar"
    for number, line in enumerate(sentences(path), 1):
        for span in SPAN.finditer(line):
            where = f"{part_name(path)}:{number}: {span[0]}"
            before, after = letters_before(line, span.start()), line[span.end() : span.end() + 1]
            assert PARTICLES.fullmatch(before) if arabic else not before, f"{where} after {before}"
            assert not after.isalnum(), where
            if arabic:
                assert not (span[2].startswith("ال") and before.endswith("ل")), f"{where}: لل is written with two lams"


@pytest.mark.parametrize("path", [part for part in PARTS if part.parts[-3] == "ar"], ids=part_name)
def test_persons_are_marked_without_their_titles(path: Path) -> None:
    for number, line in enumerate(sentences(path), 1):
        for span in SPAN.finditer(line):
            assert span[1] != "PER" or span[2].split()[0] not in ARABIC_TITLES, f"{part_name(path)}:{number}: {span[0]}"


@pytest.mark.parametrize("sheet", SHEETS, ids=part_name)
def test_no_sentence_twice(sheet: Path) -> None:
    """In all parts of a language together; marks of vowels and punctuation make no other sentence."""
    seen: dict[str, str] = {}
    for path in sorted(sheet.parent.glob("*.txt")):
        for number, line in enumerate(sentences(path), 1):
            key, where = re.sub(r"[\W_]+", " ", plain(line)).strip(), f"{path.name}:{number}"
            assert key not in seen, f"{where} repeats {seen[key]}"
            seen[key] = where


@pytest.mark.parametrize("sheet", SHEETS, ids=part_name)
def test_at_least_as_many_as_the_datasheet_states(sheet: Path) -> None:
    """Rows of its table: file, sentences, sentences without a name, then names of each type."""
    rows = re.findall(r"^\| `([\w.]+\.txt)` \|((?: [\d,]+ \|){8})$", sheet.read_text("utf-8"), re.MULTILINE)
    assert rows
    for name, cells in rows:
        stated = [int(cell.replace(",", "")) for cell in cells.split("|") if cell.strip()]
        lines = sentences(sheet.parent / name)
        kinds = Counter(span[1] for line in lines for span in SPAN.finditer(line))
        nameless = sum(not SPAN.search(line) for line in lines)
        counted = [len(lines), nameless, *(kinds[kind] for kind in TYPES)]
        assert all(there >= said for there, said in zip(counted, stated, strict=True)), (name, counted, stated)
