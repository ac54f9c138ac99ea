"""The bundled content of every area, loaded in the order in which one needs the other."""

from datetime import datetime

from sqlalchemy.orm import Session

import courses.services.library
import lms.certification.library
import lms.exams.services.library
import lms.knowledge.services.loading
import question_bank.services.loading
import simulations.services
from lms.access.identity import SYSTEM


def load_bundled_content(session: Session, *, now: datetime) -> None:
    """Add what this release brings and the database doesn't have: articles, questions, courses, scripts, exams,
    certifications.

    Loading again changes nothing; an organisation's own editions are never touched.
    """
    lms.knowledge.services.loading.load_bundled(session, now=now, by=SYSTEM)
    question_bank.services.loading.load_bundled(session, now=now, by=SYSTEM)
    courses.services.library.load_bundled(session, by=SYSTEM, now=now)
    simulations.services.load_bundled(session, now=now)
    lms.exams.services.library.load_bundled(session, by=SYSTEM, now=now)
    lms.certification.library.load_bundled(session, by=SYSTEM, now=now)
