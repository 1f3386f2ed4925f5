"""The topics on the broker: made, compared with the table, described."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kafka import TopicPartition
from kafka.admin import ConfigResource
from kafka.errors import TopicAlreadyExistsError

from streams.admin.clients import admin_client, broker_errors, consumer_of, ends_of
from streams.broker import CLUSTER_ID
from streams.errors import TopicMismatchError
from streams.topics import DAY_MS, TopicSpec
from streams.topology import ALL_TOPICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafka import KafkaAdminClient

    from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as it is on the broker. `messages`: first to last offset, compacted ones included."""

    name: str
    partitions: int
    replication: int
    messages: int
    retention: str
    what: str


def create_topics(settings: Settings, specs: Sequence[TopicSpec] = ALL_TOPICS) -> list[str]:
    """Create the topics that are missing and return their names; existing ones stay as they are."""
    with admin_client(settings) as admin:
        present = set(admin.list_topics())
        missing = {
            spec.name: {
                "num_partitions": settings.partitions,
                "replication_factor": settings.replication,
                "configs": spec.config,
            }
            for spec in specs
            if spec.name not in present
        }
        if missing:
            try:
                admin.create_topics(missing, wait_for_metadata=True)
            except TopicAlreadyExistsError:  # somebody else is creating them too: theirs are as good
                return create_topics(settings, specs)
        return list(missing)


def check_topics(settings: Settings, specs: Sequence[TopicSpec] = ALL_TOPICS) -> list[str]:
    """What differs between the topics on the broker and the table, in words; nothing: all is well."""
    found, configs = _as_found(settings, specs)
    present = [spec for spec in specs if not found[spec.name]["error_code"]]
    differences = [f"{spec.name}: missing" for spec in specs if found[spec.name]["error_code"]]
    for spec in present:
        partitions = found[spec.name]["partitions"]
        if len(partitions) != settings.partitions:
            differences.append(f"{spec.name}: {len(partitions)} partitions instead of {settings.partitions}")
        replicas = min((len(partition["replica_nodes"]) for partition in partitions), default=0)
        if replicas < settings.replication:
            differences.append(f"{spec.name}: {replicas} replicas instead of {settings.replication}")
        differences += [
            f"{spec.name}: {name} is {configs[spec.name].get(name, 'unset')} instead of {wanted}"
            for name, wanted in spec.config.items()
            if spec.name in configs and configs[spec.name].get(name) != wanted
        ]
    return differences


def require_topics(settings: Settings, specs: Sequence[TopicSpec]) -> None:
    """Raise TopicMismatchError if these topics are missing or have unequal partitions: Faust's tables would refuse them."""
    fatal = [
        difference
        for difference in check_topics(settings, specs)
        if difference.endswith("missing") or " partitions instead of " in difference
    ]
    if fatal:
        raise TopicMismatchError(
            "; ".join(fatal),
            remedy="run 'marsad topics create', or set MARSAD_PARTITIONS to what the broker has",
        )


def _as_found(
    settings: Settings, specs: Sequence[TopicSpec]
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, str]]]:
    """What the broker says of each topic, and the configurations of those it has; the embedded broker keeps none."""
    with admin_client(settings) as admin:
        found = {topic["name"]: topic for topic in admin.describe_topics([spec.name for spec in specs])}
        if admin.describe_cluster()["cluster_id"] == CLUSTER_ID:
            return found, {}
        return found, _configs(admin, [spec for spec in specs if not found[spec.name]["error_code"]])


def _configs(admin: KafkaAdminClient, specs: Sequence[TopicSpec]) -> dict[str, dict[str, str]]:
    resources = [ConfigResource("TOPIC", spec.name) for spec in specs]
    if not resources:
        return {}
    described = admin.describe_configs(resources, config_filter="all")
    return {
        name: {key: entry["value"] for key, entry in entries.items()}
        for name, entries in next(iter(described.values())).items()
    }


def describe(settings: Settings, specs: Sequence[TopicSpec] = ALL_TOPICS) -> list[TopicState]:
    """The topics as they are on the broker; missing ones have no partitions."""
    found, configs = _as_found(settings, specs)
    present = [spec for spec in specs if not found[spec.name]["error_code"]]
    states = []
    with broker_errors(settings), closing(consumer_of(settings)) as consumer:
        for spec in specs:
            partitions = found[spec.name]["partitions"] if spec in present else []
            held = [TopicPartition(spec.name, partition["partition_index"]) for partition in partitions]
            ends, begins = ends_of(settings, held), consumer.beginning_offsets(held) if held else {}
            states.append(
                TopicState(
                    spec.name,
                    len(partitions),
                    min((len(partition["replica_nodes"]) for partition in partitions), default=0),
                    sum(ends[tp] - begins[tp] for tp in held),
                    "missing" if spec not in present else _retention(configs.get(spec.name)),
                    spec.what,
                )
            )
    return states


def _retention(config: dict[str, str] | None) -> str:
    if config is None:
        return "not checked"
    if config.get("cleanup.policy") == "compact":
        return "compacted"
    kept = int(config.get("retention.ms", "-1"))
    return "for ever" if kept < 0 else f"{kept / DAY_MS:g} days"
