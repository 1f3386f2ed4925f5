"""`marsad rejected`: the dead letters, and the way back for them."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from streams.cli.moments import since_of
from streams.cli.options import Broker, Json, Since, settings_of
from streams.cli.output import console, emit, say
from streams.errors import InputError
from streams.topics import ARTICLES, BY_NAME, REJECTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from streams.admin import Message
    from streams.records import Rejected
    from streams.settings import Settings

app = typer.Typer(no_args_is_help=True, help="What could not be read, and why: list, show, replay.")

Id = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="topic/partition/offset of the dead letter, as 'rejected list' shows it.", show_default=False
    ),
]


@app.command("list")
def show_all(
    ctx: typer.Context,
    *,
    stage: Annotated[str | None, typer.Option("--stage", metavar="STAGE", help="Only those of this stage.")] = None,
    since: Since = None,
    as_json: Json = False,
    broker: Broker = None,
) -> None:
    """The dead letters: id, time, stage, reason, and where they came from."""
    from streams.codec import quoted

    settings = settings_of(ctx, broker=broker)
    out = console()
    for letter, why in _letters(settings, since_of(since)):
        if stage is not None and why.stage != stage:
            continue
        came_from = f"{why.topic}/{why.partition}/{why.offset}"
        if as_json:
            raw = letter.value or b""
            fields = {"id": letter.position, "from": came_from, "at": why.at.isoformat(), "stage": why.stage}
            text = raw.decode("utf-8", "backslashreplace")
            emit(orjson.dumps(fields | {"reason": why.reason, "bytes": len(raw), "text": text}))
        else:
            from streams.render import isolate

            out.print(
                f"{letter.position}  {why.at:%Y-%m-%d %H:%M:%S}  {why.stage}  from {isolate(came_from)}",
                style="bold",
                markup=False,
            )
            out.print(f"  {isolate(why.reason)}", markup=False)
            out.print(f"  {isolate(quoted(letter.value or b''))}", style="dim", markup=False)


@app.command()
def show(ctx: typer.Context, letter_id: Id, *, broker: Broker = None) -> None:
    """The bytes of one dead letter as they came: into a file, to repair them."""
    letter, _ = _letter(settings_of(ctx, broker=broker), letter_id)
    sys.stdout.buffer.write(letter.value or b"")
    sys.stdout.buffer.flush()


@app.command()
def replay(
    ctx: typer.Context,
    *,
    letter_id: Annotated[
        str | None, typer.Option("--id", metavar="TOPIC/PARTITION/OFFSET", help="The dead letter to put back.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All of them: after whatever refused them was repaired.")
    ] = False,
    repair: Annotated[
        Path | None,
        typer.Option(
            "--repair", metavar="FILE", help="Put these bytes back instead of the rejected ones; - for standard input."
        ),
    ] = None,
    since: Since = None,
    broker: Broker = None,
) -> None:
    """Put dead letters back onto the topic they came from. One that would be refused again is left and counted."""
    from streams.admin import Producer

    if (letter_id is None) == (not everything):
        raise InputError("say which: one or all", field="--id", remedy="give --id topic/partition/offset, or --all")
    if repair and letter_id is None:
        raise InputError(
            "--repair repairs one dead letter", field="--repair", value=str(repair), remedy="name it with --id"
        )
    settings = settings_of(ctx, broker=broker)
    repaired = _bytes_of(repair) if repair else None
    letters = [_letter(settings, letter_id)] if letter_id else list(_letters(settings, since_of(since)))
    refused = 0
    with Producer(settings) as producer:
        for letter, why in letters:
            raw = letter.value or b"" if repaired is None else repaired
            try:
                topic, key = _destination(letter, why, raw)
            except InputError as error:
                refused += 1
                say(f"{letter.position}: refused again: {error}")
                continue
            producer.send(topic, key, raw)
            say(f"{letter.position}: back on {topic}")
    if refused:
        raise InputError(
            f"{refused} of {len(letters)} would be refused again and were left",
            remedy="repair them: 'marsad rejected show ID > file', edit, 'marsad rejected replay --id ID --repair file'",
        )


def _destination(letter: Message, why: Rejected, raw: bytes) -> tuple[str, bytes | None]:
    """Where a dead letter goes back to and under which key; an article must pass the door first."""
    from datetime import UTC, datetime

    from streams.codec import accept_article, decode
    from streams.records import RECORDS

    if why.topic in BY_NAME and why.topic != ARTICLES.name:
        decode(RECORDS[BY_NAME[why.topic].value], raw)
        return why.topic, letter.key
    # What 'marsad ingest' refused came from a file and never was on a topic.
    return ARTICLES.name, accept_article(raw, datetime.now(UTC)).id.encode()


def _letter(settings: Settings, letter_id: str) -> tuple[Message, Rejected]:
    from streams.admin import parse_position, read_one
    from streams.codec import rejected_of

    topic, partition, offset = parse_position(letter_id)
    found = read_one(settings, topic, partition, offset) if topic == REJECTED.name else None
    if found is None:
        raise InputError(
            f"no dead letter {letter_id!r}", field="--id", value=letter_id, remedy="'marsad rejected list' shows them"
        )
    return found, rejected_of(found.headers)


def _letters(settings: Settings, since: datetime | None) -> Iterator[tuple[Message, Rejected]]:
    from streams.admin import read
    from streams.codec import rejected_of

    for message in read(settings, [REJECTED.name], since=since):
        if message is not None:
            try:
                yield message, rejected_of(message.headers)
            except InputError as error:
                say(f"{message.position}: not one of ours: {error}")


def _bytes_of(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(
            f"{file}: {error.strerror}", field="--repair", value=str(file), remedy="check the file"
        ) from None
