"""The settings, read once at start from the environment and `.env`, and passed on as arguments."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal
from urllib.parse import parse_qs, unquote

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.shards import MOST_SHARDS, check_ids, parse_ids
from storage.base import Shards

Network = IPv4Network | IPv6Network


class Settings(BaseSettings):
    """What an operator may decide. `.env.example` explains each to them; a test holds the two together."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    discord_token: SecretStr | None = None
    discord_api_url: str | None = None
    discord_gateway_url: str | None = None
    message_content_intent: bool = False
    shard_ids: Annotated[tuple[int, ...], NoDecode] = ()
    shard_count: Annotated[int | None, Field(ge=1, le=MOST_SHARDS, validate_default=True)] = None
    identify_seconds: Annotated[float, Field(ge=0, le=60)] = 6
    database_url: str = "sqlite+aiosqlite:///data/verbatim.db"
    max_upload_mib: Annotated[float, Field(ge=0.1, le=100)] = 10
    max_articles: Annotated[int, Field(ge=1, le=2000)] = 200
    fetch_seconds: Annotated[float, Field(gt=0, le=120)] = 15
    fetch_allow_networks: Annotated[tuple[Network, ...], NoDecode] = ()
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    read_seconds: Annotated[float, Field(gt=0, le=120)] = 15
    read_memory_mib: Annotated[int, Field(ge=128, le=8192)] = 512
    spacy_pipeline: str | None = None
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    metrics_host: str = "127.0.0.1"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @field_validator("shard_ids", mode="before")
    @classmethod
    def _split_shards(cls, value: object) -> object:
        """Take `0-3` or `0,2,5`."""
        return parse_ids(value) if isinstance(value, str) else value

    @field_validator("shard_count")
    @classmethod
    def _has_shards(cls, value: int | None, info: ValidationInfo) -> int | None:
        """Hold the shards against their number, with which alone they mean something."""
        ids: tuple[int, ...] = info.data.get("shard_ids", ())
        if ids:
            check_ids(ids, value)
        return value

    @field_validator("fetch_allow_networks", mode="before")
    @classmethod
    def _split_networks(cls, value: object) -> object:
        """Take `10.0.0.0/8, fd00::/8` as it is written in a `.env` file."""
        if not isinstance(value, str):
            return value
        try:
            return [ip_network(part.strip()) for part in value.split(",") if part.strip()]
        except ValueError:
            # From none: its message repeats the value.
            raise ValueError("each must be a network, such as 10.0.0.0/8 or fd00::/8, with no bits beyond it") from None

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: object) -> object:
        """Take `debug` for `DEBUG`."""
        return value.upper() if isinstance(value, str) else value

    @field_validator("discord_token", mode="before")
    @classmethod
    def _without_blanks(cls, value: object) -> object:
        """Take the token without what was copied around it, so that logs know it when they strike it out."""
        return value.strip() or None if isinstance(value, str) else value

    @field_validator("discord_api_url", "discord_gateway_url")
    @classmethod
    def _is_an_address(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Refuse what is no address now, rather than fail to reach it for ever."""
        schemes = ("ws://", "wss://") if info.field_name == "discord_gateway_url" else ("http://", "https://")
        if value is not None and not value.startswith(schemes):
            raise ValueError(f"it must begin with {' or '.join(schemes)}")
        return value

    @property
    def shards(self) -> Shards | None:
        """The shards to run: of a number that is given, or None for all that Discord advises."""
        if self.shard_count is None:
            return None
        return Shards(self.shard_ids or tuple(range(self.shard_count)), self.shard_count)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may hold: the token, and the passwords in addresses."""
        token = self.discord_token.get_secret_value() if self.discord_token else ""
        addresses = (self.database_url, self.discord_api_url or "", self.discord_gateway_url or "")
        found = (token, *(secret for address in addresses for secret in _passwords(address)))
        return tuple(secret for secret in found if secret)

    @property
    def max_upload_bytes(self) -> int:
        """The most bytes of one upload."""
        return int(self.max_upload_mib * 2**20)


def _passwords(address: str) -> Iterator[str]:
    """Yield the passwords in an address, as they are written there and as they are meant."""
    userinfo = address.partition("://")[2].partition("/")[0].rpartition("@")[0]
    password = userinfo.partition(":")[2]
    yield from (password, unquote(password))
    yield from parse_qs(address.partition("?")[2]).get("password", ())
