"""Copies of daily seals as files, in the data folder and wherever the installation wants them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lms.kernel.settings import get_settings

if TYPE_CHECKING:
    from lms.records.models import LedgerSeal


@dataclass(frozen=True)
class SealCopy:
    """A seal as it lies outside. heads: person id -> [sequence, hash]."""

    day: str
    digest: str
    previous_digest: str
    signature: str
    key_id: str
    heads: Mapping[str, Sequence[Any]]


def folders() -> list[Path]:
    """Return where seals are copied to: the data folder, and the folder of the setting."""
    settings = get_settings()
    return [settings.data_dir.resolve() / "seals", *([settings.seal_copy_dir] if settings.seal_copy_dir else [])]


def write_copies(seal: "LedgerSeal") -> None:
    """Write `<day>.json` into every seal folder; a copy that is there already is left alone."""
    copy = SealCopy(seal.day.isoformat(), seal.digest, seal.previous_digest, seal.signature, seal.key_id, seal.heads)
    for folder in folders():
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{copy.day}.json"
        if not target.exists():
            target.write_text(json.dumps(asdict(copy), indent=1, sort_keys=True), encoding="utf-8")


def read_copies(folder: Path) -> list[SealCopy]:
    """Read the copies in a folder, oldest first. Raises ValueError naming a file that is no copy of a seal."""
    copies = []
    for path in sorted(folder.glob("*.json")):
        try:
            copies.append(SealCopy(**json.loads(path.read_text(encoding="utf-8"))))
        except (TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path} is no copy of a seal") from error
    return copies
