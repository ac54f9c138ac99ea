"""What codes of the rules are called on pages and in refusals."""

from collections.abc import Mapping
from typing import Any

from lms.exams.models import CloseKind, ExamPurpose
from lms.exams.rules.corrections import CorrectionKind
from lms.exams.rules.hand_marks import Round
from lms.exams.rules.named import Standing
from lms.exams.rules.paper import FlawCode
from lms.exams.rules.release import Shown, When
from lms.exams.rules.rubric import Dimension
from lms.exams.rules.sections import SectionFlaw
from lms.exams.rules.terms import TermsFlaw
from lms.exams.rules.watching import EventKind, Presence
from lms.kernel.i18n import _l
from lms.records.appeals import AppealOutcome
from question_bank.kinds import KindCode

Words = Mapping[str, Any]  # code -> a sentence in the reader's language

PURPOSES: Words = {
    ExamPurpose.ENTRANCE: _l("Entrance exam"),
    ExamPurpose.STAGE: _l("Stage exam"),
    ExamPurpose.MONTHLY: _l("Monthly exam"),
    ExamPurpose.FINAL: _l("Final exam"),
    ExamPurpose.REFRESHER: _l("Refresher exam"),
    ExamPurpose.SPOT_CHECK: _l("Spot check"),
}
RELEASES: Words = {
    When.AT_ONCE: _l("as soon as it is marked"),
    When.AFTER_SESSION: _l("once the session is over"),
    When.FROM: _l("from a date"),
    When.NEVER: _l("not at all"),
}
SHOWN: Words = {
    Shown.SCORE: _l("Score and knowledge points"),
    Shown.ANSWERS: _l("Questions with one's own answers"),
    Shown.KEY: _l("The key"),
    Shown.EXPLANATION: _l("The explanations"),
}
ROUNDS: Words = {
    Round.FIRST: _l("first mark"),
    Round.SECOND: _l("second mark"),
    Round.THIRD: _l("third mark"),
    Round.APPEAL: _l("after an appeal"),
}
APPEAL_OUTCOMES: Words = {
    AppealOutcome.UPHELD: _l("upheld"),
    AppealOutcome.REJECTED: _l("rejected"),
}
CORRECTIONS: Words = {
    CorrectionKind.EDITION: _l("Mark by the key of a corrected edition"),
    CorrectionKind.FULL_MARKS: _l("Give everybody full marks"),
    CorrectionKind.LEFT_OUT: _l("Leave the question out of the sum"),
}
CLOSE_KINDS: Words = {
    CloseKind.SUBMITTED: _l("handed in"),
    CloseKind.DEADLINE: _l("time ran out"),
    CloseKind.INVIGILATOR: _l("ended by the invigilator"),
    CloseKind.CANCELLED: _l("cancelled"),
}
PLAN_FLAWS: Words = {
    FlawCode.EMPTY: _l("Add at least one line to the blueprint."),
    FlawCode.COUNT: _l("A line asks for 1 to 1,000 questions."),
    FlawCode.POINTS: _l("A question is worth more than 0 and at most 100 marks."),
    FlawCode.TWICE: _l("The same question stands on the paper twice."),
    FlawCode.TOO_LONG: _l("A paper has at most 1,000 questions."),
}
SECTION_FLAWS: Words = {
    SectionFlaw.MANY: _l("A paper has 1 to 20 sections."),
    SectionFlaw.TITLE: _l("Give every section a title."),
    SectionFlaw.EMPTY: _l("A section has no questions."),
    SectionFlaw.MINIMUM: _l("The minimum of a section is 1 to 100 percent."),
    SectionFlaw.LENGTH: _l("A section's title has at most 60 characters, its instruction 300."),
    SectionFlaw.UNKNOWN: _l("A line stands in no section."),
}
STANDINGS: Words = {
    Standing.USABLE: _l("published"),
    Standing.NEWER: _l("a newer edition is published"),
    Standing.RETIRED: _l("taken out of use"),
    Standing.UNPUBLISHED: _l("not published"),
    Standing.UNKNOWN: _l("no longer in the bank"),
}
TERMS_FLAWS: Words = {
    TermsFlaw.DURATION: _l("The working time is 1 to 720 minutes."),
    TermsFlaw.THRESHOLD: _l("The pass mark is 1 to 100 percent."),
    TermsFlaw.GRACE: _l("The network grace is 0 to 300 seconds."),
    TermsFlaw.RELEASE: _l("Give the date from which it is shown."),
    TermsFlaw.APPEAL: _l("Appeals may be made for 0 to 60 days."),
    TermsFlaw.FORMS: _l("A paper has 1 to 8 forms."),
    TermsFlaw.CAP: _l("A cap below the pass mark would let no resit pass."),
}
DIMENSIONS: Words = {
    Dimension.CORRECTNESS: _l("Correctness"),
    Dimension.PROFICIENCY: _l("Proficiency"),
    Dimension.PROBLEM_SOLVING: _l("Problem solving"),
}
PRESENCES: Words = {
    Presence.ABSENT: _l("not begun"),
    Presence.HERE: _l("answering"),
    Presence.AWAY: _l("page left"),
    Presence.OFFLINE: _l("offline"),
    Presence.PAUSED: _l("paused"),
    Presence.DONE: _l("handed in"),
}
EVENTS: Words = {
    EventKind.LEFT: _l("Left the page"),
    EventKind.BACK: _l("Came back to the page"),
    EventKind.FULLSCREEN_ENDED: _l("Ended full screen"),
    EventKind.NOTICE_ACCEPTED: _l("Began, having accepted the notice"),
    EventKind.SEAT_ASKED: _l("Asked for another seat"),
    EventKind.SEAT_GIVEN: _l("Seat handed over"),
    EventKind.SEAT_REFUSED: _l("Seat not handed over"),
    EventKind.PAUSED: _l("Paused"),
    EventKind.RESUMED: _l("Resumed"),
    "added_pause": _l("Time of the pause added"),
    "added_extension": _l("Time added"),
}
KINDS: Words = {
    KindCode.SINGLE: _l("One answer"),
    KindCode.MULTIPLE: _l("Several answers"),
    KindCode.TRUE_FALSE: _l("True or false"),
    KindCode.BLANK: _l("Fill in"),
    KindCode.NUMERIC: _l("A number"),
    KindCode.ORDERING: _l("Put in order"),
    KindCode.MATCHING: _l("Match"),
    KindCode.CLOZE: _l("Fill in from a text"),
    KindCode.SHORT: _l("Answer in sentences"),
    KindCode.CASE: _l("A case with several questions"),
    KindCode.AUDIO: _l("Listen and answer"),
    KindCode.DICTATION: _l("Listen and fill in"),
}
