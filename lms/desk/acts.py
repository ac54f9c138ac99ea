"""What the acts of the audit are called: `waiver.stop` is "Waiver · stopped". A thing and what was done to it."""

from typing import Final

from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString

from lms.kernel.i18n import _l

THINGS: Final[dict[str, LazyString]] = {
    "account": _l("Account"), "api_key": _l("API key"), "appeal": _l("Appeal"), "call": _l("Simulated call"),
    "certificate": _l("Certificate"), "certification": _l("Certification"), "course": _l("Course"),
    "exam": _l("Exam"), "exam_plan": _l("Monthly exam"), "exam_session": _l("Exam session"),
    "file": _l("Personal file"), "floor": _l("Live floor"), "founding": _l("Founding licence"),
    "import": _l("Import"), "key": _l("Answer key"), "knowledge": _l("Article"), "ledger": _l("Ledger"),
    "live_call": _l("Live call"), "mentor": _l("Mentor"), "person": _l("Person"),
    "phase": _l("Mentored phase"), "photo": _l("Photo"), "phrases": _l("Phrase library"),
    "post": _l("Post"),
    "question": _l("Question"), "queue": _l("Queue"), "role": _l("Role"),
    "rubric": _l("Rubric"), "sample": _l("Sample"),
    "script": _l("Call script"), "session": lazy_pgettext("act", "Sign-in"),
    "sitting": lazy_pgettext("act", "Sitting"), "spot_check": _l("Spot check"), "station": _l("Station"),
    "unit": _l("Unit"), "voice": _l("Recording"), "waiver": _l("Waiver"),
}
DONE: Final[dict[str, LazyString]] = {
    "abandon": lazy_pgettext("act", "broken off"), "add": lazy_pgettext("act", "added"),
    "add_point": lazy_pgettext("act", "knowledge point added"), "answer": lazy_pgettext("act", "answered"),
    "apply": lazy_pgettext("act", "applied"), "approve": lazy_pgettext("act", "approved"),
    "approved": lazy_pgettext("act", "approved"), "assign": lazy_pgettext("act", "assigned"),
    "calibrate": lazy_pgettext("act", "calibration decided"),
    "cancel": lazy_pgettext("act", "cancelled"), "change": lazy_pgettext("act", "changed"),
    "close_for_leaver": lazy_pgettext("act", "closed for somebody who left"),
    "create": lazy_pgettext("act", "created"), "deal_forms": lazy_pgettext("act", "forms drawn"),
    "decide": lazy_pgettext("act", "decided"), "discard": lazy_pgettext("act", "draft discarded"),
    "draft": lazy_pgettext("act", "draft made"), "drop": lazy_pgettext("act", "put aside"),
    "edit": lazy_pgettext("act", "edited"),
    "end": lazy_pgettext("act", "ended"), "end_all": lazy_pgettext("act", "ended everywhere"),
    "end_others": lazy_pgettext("act", "ended on other devices"), "erase": lazy_pgettext("act", "erased"),
    "excuse": lazy_pgettext("act", "reason noted"),
    "first_administrator": lazy_pgettext("act", "first administrator made"),
    "fix_paper": lazy_pgettext("act", "paper fixed"), "grant": lazy_pgettext("act", "granted"),
    "hand_in": lazy_pgettext("act", "sent to review"), "identity": lazy_pgettext("act", "identity checked"),
    "import": lazy_pgettext("act", "imported"), "issue": lazy_pgettext("act", "issued"),
    "label": lazy_pgettext("act", "labelled"), "labels": lazy_pgettext("act", "labelled"),
    "leave": lazy_pgettext("act", "left"), "lift_suspension": lazy_pgettext("act", "suspension lifted"),
    "listen": lazy_pgettext("act", "listened to"),
    "load": lazy_pgettext("act", "loaded"), "load_bundled": lazy_pgettext("act", "bundled ones loaded"),
    "log_time": lazy_pgettext("act", "time logged"), "mark_again": lazy_pgettext("act", "marked again"),
    "mark_blind": lazy_pgettext("act", "marked blind"),
    "offer": lazy_pgettext("act", "given as an example"),
    "password_change": lazy_pgettext("act", "password changed"), "pause": lazy_pgettext("act", "paused"),
    "plan": lazy_pgettext("act", "planned"), "product": lazy_pgettext("act", "product kept up"),
    "propose": lazy_pgettext("act", "proposed"), "publish": lazy_pgettext("act", "published"),
    "queues": lazy_pgettext("act", "queues changed"), "raise": lazy_pgettext("act", "raised"),
    "read": lazy_pgettext("act", "read"), "recovery_codes_change": lazy_pgettext("act", "recovery codes changed"),
    "refuse": lazy_pgettext("act", "refused"), "refused": lazy_pgettext("act", "refused"),
    "reject": lazy_pgettext("act", "rejected"), "remove": lazy_pgettext("act", "removed"),
    "renew_passwords": lazy_pgettext("act", "passwords renewed"),
    "reopen_for_return": lazy_pgettext("act", "opened again for somebody who came back"),
    "reply": lazy_pgettext("act", "reply taken up"), "request": lazy_pgettext("act", "asked for"),
    "require": lazy_pgettext("act", "requirement changed"), "reset_password": lazy_pgettext("act", "password reset"),
    "reset_second_factor": lazy_pgettext("act", "second factor reset"), "restore": lazy_pgettext("act", "restored"),
    "retire": lazy_pgettext("act", "retired"), "return": lazy_pgettext("act", "came back"),
    "review": lazy_pgettext("act", "reviewed"), "revoke": lazy_pgettext("act", "revoked"),
    "schedule_resit": lazy_pgettext("act", "resit scheduled"), "seat": lazy_pgettext("act", "seat handed over"),
    "second_factor_change": lazy_pgettext("act", "second factor changed"),
    "send_back": lazy_pgettext("act", "sent back"), "start": lazy_pgettext("act", "started"),
    "still_right": lazy_pgettext("act", "found still right"), "stop": lazy_pgettext("act", "stopped"),
    "submit": lazy_pgettext("act", "sent to review"), "suspend": lazy_pgettext("act", "suspended"),
    "undo": lazy_pgettext("act", "undone"), "undo_import": lazy_pgettext("act", "import undone"),
    "unlock": lazy_pgettext("act", "unlocked"), "verify": lazy_pgettext("act", "verified"),
    "void": lazy_pgettext("act", "voided"), "withdraw": lazy_pgettext("act", "withdrawn"),
    "write": lazy_pgettext("act", "draft written"),
}


def act_name(action: str) -> str:
    """Return what an act is called in the reader's language; an act without words is its code."""
    thing, _dot, done = action.partition(".")
    if thing not in THINGS or done not in DONE:
        return action
    return f"{THINGS[thing]} · {DONE[done]}"
