"""Answers that are files."""

from io import BytesIO
from pathlib import Path

from flask import Response, send_file


def download(content: bytes | Path, filename: str, media_type: str, *, inline: bool = False) -> Response:
    """Return a file to be saved under `filename` (any language), or shown in the browser when `inline`."""
    source = BytesIO(content) if isinstance(content, bytes) else content
    response = send_file(source, mimetype=media_type, as_attachment=not inline, download_name=filename, max_age=0)
    response.headers["Cache-Control"] = "private, no-store"
    return response
