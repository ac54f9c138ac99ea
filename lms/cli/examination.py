"""What an installation stands on, looked at one by one. Nothing here changes anything but a trial file."""

import ipaddress
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import redis
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from lms.app import PACKAGE
from lms.kernel import clock
from lms.kernel.file_broker import transport_options
from lms.kernel.settings import Settings
from lms.web.pdf import pdf_environment_problems

TOLERANCE = timedelta(seconds=5)  # between our clock and the database's
PATIENCE = 3  # seconds that another machine may take to answer
PUBLIC_FILES = {".pub", ".crt", ".cer"}


class Level(StrEnum):
    """How bad it is: a warning runs, but not as it should; with an error it doesn't run, or loses something."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One thing the doctor looked at; `text` says what was found and what to do."""

    name: str
    level: Level
    text: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything, in the order in which things stand on each other."""
    looks: tuple[Callable[[Settings], list[Finding]], ...] = (
        look_at_data_folder, look_at_time_zone, look_at_printing, look_at_database, look_at_broker, look_at_mail,
        look_at_network,
    )
    return [finding for look in looks for finding in look(settings)]


def look_at_data_folder(settings: Settings) -> list[Finding]:
    """Try to write into the data folder, and see whether others can read the keys in it."""
    folder = settings.data_dir.resolve()
    trial = folder / f".doctor-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.write_bytes(b"")
        trial.unlink()
    except OSError as error:
        advice = "give it to the user that runs FloorReady, or set FLOORREADY_DATA_DIR"
        return [Finding("data folder", Level.ERROR, f"{folder} cannot be written ({error.strerror}): {advice}")]
    open_keys = [
        path for path in sorted((folder / "keys").rglob("*"))
        if path.is_file() and path.suffix not in PUBLIC_FILES and path.stat().st_mode & 0o077
    ]
    if open_keys:
        advice = f"chmod -R go= {folder / 'keys'}"
        return [Finding("data folder", Level.WARNING, f"others can read {open_keys[0]}: {advice}")]
    return [Finding("data folder", Level.OK, str(folder))]


def look_at_time_zone(settings: Settings) -> list[Finding]:
    """See whether the zone is one, and whether this machine's own zone is another: then its logs read differently."""
    try:
        here = clock.now().astimezone(ZoneInfo(settings.time_zone))
    except (KeyError, ValueError):
        advice = "write it like Asia/Shanghai"
        return [Finding("time zone", Level.ERROR, f"{settings.time_zone!r} is no time zone: {advice}")]
    told = f"{settings.time_zone}, where it is {here:%Y-%m-%d %H:%M}"
    if here.utcoffset() != clock.now().astimezone().utcoffset():
        return [Finding("time zone", Level.WARNING,
                        f"{told}; this machine's own zone is another, so that its logs show other hours")]
    return [Finding("time zone", Level.OK, told)]


def look_at_printing(_settings: Settings) -> list[Finding]:
    """See whether certificates can be printed: pango, harfbuzz-subset, a Chinese font."""
    problems = pdf_environment_problems()
    return [Finding("printing", Level.ERROR, problem) for problem in problems] or [
        Finding("printing", Level.OK, "pango, harfbuzz-subset and a Chinese font are there")
    ]


def look_at_database(settings: Settings) -> list[Finding]:
    """Reach the database; compare its tables with this version and its clock with ours."""
    address = make_url(settings.database)
    shown = address.render_as_string(hide_password=True)
    sqlite = address.get_backend_name() == "sqlite"
    if sqlite and not Path(address.database or "").exists():
        return [Finding("database", Level.WARNING, f"{shown} isn't there yet; `floorready run` or `migrate` makes it")]
    engine = create_engine(address, connect_args={} if sqlite else {"connect_timeout": PATIENCE})
    try:
        with engine.connect() as connection:
            return [_tables(connection, shown), *_clock(connection)]
    except SQLAlchemyError as error:
        reason = str(error.__cause__ or error).strip().splitlines()[0]
        return [Finding("database", Level.ERROR, f"{shown} cannot be reached: {reason}")]
    finally:
        engine.dispose()


