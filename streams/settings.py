"""One table of settings: name, default, help, secret.

Each field is read from the environment as MARSAD_<NAME>, or from a file `.env` in the working directory. Options of the
command line override both: `load(broker="kafka:9092")`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from streams.errors import SettingError

PREFIX = "MARSAD_"


def _hosts(value: str) -> str:
    """Hosts and ports, checked and without blanks."""
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    for host in hosts:
        name, colon, port = host.rpartition(":")
        if not (name and colon and port.isdigit() and 0 < int(port) < 65536):
            raise ValueError("give host:port, several separated by commas, such as 127.0.0.1:9092")
    if not hosts:
        raise ValueError("give host:port, such as 127.0.0.1:9092")
    return ",".join(hosts)


def _instance(value: str | None) -> str | None:
    """A name that is good in file names and in Kafka's group instance ids."""
    if value is None or value == "":
        return None
    if len(value) > 100 or not all(c.isascii() and (c.isalnum() or c in "._-") for c in value) or value in {".", ".."}:
        raise ValueError("use up to 100 letters, digits, '.', '_' and '-', such as enrichment-0")
    return value


def _encoder(value: str) -> str:
    """The name of an encoder, or the folder of one."""
    if value not in ("use", "off") and not Path(value).is_dir():
        raise ValueError("choose use, off or a folder with a sentence-transformers model")
    return value


class Settings(BaseSettings):
    """What can be set, with defaults that run on one machine."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    # --- broker
    broker: Annotated[str, AfterValidator(_hosts)] = Field(
        "127.0.0.1:9092", description="Kafka's bootstrap servers, host:port, separated by commas"
    )
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How to connect to the broker: plain or TLS, with or without SASL"
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "PLAIN", description="SASL mechanism, where the security protocol has SASL"
    )
    sasl_username: str | None = Field(None, description="SASL user")
    sasl_password: SecretStr | None = Field(None, description="SASL password")
    ssl_cafile: Path | None = Field(
        None, description="File of certificate authorities (PEM) to trust for TLS; without it, the system's"
    )

    # --- topics
    partitions: int = Field(
        8, ge=1, le=1000, description="Partitions of every topic: the most workers a stage can have"
    )
    replication: int = Field(1, ge=1, le=10, description="Replicas of every topic; 3 on a cluster")

    # --- worker
    data_dir: Path = Field(Path(".marsad"), description="Folder for the workers' local state")
    store: Literal["memory", "rocksdb"] = Field(
        "memory", description="Where tables live; either way Kafka keeps their log"
    )
    instance_id: Annotated[str | None, AfterValidator(_instance)] = Field(
        None, description="Stable name of this worker: a restart within the session then moves no partitions"
    )
    encoder: Annotated[str, AfterValidator(_encoder)] = Field(
        "use",
        description="Sentence vectors: `use` (multilingual USE), `off`, or a folder with a sentence-transformers model",
    )
    ner_model: Path | None = Field(
        None,
        description="Folder with a NER model of camel-tools: the accuracy tier; without it, names are the light tier's",
    )
    ner_seconds: float = Field(
        3.0, gt=0, le=60, description="Seconds the accuracy tier may take for an article; then the light tier reads it"
    )
    torch_threads: int = Field(
        1, ge=1, le=64, description="Threads of the models that need torch: the accuracy tier, an encoder from a folder"
    )
    watchlist_seconds: float = Field(
        0.05,
        gt=0,
        le=60,
        description="Seconds a watchlist may take for an article; after three overruns in a row it is quarantined",
    )
    commit_interval: float = Field(1.0, gt=0, le=60, description="Seconds between commits of offsets")
    session_timeout: float = Field(6.0, ge=1, le=300, description="Seconds after which a silent worker is given up")
    linger_ms: int = Field(5, ge=0, le=10_000, description="Milliseconds a producer waits for more messages to batch")
    max_batch_bytes: int = Field(262_144, ge=1024, description="Bytes of a producer's batch")
    stall_after: float = Field(
        30.0, gt=0, description="Seconds with waiting messages and no progress after which a worker is not ready"
    )

    # --- health, logs
    health_host: str = Field(
        "127.0.0.1", min_length=1, description="Address that /metrics, /health and /ready listen on"
    )
    health_port: int = Field(9464, ge=0, le=65535, description="Their port; 0: any free one")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged")
    log_format: Literal["text", "json"] = Field("text", description="Logs for people, or one JSON object a line")

    # --- gateway
    gateway_host: str = Field(
        "127.0.0.1", min_length=1, description="Address that the gateway listens on; another than loopback needs tokens"
    )
    gateway_port: int = Field(8080, ge=0, le=65535, description="Its port; 0: any free one")
    gateway_tokens_file: Path | None = Field(
        None, description="File of who may use the gateway: lines `NAME reader|editor|operator SHA256`"
    )
    gateway_tokens: SecretStr | None = Field(None, description="The same lines, separated by commas")
    database: str | None = Field(
        None,
        description="The gateway's database, sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME; "
        "without it, gateway.db in the data folder",
    )

    # --- `marsad run`
    watchlists: Path = Field(Path("watchlists"), description="File or folder of watchlists that `marsad run` loads")

    @property
    def uses_sasl(self) -> bool:
        """Does the connection ask for a user?"""
        return self.security_protocol.startswith("SASL")

    @property
    def uses_tls(self) -> bool:
        """Is the connection encrypted?"""
        return self.security_protocol.endswith("SSL")


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the table: what documentation, `--help` and tests read."""

    name: str
    variable: str
    default: str
    help: str
    secret: bool


def table() -> list[Setting]:
    """Every setting, in the order of the class."""
    rows = []
    for name, field in Settings.model_fields.items():
        secret = "SecretStr" in str(field.annotation)
        default = "" if field.default is None else str(field.default)
        rows.append(Setting(name, PREFIX + name.upper(), default, field.description or "", secret))
    return rows


def load(**overrides: Any) -> Settings:
    """The settings of this process; `overrides` are options somebody gave (None: not given).

    Raises:
        SettingError: names variable, value and fix of the first setting that is wrong.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise _setting_error(error) from None
    if settings.uses_sasl and not (settings.sasl_username and settings.sasl_password):
        raise SettingError(
            f"{PREFIX}SECURITY_PROTOCOL: {settings.security_protocol!r} asks for a user",
            field="security_protocol",
            value=settings.security_protocol,
            remedy=f"set {PREFIX}SASL_USERNAME and {PREFIX}SASL_PASSWORD",
        )
    return settings


def _setting_error(error: ValidationError) -> SettingError:
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0])
    row = next((row for row in table() if row.name == name), None)
    if row is None:  # an override that is no setting: a programming error, said plainly
        return SettingError(f"no setting {name!r}", field=name)
    value = "(secret)" if row.secret else first["input"]
    said = first["msg"].removeprefix("Value error, ")
    fix = f"unset {row.variable} for the default" + (f", {row.default}" if row.default else "")
    if first["type"] == "value_error":
        fix = said
        said = "not understood"
    return SettingError(f"{row.variable}: {value!r}: {said}", field=name, value=value, remedy=fix)
