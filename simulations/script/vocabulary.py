"""Words of the script language: Chinese first, English aliases, one meaning each.

Lookups are on folded words (half width, simplified, lower case).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ..wording.characters import plain


class Section(StrEnum):
    """The sections of a script; COACH alone may always be left out."""

    SCRIPT = "剧本"
    CALLER = "人物"
    TICKET = "工单"
    PHRASES = "短语"
    CHECKS = "考点"
    DIALOGUE = "对话"
    COACH = "教练"


class CoachTopic(StrEnum):
    """What a line of the coach's note is about."""

    TEACHES = "要点"
    MISTAKE = "易错"
    WORDING = "说法"


class Dimension(StrEnum):
    """What a checkpoint counts towards; PROFICIENCY is reported and stays outside the mark."""

    ACCURACY = "准确"
    HANDLING = "处置"
    COURTESY = "礼貌"
    TIMELINESS = "时效"
    PROFICIENCY = "熟练"


class FieldKind(StrEnum):
    """Types of ticket fields."""

    TEXT = "text"
    PHONE = "phone"
    ADDRESS = "address"
    ONE_OF = "one_of"
    CONTAINS = "contains"
    NUMBER = "number"
    DATE = "date"


class AtomKind(StrEnum):
    """What a condition can ask."""

    SAY = "说"
    NEVER_SAY = "不说"
    DISSUADE = "劝阻"
    READ_BACK = "复述"
    GIVEN = "给"
    FIELDS = "字段"
    ACTION = "动作"
    ANSWERED = "接听"
    HOLD = "保持"
    INTERRUPT = "打断"
    CALLER_HANGS_UP = "客户先挂"


class Action(StrEnum):
    """Buttons of the console."""

    DISPATCH = "dispatch"
    HOLD = "hold"
    RESUME = "resume"
    TRANSFER = "transfer"
    KNOWLEDGE = "kb_open"
    CALLBACK = "callback"


ACTION_LABELS: Final[Mapping[Action, str]] = {
    Action.DISPATCH: "派单",
    Action.HOLD: "保持",
    Action.RESUME: "恢复",
    Action.TRANSFER: "转接",
    Action.KNOWLEDGE: "知识库",
    Action.CALLBACK: "预约回电",
}

