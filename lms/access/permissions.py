"""Every permission there is. A route names one; the policy page says who holds it."""

from enum import StrEnum


class Permission(StrEnum):
    """What somebody may do."""

    PUBLIC_READ = "public.read"  # pages and files anybody may see
    SIGN_IN = "sign_in"
    HOME_READ = "home.read"  # home, search, notifications, own settings
    STYLE_READ = "style.read"
    JOB_READ = "job.read"

    PERSON_LIST = "person.list"
    PERSON_READ = "person.read"
    PERSON_WRITE = "person.write"
    PHOTO_READ = "photo.read"  # on the people page; invigilators see those of their session on its board
    PHOTO_WRITE = "photo.write"
    PHOTO_DELETE = "photo.delete"
    ROSTER_IMPORT = "roster.import"
    SHIFT_IMPORT = "shift.import"
    ROLE_GRANT = "role.grant"
    MENTOR_ASSIGN = "mentor.assign"
    ACCOUNT_MANAGE = "account.manage"
    ORGANISATION_WRITE = "organisation.write"

    FILE_READ = "file.read"  # a person's training file
    LEDGER_VERIFY = "ledger.verify"
    AUDIT_READ = "audit.read"

    COURSE_STUDY = "course.study"
    COURSE_READ = "course.read"
    COURSE_WRITE = "course.write"
    COURSE_PUBLISH = "course.publish"
    COURSE_ASSIGN = "course.assign"

    QUESTION_READ = "question.read"
    QUESTION_WRITE = "question.write"
    QUESTION_PUBLISH = "question.publish"
    QUESTION_IMPORT = "question.import"
    QUESTION_MEDIA_READ = "question.media.read"

    KNOWLEDGE_READ = "knowledge.read"  # search and read articles, say whether they are right
    KNOWLEDGE_INSPECT = "knowledge.inspect"  # drafts, editions and what readers said
    KNOWLEDGE_WRITE = "knowledge.write"
    KNOWLEDGE_PUBLISH = "knowledge.publish"

    EXAM_READ = "exam.read"
    EXAM_WRITE = "exam.write"
    EXAM_ASSIGN = "exam.assign"
    EXAM_INVIGILATE = "exam.invigilate"
    SPOT_CHECK_RUN = "spot_check.run"  # draw people unannounced, and say why somebody did not begin
    STATISTICS_READ = "statistics.read"  # of exams and questions, answers and key included
    SITTING_SIT = "sitting.sit"
    SITTING_READ = "sitting.read"
    SITTING_SAVE = "sitting.save"  # by a seat token, checked by the view itself
    RESIT_DECIDE = "resit.decide"  # what follows when somebody's attempts are used up
    SITTING_MARK = "sitting.mark"  # answers the system can't mark, without knowing whose they are
    APPEAL_DECIDE = "appeal.decide"
    KEY_CORRECT = "key.correct"  # propose and approve what counts in the place of a wrong key; never the same person
    STATION_MARK = "station.mark"
    STATION_ASSIGN = "station.assign"
    STATION_READ = "station.read"

    CALL_PLAY = "call.play"
    CALL_READ = "call.read"
    CALL_CONFIRM = "call.confirm"
    VOICE_RECORD = "voice.record"  # one's own side of a call, with consent
    VOICE_LISTEN = "voice.listen"  # to recordings of calls; who listens is written down
    CALL_TRANSCRIBE = "call.transcribe"  # write down what was spoken
    VOICE_ERASE = "voice.erase"
    LIVE_LEAD = "live.lead"  # play the caller of a live call
    LIVE_JOIN = "live.join"  # be one of a live call's people, which the view looks up
    EXAMPLE_READ = "example.read"  # good calls in the case library; their operator may take theirs out
    EXAMPLE_DECIDE = "example.decide"
    SCRIPT_READ = "script.read"
    SCRIPT_WRITE = "script.write"

    CERTIFICATE_READ = "certificate.read"
    CERTIFICATE_REVOKE = "certificate.revoke"
    CERTIFICATION_READ = "certification.read"
    CERTIFICATION_WRITE = "certification.write"
    LICENCE_GRANT = "licence.grant"
    WAIVER_REQUEST = "waiver.request"
    WAIVER_APPROVE = "waiver.approve"
    SUSPENSION_WRITE = "suspension.write"
    PHASE_LOG = "phase.log"  # minutes of live calls under supervision
    FLOOR_READ = "floor.read"
    GATE_ASK = "gate.ask"  # by an API key, checked by the view itself

    APIKEY_MANAGE = "apikey.manage"
    SETTINGS_READ = "settings.read"
    MAIL_CATCHER_READ = "mail_catcher.read"
