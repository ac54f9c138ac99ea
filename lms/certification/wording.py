"""Words of this area's pages, in the reader's language."""

from typing import Final

from lms.certification.models import DocumentState, WaiverState
from lms.certification.queries.checking import CheckState
from lms.certification.queries.standing import SealState
from lms.certification.rules.projection import FloorState
from lms.certification.rules.requirements import RequirementKind
from lms.certification.rules.validity import Ending, RenewalPolicy
from lms.kernel.i18n import _l

KINDS: Final = {
    RequirementKind.COURSE: _l("Course completed"), RequirementKind.THEORY: _l("Theory exam"),
    RequirementKind.PRACTICAL: _l("Practical exam"), RequirementKind.CALLS: _l("Simulated calls"),
    RequirementKind.CERTIFICATION: _l("Other certification"),
}
ENDINGS: Final = {
    Ending.SAME_DAY: _l("same day of the month"), Ending.MONTH_END: _l("end of that month"),
    Ending.FIXED_DATE: _l("a fixed day of the year"),
}
RENEWALS: Final = {
    RenewalPolicy.KEEP_ANNIVERSARY: _l("from the previous end: renewing early costs nothing"),
    RenewalPolicy.FROM_COMPLETION: _l("from the day of completion"),
}
SEALS: Final = {
    SealState.GRANTED: ("ok", _l("In force")), SealState.SOON: ("soon", _l("Ends soon")),
    SealState.PAUSED: ("stop", _l("On hold")), SealState.ENDED: ("na", _l("Ended")),
    SealState.REVOKED: ("stop", _l("Revoked")), SealState.OPEN: ("no", _l("Not yet")),
}
CHECKS: Final = {
    CheckState.VALID: _l("Genuine, valid now"), CheckState.PAUSED: _l("Genuine, but on hold"),
    CheckState.EXPIRED: _l("Genuine, but expired"), CheckState.REVOKED: _l("Revoked, no longer to be used"),
    CheckState.NOT_YET: _l("Genuine, not valid yet"),
}
DOCUMENTS: Final = {
    DocumentState.QUEUED: _l("Being printed"), DocumentState.WAITING: _l("Waiting for a font"),
    DocumentState.READY: _l("Printed and signed"),
}
WAIVERS: Final = {
    WaiverState.REQUESTED: ("soon", _l("To decide")), WaiverState.APPROVED: ("ok", _l("Approved")),
    WaiverState.REFUSED: ("no", _l("Refused")), WaiverState.WITHDRAWN: ("na", _l("Withdrawn")),
}
FLOOR_LOOKS: Final = {
    FloorState.YES: "ok", FloorState.SOON: "soon", FloorState.SUPERVISED: "coach", FloorState.WAIVER: "waive",
    FloorState.NO: "no", FloorState.SUSPENDED: "stop", FloorState.NONE: "na",
}
