"""Language packs: each is found by its folder, and no other file knows of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import agents
from agents.enrichment.languages import CODES, pack

ROOT = Path(agents.__file__).parents[1]
LANGUAGES = ROOT / "agents" / "enrichment" / "languages"

#: A made-up language, in a script (Tifinagh) that no detector here takes for another one's: so the source's word counts.
XX = {
    "__init__.py": 'from agents.enrichment.languages import LanguagePack\n\nPACK = LanguagePack("xx", __package__)\n',
    "morphology.yaml": "suffixes: {ⵓⵊ: ['']}\n",
    "topics.tsv": "marsad:ceasefire\t4\tⵣⵓⵔⴱⵍⴰⵜ\n",
    "gazetteer.tsv": "id\tnames\nQ858\tⵚⵉⵔⵅⵉⴰ\n",
    "events.yaml": "classes: {}\ntriggers:\n  - {kind: ceasefire, weight: 1.0, any: [ⵣⵓⵔⴱⵍⴰⵜ]}\n"
    "stages:\n  - {stage: signed, weight: 5, any: [=ⵖⴻⵍⴽⵉⵎ]}\nlocatives:\n  - {inside: true, any: [=ⵜⴰ]}\n",
    "quotes.yaml": "cues:\n  - {side: before, any: [=ⵎⵡⵎⵉⵜ]}\nsources:\n  - {source: unnamed, any: [ⴼⵓⵏⵜⵓ]}\nthat: ⴽⴻ\n",
}

PROGRAM = """
from datetime import UTC, datetime
from agents.enrichment.enrich import Enricher
from agents.enrichment.languages import CODES
from streams.records import Article

assert CODES[:2] == ("ar", "en") and "xx" in CODES, CODES
body = "ⵣⵓⵔⴱⵍⴰⵜⵓⵊ ⵖⴻⵍⴽⵉⵎ ⵜⴰ ⵚⵉⵔⵅⵉⴰ. ⴼⵓⵏⵜⵓ ⵎⵡⵎⵉⵜ ⴽⴻ ⵣⵓⵔⴱⵍⴰⵜ ⵖⴻⵍⴽⵉⵎ."
when = datetime(2026, 3, 1, tzinfo=UTC)
read = Enricher().enrich(Article(title="", body=body, published_at=when, language="xx"))
assert read.language == "xx", read.language
assert [t.code for t in read.topics] == ["marsad:ceasefire"], read.topics
assert "Q858" in [e.id for e in read.entities], read.entities
assert (read.main_event.agreement.kind, read.main_event.stage) == ("ceasefire", "signed"), read.events
assert [q.speaker_text for q in read.quotes] == ["ⴼⵓⵏⵜⵓ"], read.quotes
"""


def _linked(source: Path, target: Path, without: str) -> Path:
    """A folder of links to everything in another, but for one entry, which is returned as a path to fill."""
    target.mkdir()
    for entry in source.iterdir():
        if entry.name not in (without, "__pycache__"):
            (target / entry.name).symlink_to(entry)
    return target / without


def test_a_made_up_pack_is_used_from_its_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "streams").symlink_to(ROOT / "streams")
    enrichment = _linked(ROOT / "agents", tmp_path / "agents", "enrichment")
    languages = _linked(ROOT / "agents" / "enrichment", enrichment, "languages")
    xx = _linked(LANGUAGES, languages, "xx")
    xx.mkdir()
    for name, text in XX.items():
        (xx / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("code", [code for code in CODES if code not in ("ar", "en")])
def test_no_other_module_names_the_language(code: str) -> None:
    named = re.compile(rf"(?<![A-Za-z_])['\"]{code}['\"]|languages[./]{code}\b")
    modules = [path for top in ("agents", "streams") for path in (ROOT / top).rglob("*.py")]
    # What a query may call a language is no pack's business: language:french works for languages without one too.
    modules = [path for path in modules if LANGUAGES / code not in path.parents and path.name != "fields.py"]
    assert [str(path) for path in modules if named.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("code", CODES)
def test_a_binding_is_about_twenty_lines(code: str) -> None:
    assert len((LANGUAGES / code / "__init__.py").read_text("utf-8").splitlines()) <= 25
    assert pack(code).code == code


def test_the_languages_of_labels_come_first() -> None:
    assert CODES[:2] == ("ar", "en")
    assert list(CODES[2:]) == sorted(CODES[2:])


def test_a_language_without_pack_is_read_as_written() -> None:
    assert pack("tlh").code == "und"
    assert pack("tlh").forms("Qapla") == ("qapla",)


def test_a_pack_that_nobody_reads_is_not_parsed() -> None:
    program = (
        "import yaml\nread = []\nload = yaml.load\n"
        "yaml.load = lambda text, Loader: read.append(text) or load(text, Loader)\n"
        "from datetime import UTC, datetime\nfrom agents.enrichment.enrich import Enricher\n"
        "from agents.enrichment.languages import pack\nfrom streams.records import Article\n"
        "Enricher().enrich(Article(title='', body='قال لافروف إن الهدنة قائمة في حلب.', published_at=datetime(2026, 3, 1, tzinfo=UTC)))\n"
        "assert read\n"
        "names = ('morphology', 'boilerplate', 'events', 'dates', 'quotes')\n"
        "assert not {pack('fr').read(f'{name}.yaml') for name in names} & set(read)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