SECTIONS: Final = {
    "剧本": Section.SCRIPT,
    "script": Section.SCRIPT,
    "人物": Section.CALLER,
    "caller": Section.CALLER,
    "person": Section.CALLER,
    "工单": Section.TICKET,
    "ticket": Section.TICKET,
    "短语": Section.PHRASES,
    "phrases": Section.PHRASES,
    "考点": Section.CHECKS,
    "checks": Section.CHECKS,
    "checkpoints": Section.CHECKS,
    "对话": Section.DIALOGUE,
    "dialogue": Section.DIALOGUE,
    "dialog": Section.DIALOGUE,
    "教练": Section.COACH,
    "coach": Section.COACH,
}
HEADERS: Final = {
    "编号": "编号",
    "code": "编号",
    "id": "编号",
    "标题": "标题",
    "title": "标题",
    "引用": "引用",
    "uses": "引用",
    "use": "引用",
    "响铃": "响铃",
    "ring": "响铃",
    "沉默": "沉默",
    "silence": "沉默",
    "时限": "时限",
    "limit": "时限",
    "及格": "及格",
    "pass": "及格",
    "下限": "下限",
    "floors": "下限",
    "floor": "下限",
    "难度": "难度",
    "difficulty": "难度",
    "队列": "队列",
    "queue": "队列",
    "来电显示": "来电显示",
    "callerid": "来电显示",
    "转接": "转接",
    "transfer": "转接",
}
COACH_TOPICS: Final = {
    "要点": CoachTopic.TEACHES,
    "teaches": CoachTopic.TEACHES,
    "易错": CoachTopic.MISTAKE,
    "mistake": CoachTopic.MISTAKE,
    "说法": CoachTopic.WORDING,
    "wording": CoachTopic.WORDING,
}
FIELD_KINDS: Final = {
    "文本": FieldKind.TEXT,
    "text": FieldKind.TEXT,
    "手机": FieldKind.PHONE,
    "phone": FieldKind.PHONE,
    "mobile": FieldKind.PHONE,
    "地址": FieldKind.ADDRESS,
    "address": FieldKind.ADDRESS,
    "单选": FieldKind.ONE_OF,
    "oneof": FieldKind.ONE_OF,
    "含": FieldKind.CONTAINS,
    "contains": FieldKind.CONTAINS,
    "数字": FieldKind.NUMBER,
    "number": FieldKind.NUMBER,
    "日期": FieldKind.DATE,
    "date": FieldKind.DATE,
}
FIELD_KIND_WORDS: Final[Mapping[FieldKind, str]] = {
    FieldKind.TEXT: "文本",
    FieldKind.PHONE: "手机",
    FieldKind.ADDRESS: "地址",
    FieldKind.ONE_OF: "单选",
    FieldKind.CONTAINS: "含",
    FieldKind.NUMBER: "数字",
    FieldKind.DATE: "日期",
}
DIMENSIONS: Final = {
    "准确": Dimension.ACCURACY,
    "accuracy": Dimension.ACCURACY,
    "处置": Dimension.HANDLING,
    "handling": Dimension.HANDLING,
    "礼貌": Dimension.COURTESY,
    "courtesy": Dimension.COURTESY,
    "时效": Dimension.TIMELINESS,
    "timeliness": Dimension.TIMELINESS,
    "熟练": Dimension.PROFICIENCY,
    "proficiency": Dimension.PROFICIENCY,
}
ATOMS: Final = {
    "说": AtomKind.SAY,
    "say": AtomKind.SAY,
    "不说": AtomKind.NEVER_SAY,
    "never": AtomKind.NEVER_SAY,
    "劝阻": AtomKind.DISSUADE,
    "dissuade": AtomKind.DISSUADE,
    "复述": AtomKind.READ_BACK,
    "readback": AtomKind.READ_BACK,
    "给": AtomKind.GIVEN,
    "given": AtomKind.GIVEN,
    "字段": AtomKind.FIELDS,
    "fields": AtomKind.FIELDS,
    "动作": AtomKind.ACTION,
    "action": AtomKind.ACTION,
    "接听": AtomKind.ANSWERED,
    "answered": AtomKind.ANSWERED,
    "保持": AtomKind.HOLD,
    "hold": AtomKind.HOLD,
    "打断": AtomKind.INTERRUPT,
    "interrupt": AtomKind.INTERRUPT,
    "客户先挂": AtomKind.CALLER_HANGS_UP,
    "客户先挂机": AtomKind.CALLER_HANGS_UP,
    "callerhangsup": AtomKind.CALLER_HANGS_UP,
}
WITH_NAMES: Final = frozenset(
    {
        AtomKind.SAY,
        AtomKind.NEVER_SAY,
        AtomKind.DISSUADE,
        AtomKind.READ_BACK,
        AtomKind.GIVEN,
        AtomKind.FIELDS,
        AtomKind.ACTION,
    }
)
UNITS: Final = {
    "秒": "秒",
    "s": "秒",
    "sec": "秒",
    "seconds": "秒",
    "句": "句",
    "turn": "句",
    "turns": "句",
    "次": "次",
    "times": "次",
    "声": "声",
    "rings": "声",
    "分": "分",
    "分钟": "分",
    "min": "分",
}
ACTIONS: Final = {
    "派单": Action.DISPATCH,
    "dispatch": Action.DISPATCH,
    "保持": Action.HOLD,
    "hold": Action.HOLD,
    "恢复": Action.RESUME,
    "resume": Action.RESUME,
    "转接": Action.TRANSFER,
    "transfer": Action.TRANSFER,
    "知识库": Action.KNOWLEDGE,
    "查知识库": Action.KNOWLEDGE,
    "kb_open": Action.KNOWLEDGE,
    "预约回电": Action.CALLBACK,
    "回电": Action.CALLBACK,
    "callback": Action.CALLBACK,
}
CALLERS: Final = frozenset({"客", "客户", "caller", "customer"})
SYSTEMS: Final = frozenset({"系统", "system"})
FAILED: Final = frozenset({"失败", "failed", "fail"})
MOODS: Final = frozenset({"情绪", "mood"})
GIVES: Final = frozenset({"给", "give", "gives"})
HANG_UPS: Final = frozenset({"挂机", "hangup"})
FIRST_WORDS: Final = frozenset({"首句", "first"})
POSITIVE: Final = frozenset({"正", "yes"})
NEGATIVE: Final = frozenset({"反", "no"})
FORBIDDEN_PHRASE: Final = "忌语"


def name_key(name: str) -> str:
    """Return the form under which names are compared: width, case, script and spaces don't matter."""
    return plain(name)
