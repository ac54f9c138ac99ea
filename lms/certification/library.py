"""The certifications that come with the product. An organisation publishes its own editions of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.certification.models import Certification, QueueRequirement
from lms.certification.rules.drafts import Draft
from lms.certification.rules.requirements import Requirement, RequirementKind
from lms.certification.rules.validity import Validity
from lms.certification.services.editing import publish, require_for_queue
from lms.people.models import Queue

GAS_HOTLINE: Final = "gas-hotline"
SERVICE_DESK: Final = "service-desk"
COMPLAINT_DESK: Final = "complaint-desk"
ASSESSOR_LICENCE: Final = "assessor"
TRAINER_LICENCE: Final = "trainer"


def _course(code: str, *, afresh: bool = True, period_months: int | None = None) -> Requirement:
    return Requirement(f"course-{code}", RequirementKind.COURSE, (f"course:{code}",), afresh=afresh,
                       period_months=period_months)


def _theory(code: str, percent: int) -> Requirement:
    return Requirement(f"theory-{code}", RequirementKind.THEORY, (f"exam:{code}",), percent)


def _practical(code: str, percent: int) -> Requirement:
    return Requirement(f"practical-{code}", RequirementKind.PRACTICAL, (f"practical:{code}",), percent)


def _calls(number: int, percent: int) -> Requirement:
    return Requirement("calls", RequirementKind.CALLS, (), percent, number)


def _holds(code: str) -> Requirement:
    return Requirement(f"holds-{code}", RequirementKind.CERTIFICATION, (code,))


BUNDLED: Final = (
    Draft(SERVICE_DESK, "客户服务话务员", "Customer Service Operator", "KF",
          "接听业务咨询、账单和回访来电：学完服务规范，通过理论考试。", Validity(12),
          (_course("service-norms"), _theory("service-theory", 80))),
    Draft(GAS_HOTLINE, "燃气热线话务员", "Gas Hotline Operator", "RQ",
          "接听燃气抢修来电：两门课程、理论 80 分、实操 75 分、三通不同的模拟来电各 80 分。", Validity(12),
          (_course("phone-etiquette"), _course("gas-leak"), _theory("gas-theory", 80),
           _practical("gas-dispatch", 75), _calls(3, 80))),
    Draft(COMPLAINT_DESK, "投诉受理话务员", "Complaint Desk Operator", "TS",
          "接听投诉来电：先取得客户服务话务员证，再学完电话礼仪并通过三通不同的模拟来电。", Validity(12),
          (_holds(SERVICE_DESK), _course("phone-etiquette"), _calls(3, 80))),
    Draft(ASSESSOR_LICENCE, "考评员资格", "Assessor", "KP",
          "评实操、复核模拟来电：由考评员发放；第一批由两名管理员授予。", Validity(24),
          (_course("service-norms"), _theory("service-theory", 90), _practical("assessor-trial", 85))),
    Draft(TRAINER_LICENCE, "培训师资格", "Trainer", "PX",
          "授课、编题、组卷：由考评员发放；第一批由两名管理员授予。", Validity(24),
          (_course("service-norms"), _theory("service-theory", 90), _practical("trainer-trial", 80))),
)

# Which certifications a queue asks for, by the queue's code. Queues of other codes are set up on the queue page.
QUEUES: Final[Mapping[str, tuple[str, ...]]] = {
    "gas": (GAS_HOTLINE,), "gas-repair": (GAS_HOTLINE,), "emergency": (GAS_HOTLINE,),
    "service": (SERVICE_DESK,), "enquiry": (SERVICE_DESK,), "billing": (SERVICE_DESK,), "order": (SERVICE_DESK,),
    "install": (SERVICE_DESK,), "callback": (SERVICE_DESK,), "inspection": (SERVICE_DESK,), "english": (SERVICE_DESK,),
    "complaint": (COMPLAINT_DESK,),
}


def load_bundled(session: Session, *, by: Identity, now: datetime) -> list[str]:
    """Publish the bundled certifications that aren't there yet, and let queues of known codes ask for them.

    A queue that asks for something already is left alone. Return the codes published.
    """
    there = set(session.scalars(select(Certification.code)))
    published = []
    for draft in BUNDLED:
        if draft.code not in there:
            publish(session, draft, source="bundled", by=by, now=now)
            published.append(draft.code)
    configured = set(session.scalars(select(QueueRequirement.queue_id)))
    for queue in session.scalars(select(Queue).order_by(Queue.position)):
        if queue.code in QUEUES and queue.id not in configured:
            require_for_queue(session, queue.id, QUEUES[queue.code], by=by, now=now)
    return published
