"""docker-compose.yml: valid, pinned, closed to other machines, and in step with the topics and settings."""

import json
import re
from importlib.metadata import distribution
from pathlib import Path

import jsonschema
import pytest
import yaml

from streams.metrics import STAGES
from streams.settings import table
from streams.topics import MAX_MESSAGE_BYTES

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES = COMPOSE["services"]


def test_follows_the_compose_specification():
    schema_file = distribution("check-jsonschema").locate_file(
        "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
    )
    schema = json.loads(Path(str(schema_file)).read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(COMPOSE)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_runs_alone_waits_for_topics_and_scales(stage):
    service = SERVICES[stage]
    assert service["command"] == ["worker", stage]
    assert service["depends_on"]["topics"]["condition"] == "service_completed_successfully"
    assert "/ready" in service["healthcheck"]["test"][-1]
    assert "container_name" not in service
    assert "ports" not in service


def test_topics_are_created_once_kafka_answers():
    assert SERVICES["topics"]["command"] == ["topics", "create"]
    assert SERVICES["topics"]["depends_on"]["kafka"]["condition"] == "service_healthy"
    assert SERVICES["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_every_foreign_image_is_pinned_to_a_version():
    for name, service in SERVICES.items():
        image = service["image"]
        assert image == "marsad:local" or re.fullmatch(r"[a-z/]+:v?\d+\.\d+\.\d+", image), f"{name}: {image}"


def test_ports_are_bound_to_loopback():
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published), published


def test_the_password_of_the_dashboards_must_be_chosen():
    assert ":?" in SERVICES["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD"]


def test_volumes_are_declared_and_folders_exist():
    for service in SERVICES.values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_dir(), mount


def test_kafka_takes_the_largest_message():
    assert SERVICES["kafka"]["environment"]["KAFKA_MESSAGE_MAX_BYTES"] == str(MAX_MESSAGE_BYTES)


def test_only_settings_that_exist_are_set():
    known = {row.variable for row in table()}
    for service in SERVICES.values():
        given = {name for name in service.get("environment", {}) if name.startswith("MARSAD_")}
        assert given <= known
