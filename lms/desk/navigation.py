"""What stands on the spine, by role: pure, so that a test can read the whole of it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from lms.access.identity import Role
from lms.access.permissions import Permission
from lms.kernel.i18n import _l

PHONE_ITEMS: Final = 5  # what fits in the bottom bar of a phone


@dataclass(frozen=True)
class Entry:
    """One place of the spine.

    key          stable name, for `nav_current` and tests
    endpoint     the page it opens; the entry is left out while no area serves it
    permission   the entry is shown only to those who may open it
    """

    key: str
    label: Any
    icon: str
    endpoint: str
    permission: Permission


@dataclass(frozen=True)
class Item:
    """An entry as one page shows it."""

    key: str
    label: str
    icon: str
    url: str
    current: bool
    on_phone: bool
    count: int = 0


P = Permission
ENTRIES: Final[dict[str, Entry]] = {
    entry.key: entry for entry in (
        Entry("home", _l("Today"), "home", "desk.home", P.HOME_READ),
        Entry("mine", _l("My learning"), "book", "desk.my_learning", P.COURSE_STUDY),
        Entry("learning", _l("Learning"), "book", "courses.mine", P.COURSE_STUDY),
        Entry("exams", _l("Exams"), "exam", "exams.mine", P.SITTING_SIT),
        Entry("calls", _l("Calls"), "phone", "calls.index", P.CALL_PLAY),
        Entry("certificates", _l("Certificates"), "cert", "certification.mine", P.CERTIFICATE_READ),
        Entry("me", _l("My file"), "user", "desk.my_file", P.FILE_READ),
        Entry("board", _l("Floor board"), "board", "desk.board", P.FLOOR_READ),
        Entry("people", _l("People"), "people", "people.index", P.PERSON_LIST),
        Entry("waivers", _l("Waivers"), "scale", "certification.waivers", P.WAIVER_APPROVE),
        Entry("courses", _l("Courses"), "book", "courses.index", P.COURSE_READ),
        Entry("questions", _l("Questions"), "list", "questions.index", P.QUESTION_READ),
        Entry("papers", _l("Papers"), "exam", "exams.index", P.EXAM_READ),
        Entry("marking", _l("Marking"), "check", "exams.marking", P.SITTING_MARK),
        Entry("appeals", _l("Appeals"), "ask", "exams.appeals", P.APPEAL_DECIDE),
        Entry("corrections", _l("Corrected keys"), "key", "exams.corrections", P.KEY_CORRECT),
        Entry("decisions", _l("Decisions"), "ask", "exams.decisions", P.RESIT_DECIDE),
        Entry("knowledge", _l("Knowledge base"), "bulb", "knowledge.index", P.KNOWLEDGE_READ),
        Entry("scripts", _l("Call scripts"), "script", "calls.scripts", P.SCRIPT_READ),
        Entry("live", _l("Live calls"), "people", "live.index", P.LIVE_LEAD),
        Entry("reviews", _l("Call reviews"), "head", "calls.waiting", P.CALL_CONFIRM),
        Entry("stations", _l("Stations"), "pen", "practical.stations", P.STATION_MARK),
        Entry("rules", _l("Certification"), "shield", "certification.certifications", P.CERTIFICATION_READ),
        Entry("roster", _l("Roster"), "up", "people.imports", P.ROSTER_IMPORT),
        Entry("organisation", _l("Organisation"), "pin", "people.organisation", P.ORGANISATION_WRITE),
        Entry("ledger", _l("Ledger"), "lock", "desk.ledger", P.LEDGER_VERIFY),
        Entry("audit", _l("Audit"), "file", "desk.audit", P.AUDIT_READ),
        Entry("accounts", _l("Accounts"), "key", "people.accounts", P.ACCOUNT_MANAGE),
        Entry("apikeys", _l("API keys"), "link", "api.keys", P.APIKEY_MANAGE),
        Entry("mail", _l("Mail catcher"), "mail", "notifications.catcher", P.MAIL_CATCHER_READ),
    )
}

# The order of somebody's spine is the order of the roles here, then of the keys; nothing stands twice.
SPINES: Final[tuple[tuple[Role, tuple[str, ...]], ...]] = (
    (Role.MANAGER, ("board", "people", "papers", "waivers", "decisions", "appeals", "rules", "knowledge")),
    (Role.HR, ("home", "people", "roster", "organisation", "board", "rules")),
    (Role.TRAINING_ADMIN, ("home", "rules", "courses", "questions", "papers", "corrections", "people", "roster",
                           "board", "waivers", "knowledge", "ledger")),
    (Role.TRAINER, ("home", "courses", "questions", "papers", "marking", "scripts", "live", "knowledge", "people")),
    (Role.ASSESSOR, ("home", "stations", "marking", "reviews", "scripts", "knowledge")),
    (Role.REVIEWER, ("home", "courses", "questions", "corrections", "scripts", "knowledge")),
    (Role.MENTOR, ("home", "board", "people", "knowledge")),
    (Role.AUDITOR, ("home", "ledger", "audit", "board", "people", "rules")),
    (Role.SYSTEM_ADMIN, ("home", "accounts", "organisation", "apikeys", "mail", "ledger", "audit")),
)
LEARNER_SPINE: Final = ("home", "learning", "exams", "calls", "knowledge", "certificates", "me")
LEARNER_PHONE: Final = ("home", "learning", "exams", "calls", "me")


def keys_for(roles: Collection[Role]) -> tuple[str, ...]:
    """Return the keys of a spine in order. Everybody learns; whoever also works here finds that in one last entry.

    >>> keys_for({Role.LEARNER})[:2]
    ('home', 'learning')
    >>> keys_for({Role.LEARNER, Role.MENTOR})
    ('home', 'board', 'people', 'knowledge', 'mine')
    """
    wanted = [key for role, keys in SPINES if role in roles for key in keys]
    return tuple(dict.fromkeys([*wanted, "mine"])) if wanted else LEARNER_SPINE


def spine(
    roles: Collection[Role], *, may: Callable[[Permission], bool], address: Callable[[str], str | None], path: str,
    current: str = "", counts: dict[str, int] | None = None,
) -> tuple[Item, ...]:
    """Return the spine of one page.

    may       whether the reader holds a permission; what they may not open isn't shown
    address   the URL of an endpoint, None while it isn't served
    path      the page's path; the entry with the longest URL it begins with is current, unless `current` names a key
    """
    entries = [ENTRIES[key] for key in keys_for(roles)]
    shown = [(entry, url) for entry in entries if may(entry.permission) and (url := address(entry.endpoint))]
    here = current or _at(path, shown)
    keys = [entry.key for entry, _url in shown]
    phone = LEARNER_PHONE if "learning" in keys else keys[:PHONE_ITEMS]
    return tuple(
        Item(entry.key, str(entry.label), entry.icon, url, entry.key == here, entry.key in phone,
             (counts or {}).get(entry.key, 0))
        for entry, url in shown
    )


def _at(path: str, shown: list[tuple[Entry, str]]) -> str:
    """Return the key of the entry that a path lies under; the home page only for itself."""
    fitting = [(len(url), entry.key) for entry, url in shown
               if path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))]
    return max(fitting)[1] if fitting else ""
