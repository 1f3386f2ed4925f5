"""The map: which stage reads which topic, writes which, and what it remembers.

news.articles ─▶ enrichment ─▶ news.enriched ─▶ stories ─▶ news.stories ─▶ watchlists ─▶ news.matches ─▶ alerts ─▶ news.alerts
                                                   │                          ▲
                                        news.developments              news.watchlists          whatever cannot be read ─▶ news.rejected
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from streams.errors import InputError
from streams.topics import (
    ALERTS,
    ARTICLES,
    DEVELOPMENTS,
    ENRICHED,
    MATCHES,
    REJECTED,
    STORIES,
    TOPICS,
    WATCHLISTS,
    TopicSpec,
)

if TYPE_CHECKING:
    from streams.stage import Register


@dataclass(frozen=True, slots=True)
class StageSpec:
    """A stage: one Faust app and consumer group, one package of agents/."""

    name: str
    reads: TopicSpec
    writes: tuple[TopicSpec, ...]
    #: Faust tables: name -> what they remember. Kafka keeps each as a compacted topic.
    tables: dict[str, str] = field(default_factory=dict)
    #: Compacted topics of which every worker reads all.
    follows: tuple[TopicSpec, ...] = ()

    @property
    def group(self) -> str:
        """Faust's app id, which is Kafka's consumer group."""
        return f"marsad-{self.name}"

    @property
    def changelogs(self) -> tuple[TopicSpec, ...]:
        """The topics behind the tables, under the names Faust gives them."""
        return tuple(
            TopicSpec(f"{self.group}-{table}-changelog", "state key", "state", None, what)
            for table, what in self.tables.items()
        )

    @property
    def register(self) -> Register:
        """`register` of the stage's agent module, which loads what the stage needs."""
        register: Register = import_module(f"agents.{self.name}.agent").register
        return register


STAGES: dict[str, StageSpec] = {
    stage.name: stage
    for stage in (
        StageSpec("enrichment", reads=ARTICLES, writes=(ENRICHED, REJECTED)),
        StageSpec(
            "stories",
            reads=ENRICHED,
            writes=(STORIES, DEVELOPMENTS, REJECTED),
            tables={"memory": "stories, developments and outcomes of articles, by story key"},
        ),
        StageSpec("watchlists", reads=STORIES, writes=(MATCHES, REJECTED), follows=(WATCHLISTS,)),
        StageSpec(
            "alerts",
            reads=MATCHES,
            writes=(ALERTS, REJECTED),
            tables={"told": "what each watchlist was told, by watchlist id"},
        ),
    )
}

#: Every topic that must exist before a worker starts: what flows, and what tables remember.
ALL_TOPICS: tuple[TopicSpec, ...] = (*TOPICS, *(log for stage in STAGES.values() for log in stage.changelogs))


def stages_named(names: tuple[str, ...] | list[str] = ()) -> tuple[StageSpec, ...]:
    """The stages with these names in the order of the flow; without names, all.

    Raises:
        InputError: there is no such stage.
    """
    for name in names:
        if name not in STAGES:
            raise InputError(
                f"no stage {name!r}", field="stage", value=name, remedy=f"choose among {', '.join(STAGES)}"
            )
    return tuple(stage for stage in STAGES.values() if not names or stage.name in names)
