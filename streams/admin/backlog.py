"""How far the stages are behind."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streams.admin.clients import admin_client, consumer_of, ends_of, partitions_of
from streams.topology import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a stage is behind on one partition. `committed`: the next offset it will read; None: it never read."""

    stage: str
    topic: str
    partition: int
    committed: int | None
    end: int
    waiting: int


def lag(settings: Settings, stages: Iterable[str] = tuple(STAGES)) -> list[Lag]:
    """How far each stage is behind, by partition."""
    rows = []
    with admin_client(settings) as admin, closing(consumer_of(settings)) as consumer:
        for stage in (STAGES[name] for name in stages):
            held = partitions_of(consumer, stage.reads.name)
            committed = admin.list_group_offsets({stage.group: held})[stage.group] if held else {}
            ends, begins = ends_of(settings, held), consumer.beginning_offsets(held) if held else {}
            for tp in held:
                offset = committed[tp].offset if tp in committed and committed[tp].offset >= 0 else None
                waiting = ends[tp] - (begins[tp] if offset is None else offset)
                rows.append(Lag(stage.name, tp.topic, tp.partition, offset, ends[tp], max(waiting, 0)))
    return rows
