"""The settings, read once at start from the environment and `.env`, and passed on as arguments."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
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
    max_upload_mib: Annotated[float, Field(ge=0.1, le=100)] = 10
    max_articles: Annotated[int, Field(ge=1, le=2000)] = 200
    fetch_seconds: Annotated[float, Field(gt=0, le=120)] = 15
    fetch_allow_networks: Annotated[tuple[Network, ...], NoDecode] = ()
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    read_seconds: Annotated[float, Field(gt=0, le=120)] = 15
    read_memory_mib: Annotated[int, Field(ge=128, le=8192)] = 512
    spacy_pipeline: str | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

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
    def max_upload_bytes(self) -> int:
        """The most bytes of one upload."""
        return int(self.max_upload_mib * 2**20)
