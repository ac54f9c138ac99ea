"""Tables of theory exams, sittings and practical stations."""

from lms.exams.models.exam import Exam, ExamEdition, ExamPurpose, ExamSession, ReleaseRule
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

__all__ = [
    "AssignmentState",
    "CloseKind",
    "Exam",
    "ExamAssignment",
    "ExamEdition",
    "ExamPurpose",
    "ExamSession",
    "GrantKind",
    "ReleaseRule",
    "RemedialTask",
    "ResitDecision",
    "Rubric",
    "RubricEdition",
    "Sitting",
    "SittingAnswer",
    "SittingGrant",
    "SittingItem",
    "SittingSeat",
    "Station",
    "StationAssignment",
    "StationAssignmentState",
    "StationMark",
    "StationVisit",
    "VisitState",
]
