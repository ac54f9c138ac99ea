"""The default broker: messages as files in one folder, written and taken by renaming.

Celery's own file transport lets a reader see a message that is still being written, and takes messages by way of the
machine's temporary folder, which may be another disk. Renaming within one folder does neither.
"""

import json
import os
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from uuid6 import uuid7

ALIAS = "floorready-files"
POLLING = 0.1  # seconds between looks into an empty folder


class Channel(filesystem.Channel):
    """A queue's messages are `<time-ordered id>.<queue>.msg`, read in the order of their names."""

    def _put(  # type: ignore[override]  # its two bases name the message differently
        self, queue: str, payload: dict[str, Any], **kwargs: Any
    ) -> None:
        """Add a payload. Raises OSError when the folder can't be written."""
        folder = Path(self.data_folder_out)
        name = f"{uuid7()}.{queue}.msg"
        fresh = folder / f".{name}"
        fresh.write_text(json.dumps(payload), encoding="utf-8")
        fresh.rename(folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """Take the oldest message; of several readers one gets it. Raises queue.Empty when there is none."""
        folder, ending = Path(self.data_folder_in), f".{queue}.msg"
        for name in sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(ending)):
            if name.startswith("."):
                continue  # still being written
            taken = folder / f".{name}.taken"
            try:
                (folder / name).rename(taken)
            except FileNotFoundError:
                continue  # another reader was faster
            message = json.loads(taken.read_text(encoding="utf-8"))
            taken.unlink()
            return message
        raise Empty


class Transport(filesystem.Transport):
    """Kombu's entry to the channel above."""

    Channel = Channel


def transport_options(data_dir: Path) -> dict[str, Any]:
    """Make the broker's folders under the data folder; return the transport's options. Raises OSError."""
    queue, control = data_dir.resolve() / "broker" / "queue", data_dir.resolve() / "broker" / "control"
    for folder in (queue, control):
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(queue), "data_folder_out": str(queue), "control_folder": str(control),
        "polling_interval": POLLING,
    }


def forget_taken(data_dir: Path) -> None:
    """Remove what readers that were killed left behind; their jobs are delivered again by the sweep."""
    for leftover in (data_dir.resolve() / "broker" / "queue").glob(".*.taken"):
        leftover.unlink(missing_ok=True)


TRANSPORT_ALIASES[ALIAS] = f"{__name__}:Transport"