def _tables(connection: Connection, shown: str) -> Finding:
    found = set(MigrationContext.configure(connection).get_current_heads())
    wanted = set(ScriptDirectory(str(PACKAGE / "migrations")).get_heads())
    if found != wanted:
        return Finding("database", Level.ERROR, f"{shown} is not at this version: run `floorready migrate`")
    return Finding("database", Level.OK, shown)


def _clock(connection: Connection) -> list[Finding]:
    """Compare our clock with the server's, if there is one, and with the newest fact: time must not run back."""
    now, wrong = clock.now(), []
    if connection.dialect.name == "postgresql":
        theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        if abs(theirs - now) > TOLERANCE:
            apart = (theirs - now).total_seconds()
            wrong.append(f"the database's clock is {apart:+.0f} s from ours: set both by NTP")
    if inspect(connection).has_table("training_fact"):
        newest = connection.execute(text("SELECT max(recorded_at) FROM training_fact")).scalar_one()
        if newest is not None and _instant(newest) > now + TOLERANCE:
            wrong.append(f"a fact was recorded at {newest}: the clock was set back since then")
    told = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    return [Finding("clock", Level.ERROR, each) for each in wrong] or [Finding("clock", Level.OK, told)]


def _instant(value: datetime | str) -> datetime:
    """Return what the database gave as an aware instant; SQLite gives naive UTC text."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def look_at_broker(settings: Settings) -> list[Finding]:
    """Reach Redis, or see whether the broker's folder can be written."""
    if not settings.redis_url:
        try:
            folder = transport_options(settings.data_dir)["data_folder_in"]
        except OSError as error:
            return [Finding("broker", Level.ERROR, f"the folder for messages cannot be made: {error}")]
        return [Finding("broker", Level.OK, f"files in {folder}; with several machines set FLOORREADY_REDIS_URL")]
    try:
        redis.Redis.from_url(settings.redis_url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE).ping()
    except (redis.RedisError, ValueError) as error:
        return [Finding("broker", Level.ERROR, f"Redis cannot be reached: {error}")]
    return [Finding("broker", Level.OK, "Redis answers")]


def look_at_mail(settings: Settings) -> list[Finding]:
    """Reach the mail server."""
    if not settings.mail_server:
        if settings.sample:
            return [Finding("mail", Level.OK, "mails go to the mail catcher page")]
        return [Finding("mail", Level.WARNING, "no mail server is set: people are told on the site alone; "
                        "set FLOORREADY_MAIL_SERVER")]
    where = f"{settings.mail_server}:{settings.mail_port}"
    try:
        socket.create_connection((settings.mail_server, settings.mail_port), timeout=PATIENCE).close()
    except OSError as error:
        return [Finding("mail", Level.ERROR, f"{where} cannot be reached: {error}")]
    return [Finding("mail", Level.OK, where)]


def look_at_network(settings: Settings) -> list[Finding]:
    """See whether the way in is safe: HTTPS, cookies, and how many proxies are believed."""
    warnings = []
    if not is_loopback(settings.host) and not settings.trusted_proxies:
        warnings.append(f"{settings.host} is open to other machines without a proxy for HTTPS: "
                        "set FLOORREADY_HOST=127.0.0.1 and put one in front")
    if settings.trusted_proxies and not settings.secure_cookies:
        warnings.append("a proxy is in front but cookies also travel over plain HTTP: "
                        "set FLOORREADY_SECURE_COOKIES=true once it speaks HTTPS")
    if settings.trusted_proxies and not settings.public_url:
        warnings.append("FLOORREADY_PUBLIC_URL is empty: QR codes and mails would name "
                        f"http://{settings.host}:{settings.port}")
    if settings.second_factor == "offered" and not settings.sample:
        warnings.append("administrators may sign in without a second factor: unset FLOORREADY_SECOND_FACTOR")
    if os.geteuid() == 0:
        warnings.append("FloorReady runs as root: give it a user of its own (docs/operate/install.md)")
    where = f"{settings.host}:{settings.port}, {settings.trusted_proxies} proxies in front are believed"
    return [Finding("network", Level.WARNING, warning) for warning in warnings] or [Finding("network", Level.OK, where)]


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address to listen on."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
