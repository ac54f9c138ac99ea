"""The words of every diagnostic, Chinese and English.

Each is documented with an example in docs/call-scripts/diagnostics.md.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Words(NamedTuple):
    """One diagnostic's severity and sentences; hints are appended when there is a suggestion."""

    severity: str
    chinese: str
    english: str
    hint_chinese: str = "是不是「{suggestion}」？"
    hint_english: str = " Did you mean “{suggestion}”?"


_WRITE: Final = ("可以写成：{suggestion}", " Write: {suggestion}")


def _error(chinese: str, english: str, *hints: str) -> Words:
    return Words("error", chinese, english, *hints)


def _warning(chinese: str, english: str, *hints: str) -> Words:
    return Words("warning", chinese, english, *hints)


MESSAGES: Final[Mapping[str, Words]] = {
    # 1xx: the line can't be read
    "CS101": _error(
        "这一行不在任何一段里，前面要先有「【剧本】」这样的段名。",
        "This line stands outside a section; a heading such as 【剧本】 must come first.",
    ),
    "CS102": _error("缺少冒号，应写成「名称: 内容」。", "A colon is missing; write “name: value”.", *_WRITE),
    "CS103": _error("没有名为「{name}」的段。", "There is no section called “{name}”."),
    "CS104": _error("「{name}」这一段出现了两次。", "The section “{name}” appears twice."),
    "CS105": _error("缺少「{name}」这一段。", "The section “{name}” is missing."),
    "CS106": _error(
        "不认识的项目「{name}」，可用：编号、标题、引用、响铃、沉默、时限、及格、下限、难度、队列、来电显示、转接。",
        "Unknown header “{name}”; use 编号, 标题, 引用, 响铃, 沉默, 时限, 及格, 下限, 难度, 队列, 来电显示 or 转接.",
    ),
    "CS107": _error("缺少「{name}」。", "The header “{name}” is missing."),
    "CS108": _error("「{name}」的内容读不懂：{value}。", "The value of “{name}” can't be read: {value}.", *_WRITE),
    "CS109": _error("短语的写法有误：{reason}。", "The pattern is not well formed: {reason_en}."),
    "CS110": _error(
        "考点一行要有四栏「[编号] 标题 | 维度 | 分值 | 条件」，现在是 {count} 栏。",
        "A checkpoint has four columns, “[id] title | dimension | points | condition”; this has {count}.",
    ),
    "CS111": _error(
        "没有名为「{name}」的维度，只有准确、处置、礼貌、时效、熟练。",
        "There is no dimension called “{name}”, only 准确, 处置, 礼貌, 时效 and 熟练.",
    ),
    "CS112": _error(
        "分值应为 0 到 100 的数，现在是「{value}」。", "Points must be a number from 0 to 100, not “{value}”."
    ),
    "CS113": _error("条件读不懂：从「{text}」开始。", "The condition can't be read from “{text}” on."),
    "CS114": _error("应答后面缺少「=> 短语」。", "The move lacks “=> phrase”.", *_WRITE),
    "CS115": _error("读不懂这一行。", "This line can't be read.", *_WRITE),
    "CS116": _error("对话要先有「== 节点名 ==」。", "Dialogue lines must follow a “== node ==”."),
    "CS117": _error(
        "挂机应写成「挂机: 客户 4秒后」，失败的结局再加「失败」。",
        "A hang-up reads “挂机: 客户 4秒后”, with “失败” for a failed ending.",
        *_WRITE,
    ),
    "CS118": _error("缺少等号，应写成「名称 = 内容」。", "An equals sign is missing; write “name = value”.", *_WRITE),
    "CS119": _error(
        "没有名为「{name}」的工单类型，可用：文本、手机、地址、单选、含、数字、日期。",
        "There is no field type called “{name}”; use 文本, 手机, 地址, 单选, 含, 数字 or 日期.",
    ),
    "CS120": _error(
        "不认识的后果「{text}」，可用：给(事实)、情绪+1、客: 一句话。",
        "Unknown effect “{text}”; use 给(fact), 情绪+1 or 客: text.",
    ),
    "CS121": _error(
        "沉默应写成「~ 8秒 客: 一句话」或「~ 8秒 -> 节点」。", "Silence reads “~ 8秒 客: text” or “~ 8秒 -> node”."
    ),
    "CS122": _error("考点一行应以「[编号]」开头。", "A checkpoint line starts with “[id]”."),
    "CS123": _error("例句应写成「正 短语: 应答 | 应答」。", "An example reads “正 phrase: reply | reply”.", *_WRITE),
    "CS124": _error("「{name}」里面是空的。", "“{name}” is empty."),
    "CS125": _error(
        "剧本太长：最多 {limit} 行，每行最多 {width} 字。",
        "The script is too long: at most {limit} lines of {width} characters.",
    ),
    "CS126": _error(
        "教练的话以「要点:」「易错:」或「说法:」开头，没有「{name}」。",
        "A coach's line begins with 要点, 易错 or 说法, not “{name}”.",
    ),
    # 2xx: names
    "CS201": _error("考点「{name}」重复，第 {first} 行已有。", "Checkpoint “{name}” is already on line {first}."),
    "CS202": _error("节点「{name}」重复，第 {first} 行已有。", "Node “{name}” is already on line {first}."),
    "CS203": _error("「{name}」重复，第 {first} 行已有。", "“{name}” is already on line {first}."),
    "CS211": _error("没有名为「{name}」的人物信息。", "There is no fact called “{name}”."),
    "CS212": _error("没有名为「{name}」的节点。", "There is no node called “{name}”."),
    "CS213": _error("没有名为「{name}」的短语。", "There is no phrase called “{name}”."),
    "CS214": _error("工单里没有「{name}」这一项。", "The ticket has no field called “{name}”."),
    "CS215": _error("话务台没有「{name}」这个动作。", "The console has no action called “{name}”."),
    "CS216": _error("找不到短语库「{name}」。", "The phrase library “{name}” can't be found."),
    "CS217": _error("转接目标「{name}」不在「转接」一行里。", "The transfer target “{name}” is not listed in 转接."),
    # 3xx: words
    "CS301": _error("示范应答没有说出自己的短语「{name}」。", "The model reply does not say its own phrase “{name}”."),
    "CS302": _error("示范应答说了服务忌语「{quote}」。", "The model reply uses forbidden words: “{quote}”."),
    "CS303": _error("正例没有匹配「{name}」：{reply}", "This positive example does not match “{name}”: {reply}"),
    "CS304": _error("反例匹配了「{name}」：{reply}", "This negative example matches “{name}”: {reply}"),
    # 4xx: the way through
    "CS401": _error(
        "「{name}」走不出去：没有去往别处的应答、出口或挂机。",
        "“{name}” is a dead end: no reply, exit or hang-up leads on.",
        *_WRITE,
    ),
    "CS402": _error(
        "「{name}」没有写其他应答怎么办。", "“{name}” has no line for anything else the learner says.", *_WRITE
    ),
    "CS403": _error("从「{name}」走不到挂机。", "No path leads from “{name}” to a hang-up."),
    "CS404": _error(
        "「{name}」的其他应答会一直绕圈，剧本又没有时限。",
        "The fallback of “{name}” loops for ever, as the script has no time limit.",
        *_WRITE,
    ),
    "CS405": _error("出口等着「{name}」，但没有应答会给出它。", "The exit waits for “{name}”, which no move gives."),
    "CS406": _error("对话里一个节点也没有。", "The dialogue has no node."),
    # 5xx: marks and answers
    "CS501": _error("计分维度的分值合计 {sum}，应为 100。", "Points add up to {sum}, not 100."),
    "CS502": _error("答案「{value}」不在选项里。", "The answer “{value}” is not among the options."),
    "CS503": _error("手机号「{value}」不是 11 位。", "The phone number “{value}” does not have 11 digits."),
    "CS504": _error("计时从「{name}」开始，但走不到那里。", "The timer starts at “{name}”, which can't be reached."),
    "CS505": _error("答案「{value}」不是{kind}。", "The answer “{value}” is not a {kind_en}."),
    "CS506": _error("「{name}」不能这样限定：{reason}。", "“{name}” can't be limited like this: {reason_en}."),
    # 6xx: warnings
    "CS601": _warning("「{name}」盖住了短语库里的同名短语。", "“{name}” hides the library's phrase of that name."),
    "CS602": _warning(
        "「{name}」里有单字「{text}」，太容易误中。",
        "“{name}” has the single character “{text}”, which matches far too much.",
    ),
    "CS603": _warning("节点「{name}」走不到。", "Node “{name}” can't be reached."),
    "CS604": _warning("「{name}」没有写沉默时怎么办。", "“{name}” does not say what happens on silence.", *_WRITE),
    "CS605": _warning(
        "{count} 个考点里有 {critical} 个关键项，超过一半。",
        "{critical} of {count} checkpoints are critical, more than half.",
    ),
    "CS606": _warning(
        "来电人这句话有 {count} 字，超过 60 字。", "The caller's line has {count} characters, more than 60."
    ),
    "CS607": _warning(
        "来电人说了「{name}」，但工单没有地方记。", "The caller tells “{name}”, which the ticket never records."
    ),
    "CS608": _warning("这句示范应答会先被第 {line} 行接走。", "The move on line {line} takes this model reply first."),
    "CS609": _warning("短语「{name}」没有用到。", "Phrase “{name}” is never used."),
    "CS610": _warning(
        "计分短语「{name}」有 {positive} 条正例、{negative} 条反例，至少要 3 正 2 反。",
        "Scored phrase “{name}” has {positive} positive and {negative} negative examples; have at least 3 and 2.",
    ),
    "CS611": _warning(
        "维度「{name}」占 {percent}%，超过 60%。", "Dimension “{name}” holds {percent} %, more than 60 %."
    ),
    "CS612": _warning(
        "「{value}」像真的个人信息，请换成虚构的。", "“{value}” looks like real personal data; make it up.", *_WRITE
    ),
    "CS613": _warning(
        "短语「{name}」只听得出原话，换个说法就听不出来了；多写几条正例，就能归纳出共同的说法。",
        "Phrase “{name}” only hears these very words; the same thing said otherwise isn't heard; "
        "add examples, and what they have in common is proposed.",
    ),
    "CS614": _warning(
        "这句话的几种说法说出的事实不一样，来电人先说哪一种就先知道哪些。",
        "The wordings of this line don't tell the same facts; what the learner learns depends on whose turn it is.",
    ),
}

PATTERN_REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "pattern_too_long": ("太长", "too long"),
    "unexpected_bracket": ("多了一个括号", "an unexpected bracket"),
    "unclosed_bracket": ("括号没有合上", "a bracket is not closed"),
    "too_deep": ("括号套得太深", "brackets nest too deeply"),
    "empty_alternative": ("「/」的一边是空的", "one side of “/” is empty"),
    "gap_at_edge": ("「..」要在两个词之间", "“..” must stand between two words"),
    "start_inside": ("「^」只能在最前面", "“^” may only come first"),
}
