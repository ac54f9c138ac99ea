"""Tables of theory exams, sittings and practical stations."""

from lms.exams.models.exam import Exam, ExamEdition, ExamSession
from lms.exams.models.marking import (
    Appeal,
    AppealDecision,
    ItemMarking,
    KeyCorrection,
    KeyCorrectionDecision,
    KeyCorrectionResult,
    MarkingLease,
    MarkingSkip,
)
from lms.exams.models.practical import (
    Rubric,
    RubricEdition,
    Station,
    StationAssignment,
    StationAssignmentState,
    StationMark,
    StationVisit,
    VisitState,
)
from lms.exams.models.rounds import (
    ExamPlan,
    ExamRound,
    ExamRoundMember,
    SpotCheck,
    SpotCheckPerson,
    SpotCheckState,
)
from lms.exams.models.series import AssignmentState, ExamAssignment, RemedialTask, ResitDecision
from lms.exams.models.sitting import (
    CloseKind,
    GrantKind,
    Sitting,
    SittingAnswer,
    SittingGrant,
    SittingItem,
    SittingSeat,
)
from lms.exams.models.watching import IdentityCheck, SeatRequest, SittingEvent, SittingPresence
from lms.exams.rules.purposes import ExamPurpose

__all__ = [
    "Appeal",
    "AppealDecision",
    "AssignmentState",
    "CloseKind",
    "Exam",
    "ExamAssignment",
    "ExamEdition",
    "ExamPlan",
    "ExamPurpose",
    "ExamRound",
    "ExamRoundMember",
    "ExamSession",
    "GrantKind",
    "IdentityCheck",
    "ItemMarking",
    "KeyCorrection",
    "KeyCorrectionDecision",
    "KeyCorrectionResult",
    "MarkingLease",
    "MarkingSkip",
    "RemedialTask",
    "ResitDecision",
    "Rubric",
    "RubricEdition",
    "SeatRequest",
    "Sitting",
    "SittingAnswer",
    "SittingEvent",
    "SittingGrant",
    "SittingItem",
    "SittingPresence",
    "SittingSeat",
    "SpotCheck",
    "SpotCheckPerson",
    "SpotCheckState",
    "Station",
    "StationAssignment",
    "StationAssignmentState",
    "StationMark",
    "StationVisit",
    "VisitState",
]
