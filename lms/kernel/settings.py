"""Every setting, read from the environment (`FLOORREADY_<NAME>`), with its meaning beside it.

`floorready doctor` lists them; `docs/operate/settings.md` is checked against this class.
"""

import json
from pathlib import Path
from typing import Annotated, Literal

from flask import current_app
from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The installation's settings; unknown `FLOORREADY_` names are reported by `doctor`."""

    model_config = SettingsConfigDict(env_prefix="FLOORREADY_", extra="ignore", populate_by_name=True)

    data_dir: Path = Field(Path("data"), description="Folder for the database, media, keys and the file broker.")
    database_url: str = Field(
        "",
        validation_alias=AliasChoices("FLOORREADY_DATABASE_URL", "DATABASE_URL", "database_url"),
        description="PostgreSQL address (postgresql+psycopg://...); empty means SQLite in the data folder.",
    )
    redis_url: str = Field(
        "",
        validation_alias=AliasChoices("FLOORREADY_REDIS_URL", "REDIS_URL", "redis_url"),
        description="Redis address for the job broker and rate limits; empty means the file broker.",
    )
    secret_key: str = Field(
        "",
        json_schema_extra={"secret": True},
        description="Signs sessions and tokens; empty means a random one kept in the data folder.",
    )
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: Annotated[int, Field(ge=1, le=65535, description="Port the web server listens on.")] = 8000
    socket_port: Annotated[
        int, Field(ge=0, le=65535, description="Port of the live calls' sockets; 0 is the one after the web server's.")
    ] = 0
    ice_servers: str = Field(
        "",
        json_schema_extra={"secret": True},
        description="STUN and TURN servers for voices between networks, as browsers take them (a JSON list); empty "
        "keeps voices within the LAN.",
    )
    web_workers: Annotated[int, Field(ge=1, le=64, description="Web server processes.")] = 2
    web_threads: Annotated[int, Field(ge=1, le=256, description="Threads in each web server process.")] = 64
    public_url: str = Field("", description="Address people reach the site at; printed in QR codes and mails.")
    trusted_proxies: Annotated[
        int, Field(ge=0, le=5, description="How many reverse proxies in front may be believed about client addresses.")
    ] = 0
    secure_cookies: bool = Field(False, description="Send cookies over HTTPS only; turn on behind HTTPS.")
    time_zone: str = Field("Asia/Shanghai", description="The installation's time zone; a site may have its own.")
    default_locale: Literal["zh_CN", "zh_TW", "en"] = Field("zh_CN", description="Language before anybody chose one.")
    organisation_name: str = Field("平安燃气客户服务中心", description="Name printed on certificates and pages.")
    organisation_name_en: str = Field(
        "Ping'an Gas Customer Service Centre", description="The same in English, for certificates."
    )
    certificate_prefix: str = Field("PA", description="First letters of every certificate number.")
    certificate_issuer: str = Field("培训部", description="Who issues certificates: the name printed as signature.")
    certificate_issuer_title: str = Field("签发部门", description="Their post, printed under it.")
    signing_key_file: str = Field(
        "", description="PEM file of the key that signs certificates; empty means one made in the data folder."
    )
    signing_certificate_file: str = Field(
        "", description="PEM file of that key's certificate, followed by its chain; needed with a key file."
    )
    mail_server: str = Field("", description="SMTP host; empty keeps mails on the mail catcher page.")
    mail_port: Annotated[int, Field(ge=1, le=65535, description="SMTP port.")] = 587
    mail_username: str = Field("", description="SMTP user name.")
    mail_password: str = Field("", json_schema_extra={"secret": True}, description="SMTP password.")
    mail_sender: str = Field("floorready@localhost", description="Sender of every mail.")
    upload_limit_mb: Annotated[int, Field(ge=1, le=4096, description="Largest upload, in megabytes.")] = 512
    session_hours: Annotated[int, Field(ge=1, le=720, description="Hours until a sign-in must be repeated.")] = 12
    second_factor: Literal["administrators", "offered"] = Field(
        "administrators",
        description="Who must sign in with a second factor; `offered` leaves it to each person and is for the sample.",
    )
    roster_brake_percent: Annotated[
        int,
        Field(ge=0, le=100, description="A roster that makes more than this share leave needs a second confirmation."),
    ] = 5
    photo_days: Annotated[
        int, Field(ge=0, le=3650, description="Days a person's photo is kept after they left; 0 erases it at once.")
    ] = 0
    voice_days: Annotated[
        int, Field(ge=1, le=3650, description="Days a recorded call is kept after it ended; then its sound is erased.")
    ] = 180
    recogniser: str = Field(
        "",
        description="Command that writes down speech: it gets the recording's file, from and to in milliseconds, and "
        "prints JSON with text and confidence (0 to 1); empty leaves it to people.",
    )
    recogniser_seconds: Annotated[
        int, Field(ge=1, le=120, description="Seconds after which the recogniser is stopped and a person listens.")
    ] = 15
    lease_seconds: Annotated[int, Field(ge=5, le=3600, description="How long a worker may hold a job silently.")] = 60
    seal_copy_dir: Path | None = Field(
        None, description="Folder on another machine or medium that every daily seal of the ledger is copied to."
    )
    restart_pause_seconds: Annotated[
        float, Field(ge=0.5, le=600, description="Longest pause before something that keeps falling is started again.")
    ] = 30.0
    sample: bool = Field(
        False, description="This is the sample call centre: sample sign-ins and the mail catcher work."
    )
    testing: bool = Field(False, description="Set by the test suite only.")

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database in use."""
        if self.database_url:
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return f"sqlite:///{self.data_dir.resolve() / 'floorready.sqlite3'}"

    @property
    def sockets_port(self) -> int:
        """The port that the live calls' sockets listen at."""
        return self.socket_port or self.port % 65535 + 1

    @field_validator("ice_servers")
    @classmethod
    def _is_a_list_of_servers(cls, value: str) -> str:
        """Refuse what browsers would refuse. ValueError."""
        servers = json.loads(value) if value else []
        if not isinstance(servers, list) or not all(isinstance(each, dict) and "urls" in each for each in servers):
            raise ValueError('expected a list such as [{"urls": "stun:stun.example.org"}]')
        return value

    @property
    def media_dir(self) -> Path:
        """Folder of uploaded and rendered files, stored by content hash."""
        return self.data_dir.resolve() / "media"

    @property
    def voice_dir(self) -> Path:
        """Folder of recorded calls, in chunks stored by content hash."""
        return self.data_dir.resolve() / "voice"


def get_settings() -> Settings:
    """Return the settings of the running application."""
    settings: Settings = current_app.extensions["settings"]
    return settings
