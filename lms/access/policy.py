"""The policy, on one page. What isn't granted here is refused."""

from collections.abc import Mapping
from typing import Final

from lms.access.identity import Role
from lms.access.permissions import Permission as P
from lms.access.rules import Rule, all_of, any_of, is_not, leads_their_unit, own_record, public, role, signed_in

_trainer = role(Role.TRAINER, Role.TRAINING_ADMIN)
_assessor = role(Role.ASSESSOR)
_training_admin = role(Role.TRAINING_ADMIN)
_auditor = role(Role.AUDITOR)
_admins = role(Role.TRAINING_ADMIN, Role.SYSTEM_ADMIN)
_knows_them = any_of(own_record, leads_their_unit, role(Role.MENTOR, Role.TRAINER, Role.ASSESSOR, Role.HR),
                     _training_admin, _auditor)

GRANTS: Final[Mapping[P, Rule]] = {
    P.PUBLIC_READ: public,
    P.SIGN_IN: public,
    P.HOME_READ: signed_in,
    P.STYLE_READ: signed_in,
    P.JOB_READ: signed_in,

    P.PERSON_LIST: any_of(leads_their_unit, role(Role.HR, Role.TRAINER, Role.MENTOR), _admins, _auditor),
    P.PERSON_READ: any_of(_knows_them, role(Role.SYSTEM_ADMIN)),
    P.PERSON_WRITE: any_of(role(Role.HR), _training_admin),
    P.PHOTO_READ: any_of(own_record, role(Role.HR)),
    P.PHOTO_WRITE: role(Role.HR),
    P.PHOTO_DELETE: any_of(own_record, role(Role.HR)),
    P.ROSTER_IMPORT: any_of(role(Role.HR), _training_admin),
    P.SHIFT_IMPORT: any_of(leads_their_unit, role(Role.HR), _training_admin),
    P.ROLE_GRANT: _admins,
    P.MENTOR_ASSIGN: any_of(leads_their_unit, _training_admin),
    P.ACCOUNT_MANAGE: role(Role.SYSTEM_ADMIN),
    P.ORGANISATION_WRITE: any_of(role(Role.HR), _admins),

    P.FILE_READ: _knows_them,
    P.LEDGER_VERIFY: any_of(_auditor, _admins),
    P.AUDIT_READ: any_of(_auditor, _admins),

    P.COURSE_STUDY: own_record,
    P.COURSE_READ: any_of(_trainer, role(Role.REVIEWER), leads_their_unit, _auditor),
    P.COURSE_WRITE: _trainer,
    P.COURSE_PUBLISH: any_of(_trainer, role(Role.REVIEWER)),
    P.COURSE_ASSIGN: any_of(_trainer, leads_their_unit),

    P.QUESTION_READ: any_of(_trainer, role(Role.REVIEWER), _auditor),
    P.QUESTION_WRITE: _trainer,
    P.QUESTION_PUBLISH: any_of(_trainer, role(Role.REVIEWER)),
    P.QUESTION_IMPORT: _trainer,
    P.QUESTION_MEDIA_READ: signed_in,  # the address is sealed for the person whose page shows the question

    P.KNOWLEDGE_READ: signed_in,
    P.KNOWLEDGE_INSPECT: any_of(_trainer, role(Role.REVIEWER), _auditor),
    P.KNOWLEDGE_WRITE: _trainer,
    P.KNOWLEDGE_PUBLISH: any_of(_trainer, role(Role.REVIEWER)),

    P.EXAM_READ: any_of(_trainer, leads_their_unit, _auditor),
    P.EXAM_WRITE: _trainer,
    P.EXAM_ASSIGN: any_of(_trainer, leads_their_unit),
    P.EXAM_INVIGILATE: _trainer,
    P.SPOT_CHECK_RUN: any_of(leads_their_unit, _training_admin),
    P.STATISTICS_READ: any_of(_trainer, role(Role.REVIEWER), _auditor),
    P.SITTING_SIT: own_record,
    P.SITTING_READ: _knows_them,
    P.SITTING_SAVE: public,
    P.RESIT_DECIDE: all_of(any_of(leads_their_unit, _training_admin), is_not(own_record)),
    P.SITTING_MARK: all_of(role(Role.TRAINER, Role.ASSESSOR), is_not(own_record)),
    P.APPEAL_DECIDE: all_of(any_of(_trainer, _assessor, leads_their_unit), is_not(own_record)),
    P.KEY_CORRECT: any_of(_trainer, role(Role.REVIEWER)),
    P.STATION_ASSIGN: any_of(_trainer, leads_their_unit, _assessor),
    P.STATION_MARK: all_of(_assessor, is_not(own_record)),
    P.STATION_READ: _knows_them,

    P.CALL_PLAY: own_record,
    P.CALL_READ: _knows_them,
    P.CALL_CONFIRM: all_of(_assessor, is_not(own_record)),
    P.VOICE_RECORD: own_record,
    P.VOICE_LISTEN: any_of(own_record, _trainer, _assessor),
    P.CALL_TRANSCRIBE: any_of(own_record, _assessor),
    P.VOICE_ERASE: _training_admin,
    P.LIVE_LEAD: all_of(any_of(_trainer, _assessor), is_not(own_record)),
    P.LIVE_JOIN: signed_in,  # the view lets in the trainer, the learner and the observer of that call alone
    P.EXAMPLE_READ: signed_in,
    P.EXAMPLE_DECIDE: all_of(_trainer, is_not(own_record)),
    P.SCRIPT_WRITE: _trainer,
    P.SCRIPT_READ: any_of(_trainer, _assessor, role(Role.REVIEWER), _auditor),

    P.CERTIFICATE_READ: _knows_them,
    P.CERTIFICATE_REVOKE: _training_admin,
    P.CERTIFICATION_READ: any_of(_trainer, leads_their_unit, role(Role.HR, Role.ASSESSOR), _auditor),
    P.CERTIFICATION_WRITE: _training_admin,
    P.LICENCE_GRANT: _admins,
    P.WAIVER_REQUEST: any_of(leads_their_unit, role(Role.MENTOR), _training_admin),
    P.WAIVER_APPROVE: any_of(leads_their_unit, _training_admin),
    P.SUSPENSION_WRITE: any_of(leads_their_unit, _training_admin),
    P.PHASE_LOG: any_of(leads_their_unit, role(Role.MENTOR), _training_admin),
    P.FLOOR_READ: any_of(leads_their_unit, role(Role.HR, Role.MENTOR), _training_admin, _auditor),
    P.GATE_ASK: public,

    P.APIKEY_MANAGE: role(Role.SYSTEM_ADMIN),
    P.SETTINGS_READ: any_of(_admins, _auditor),
    P.MAIL_CATCHER_READ: role(Role.SYSTEM_ADMIN),
}
