"""What the tests of courses share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from courses.models import Course
from lms.kernel.settings import get_settings
from lms.web.pdf_fonts import prepare_fonts
from tests.courses.lessons import make_course, page


@pytest.fixture
def fonts(app: Flask, request: pytest.FixtureRequest) -> None:
    """The lean fonts of printed pages, made once and kept between runs."""
    kept = Path(request.config.cache.mkdir("fonts"))
    prepare_fonts(kept)
    with app.app_context():
        shutil.copytree(kept / "fonts", get_settings().data_dir / "fonts", dirs_exist_ok=True)


@pytest.fixture
def plain_forms(app: Flask) -> Iterator[None]:
    """Let tests post plainly; the token has a test of its own."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def course(app: Flask) -> Course:
    """A published course of two pages, `gas`."""
    with app.app_context():
        return make_course("gas", page("one"), page("two"))
