"""What tests of people share."""

from collections.abc import Iterator

import pytest
from flask import Flask

from lms.web.rate_limits import limiter


@pytest.fixture(autouse=True)
def _forget_rates(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let every test begin with an unused address."""
    if "app" in request.fixturenames:
        application: Flask = request.getfixturevalue("app")
        with application.app_context():
            limiter.reset()
    yield
