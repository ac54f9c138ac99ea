"""Secrets that an installation makes for itself and keeps in its data folder, readable by its owner alone."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from lms.kernel.settings import Settings


def secret_key(settings: Settings) -> str:
    """Return the key that signs sessions and tokens: the setting's, or one made at the first start."""
    return settings.secret_key or kept_secret(settings.data_dir.resolve() / "keys" / "secret")


def kept_secret(path: Path) -> str:
    """Return the secret in `path`; make a random one (256 bits) when there is none. Safe with several processes."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
        with suppress(FileExistsError):
            os.link(fresh, path)  # whoever links first wins; the others read the winner's
        fresh.unlink()
    return path.read_text(encoding="ascii").strip()
