"""The manifests: valid against Kubernetes' own schemas, and in step with topics, consumer groups and settings."""

import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from streams.settings import table
from streams.topology import STAGES

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
MANIFESTS = [
    document
    for path in sorted(FOLDER.glob("*.yaml"))
    if path.name != "kustomization.yaml"
    for document in yaml.safe_load_all(path.read_text("utf-8"))
]


def manifest(kind: str, name: str) -> dict:
    found = [m for m in MANIFESTS if m["kind"] == kind and m["metadata"]["name"] == name]
    assert len(found) == 1, f"{kind} {name}: {len(found)}"
    return found[0]


def pod(of: dict) -> dict:
    return of["spec"]["template"]["spec"]


@pytest.mark.parametrize(
    "document",
    [m for m in MANIFESTS if m["kind"] != "ScaledObject"],
    ids=lambda m: f"{m['kind']}-{m['metadata']['name']}",
)
def test_follows_the_schema_of_kubernetes(document):
    kubernetes_validate.validate(document, "1.30", strict=True)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not there to build the kustomization")
def test_the_kustomization_holds_every_manifest():
    built = subprocess.run(["kubectl", "kustomize", str(FOLDER)], capture_output=True, text=True, check=True)
    assert len(list(yaml.safe_load_all(built.stdout))) == len(MANIFESTS)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_its_worker_with_probes_limits_and_no_rights(stage):
    deployment = manifest("Deployment", f"marsad-{stage}")
    assert "replicas" not in deployment["spec"], "KEDA sets them"
    (container,) = pod(deployment)["containers"]
    assert container["args"] == ["worker", stage]
    probes = {name: container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert probes == {"startupProbe": "/health", "livenessProbe": "/health", "readinessProbe": "/ready"}
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize("workload", [m for m in MANIFESTS if m["kind"] in {"Deployment", "Job"}], ids=str)
def test_nothing_runs_as_root(workload):
    assert pod(workload)["securityContext"]["runAsNonRoot"] is True
    for container in pod(workload)["containers"]:
        security = container["securityContext"]
        assert security["allowPrivilegeEscalation"] is False
        assert security["readOnlyRootFilesystem"] is True
        assert security["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_scaled_by_the_lag_of_its_own_group_and_topic(stage):
    """What KEDA's schema would say of a Kafka trigger, and what it cannot know."""
    scaled = manifest("ScaledObject", f"marsad-{stage}")
    assert scaled["apiVersion"] == "keda.sh/v1alpha1"
    spec = scaled["spec"]
    assert spec["scaleTargetRef"] == {"name": manifest("Deployment", f"marsad-{stage}")["metadata"]["name"]}
    (trigger,) = spec["triggers"]
    assert trigger["type"] == "kafka"
    settings = trigger["metadata"]
    assert all(isinstance(value, str) for value in settings.values()), "KEDA takes strings only"
    assert settings["consumerGroup"] == STAGES[stage].group
    assert settings["topic"] == STAGES[stage].reads.name
    assert int(settings["lagThreshold"]) > 0
    assert settings["excludePersistentLag"] == "true"
    config = manifest("ConfigMap", "marsad")["data"]
    assert settings["bootstrapServers"] == config["MARSAD_BROKER"]
    assert 1 <= spec["minReplicaCount"] <= spec["maxReplicaCount"] <= int(config["MARSAD_PARTITIONS"])


def test_only_settings_that_exist_are_set():
    assert set(manifest("ConfigMap", "marsad")["data"]) <= {row.variable for row in table()}


def test_the_metrics_service_finds_every_worker():
    selector = manifest("Service", "marsad-metrics")["spec"]["selector"].items()
    for stage in STAGES:
        deployment = manifest("Deployment", f"marsad-{stage}")
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert selector <= labels.items()
        assert deployment["spec"]["selector"]["matchLabels"].items() <= labels.items()
