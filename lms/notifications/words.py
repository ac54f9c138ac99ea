"""The words of a notification, from the templates of its slug, in its reader's language and zone.

A slug has a folder `templates/email/<slug>/` with `subject.txt` (one line) and `summary.txt` (plain sentences). Both
are shown on the notifications page and make up the mail; one that wants more in its mail adds `body.txt` or
`body.html`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g
from jinja2 import Template, TemplateNotFound

from lms.access.identity import ANONYMOUS
from lms.kernel.settings import get_settings
from lms.notifications.rules import MailText, Recipient


@dataclass(frozen=True)
class Words:
    """What the page shows of a notification."""

    title: str
    summary: str


def words_of(slug: str, params: Mapping[str, Any]) -> Words:
    """Return title and summary in the language of the request.

    Raises jinja2.TemplateNotFound when the slug has no templates.
    """
    title = _template(f"email/{slug}/subject.txt").render(**params)
    try:
        summary = _template(f"email/{slug}/summary.txt").render(**params)
    except TemplateNotFound:
        summary = ""  # the title says it all
    return Words(" ".join(title.split()), summary.strip())


def mail_of(slug: str, params: Mapping[str, Any], *, to: Recipient, link: str, now: datetime) -> MailText:
    """Return the mail in its reader's language.

    link   path on this site, or empty

    Raises jinja2.TemplateNotFound when the slug has no templates.
    """
    settings = get_settings()
    with _as_its_reader(to.locale or settings.default_locale, to.time_zone or settings.time_zone, now):
        words = words_of(slug, params)
        context = {**params, "words": words, "recipient_name": to.name, "link": absolute(link),
                   "organisation": settings.organisation_name}
        return MailText(
            subject=words.title,
            text=_template(f"email/{slug}/body.txt", "email/body.txt").render(context).strip() + "\n",
            html=_template(f"email/{slug}/body.html", "email/body.html").render(context).strip() + "\n",
        )


def absolute(link: str) -> str:
    """Return the address on this site that people can open from elsewhere; empty stays empty."""
    if not link or "://" in link:
        return link
    return f"{_base_url()}/{link.lstrip('/')}"


def _base_url() -> str:
    settings = get_settings()
    return (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")


@contextmanager
def _as_its_reader(locale: str, time_zone: str, now: datetime) -> Iterator[None]:
    """Write as if the reader had asked for the page: their language, their zone, nobody's rights."""
    with current_app.test_request_context(base_url=_base_url()):
        g.actor, g.locale, g.display_zone, g.request_time = ANONYMOUS, locale, ZoneInfo(time_zone), now
        yield


def _template(*names: str) -> Template:
    return current_app.jinja_env.select_template(list(names))
