"""Hands the shell its spine and the person's menu."""

from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for

from lms.access.door import allows
from lms.desk.navigation import Item, keys_for, spine
from lms.desk.queries.counts import counts_for
from lms.kernel.db import reading
from lms.kernel.i18n import _
from lms.kernel.settings import get_settings
from lms.web.guard import current_identity, request_time
from lms.web.shell import has_endpoint, locale_code

PERSON_MENU = (
    ("desk.my_file", "user"), ("people.sessions", "lock"), ("people.second_factor", "shield"), ("desk.style", "eye"),
)


@dataclass(frozen=True)
class MenuEntry:
    """One line of the person's menu."""

    url: str
    icon: str
    label: str


def address(endpoint: str) -> str | None:
    """Return where an endpoint lives, None while no area serves it."""
    return url_for(endpoint) if endpoint in current_app.view_functions else None


def navigation(current: str = "") -> tuple[Item, ...]:
    """Return the spine of this page for whoever reads it; visitors have none."""
    identity = current_identity()
    if not identity.is_signed_in:
        return ()
    if "spine_counts" not in g:
        g.spine_counts = counts_for(reading(), identity, keys_for(identity.roles), request_time())
    return spine(identity.roles, may=lambda permission: allows(identity, permission), address=address,
                 path=request.path, current=current, counts=g.spine_counts)


def person_menu() -> list[MenuEntry]:
    """Return what the person's menu offers, apart from signing out."""
    labels = {
        "desk.my_file": _("My training file"), "people.sessions": _("My sessions"),
        "people.second_factor": _("Second factor"), "desk.style": _("Style page"),
    }
    return [MenuEntry(url_for(name), icon, labels[name]) for name, icon in PERSON_MENU if has_endpoint(name)]


def organisation_name() -> str:
    """Return the organisation's name in the page's language."""
    settings = get_settings()
    return settings.organisation_name_en if locale_code() == "en" else settings.organisation_name


def install(app: Flask) -> None:
    """Register the shell's globals."""
    app.jinja_env.globals.update(navigation=navigation, person_menu=person_menu, organisation_name=organisation_name)
