"""The blueprint, and what several pages need."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint
from markupsafe import Markup

from lms.kernel.db import reading
from lms.kernel.i18n import _, choose_locale
from lms.kernel.settings import get_settings
from lms.knowledge import queries
from lms.people.queries.organisation import queues
from lms.web.guard import request_time
from lms.web.richtext import render

bp = Blueprint("knowledge", __name__, url_prefix="/knowledge")
HALF_A_YEAR = timedelta(days=182)


def in_english() -> bool:
    """Tell whether the page is in English."""
    return choose_locale() == "en"


def today() -> date:
    """Return the day it is in the installation's zone."""
    return request_time().astimezone(ZoneInfo(get_settings().time_zone)).date()


def html_of(body: str) -> Markup:
    """Return an article's text for a page."""
    return render(body, {}, think=_("Think about it"))


def queue_names() -> dict[str, str]:
    """Return the names of the queues by code, in the order of the floor board."""
    return {row.code: (row.name_en or row.name) if in_english() else row.name for row in queues(reading())}


def product_names() -> dict[str, str]:
    """Return the names of the products by code, in order."""
    return {row.code: (row.name_en or row.name) if in_english() else row.name for row in queries.products(reading())}


@bp.app_template_global("knowledge_title")
def title_of(row: object) -> str:
    """Return an article's or product's title in the reader's language."""
    english = getattr(row, "title_en", "") if in_english() else ""
    return str(english or getattr(row, "title", ""))
