"""What the tests of courses share."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from lms.kernel.settings import get_settings
from lms.web.pdf_fonts import prepare_fonts


@pytest.fixture
def fonts(app: Flask, request: pytest.FixtureRequest) -> None:
    """The lean fonts of printed pages, made once and kept between runs."""
    kept = Path(request.config.cache.mkdir("fonts"))
    prepare_fonts(kept)
    with app.app_context():
        shutil.copytree(kept / "fonts", get_settings().data_dir / "fonts", dirs_exist_ok=True)
