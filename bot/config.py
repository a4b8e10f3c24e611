"""The settings, read once at start from the environment and `.env`, and passed on as arguments."""

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network = IPv4Network | IPv6Network


class Settings(BaseSettings):
    """What an operator may decide. `.env.example` explains each to them; a test holds the two together."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    discord_token: SecretStr | None = None
    discord_api_url: str | None = None
    discord_gateway_url: str | None = None
    message_content_intent: bool = False
    database_url: str = "sqlite+aiosqlite:///data/verbatim.db"
    max_upload_mib: Annotated[float, Field(gt=0, le=100)] = 10
    max_articles: Annotated[int, Field(ge=1, le=2000)] = 200
    fetch_seconds: Annotated[float, Field(gt=0, le=120)] = 15
    fetch_allow_networks: Annotated[tuple[Network, ...], NoDecode] = ()
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    read_seconds: Annotated[float, Field(gt=0, le=120)] = 15
    read_memory_mib: Annotated[int, Field(ge=128, le=8192)] = 512
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @field_validator("fetch_allow_networks", mode="before")
    @classmethod
    def _split_networks(cls, value: object) -> object:
        """Take `10.0.0.0/8, fd00::/8` as it is written in a `.env` file."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @property
    def max_upload_bytes(self) -> int:
        """The most bytes of one upload."""
        return int(self.max_upload_mib * 2**20)
