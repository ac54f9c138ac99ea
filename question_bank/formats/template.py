"""The template: an example of each kind, cells that Excel checks while somebody types, and a sheet that explains."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

from question_bank.formats.entries import DIFFICULTY_WORDS, KIND_WORDS, PART_MARK, Entry
from question_bank.formats.workbook import HEADER, WIDTHS, lines_of, new_workbook, write_sheet
from question_bank.kinds import KINDS, SIMPLE, KindCode, Row
from question_bank.kinds.compound import part_from_row

LAST_LINE: Final = 2000
"""Lines of the template in which Excel checks what is typed."""
_ROWS: Final = (
    (
        KindCode.SINGLE,
        Row("电话铃响几声之内应当接听？", ("一声", "三声", "五声", "七声"), "B", "默认标准是三声。"),
        "接听",
    ),
    (
        KindCode.MULTIPLE,
        Row("哪些属于礼貌用语？", ("请稍等", "不知道", "谢谢您", "快点说"), "AC", "", {"rule": "half"}),
        "服务用语",
    ),
    (KindCode.TRUE_FALSE, Row("通话结束时由客户先挂机。", (), "对"), "结束通话"),
    (KindCode.BLANK, Row("三条安全指令：关____、开____、禁火禁电。", (), "阀 | 阀门; 窗 | 窗户"), "三条安全指令"),
    (KindCode.NUMERIC, Row("每月录单差错最多几次？", (), "3", "", {"unit": "次"}), "记录与工单"),
    (
        KindCode.ORDERING,
        Row("接到漏气报修，按先后排列。", ("派抢修单", "问是否有人不适", "嘱咐关阀开窗", "回访"), "BCAD"),
        "三条安全指令",
    ),
    (
        KindCode.MATCHING,
        Row("来电各转哪个队列？", ("账务", "抢修", "投诉"), "闻到臭味=B; 账单多算=A; 师傅迟到=C"),
        "记录与工单",
    ),
    (KindCode.CLOZE, Row("铃响____内接听，先报____。", (), "五声 | *三声 | 七声; 工号"), "接听"),
    (
        KindCode.SHORT,
        Row(
            "客户情绪激动时怎样开场？",
            ("先致歉（40%）", "复述客户的问题（60%）"),
            "先致歉，再复述客户的问题，请他确认。",
        ),
        "服务用语",
    ),
)
_CASE: Final = Row("一位老人来电，说厨房里有臭味，家里只有她一个人。")
_PARTS: Final = (
    (KindCode.SINGLE, Row("第一句话说什么？", ("请您先开窗，不要动电器", "请报户号", "请稍后再拨"), "A"), 2),
    (KindCode.SHORT, Row("写出请她关阀的话。", (), "请您把灶前的阀门拧到横着的位置。"), 3),
)
_NOTES: Final = (
    ("题型", "必填。从下拉框里选；选“小题·……”的行属于它上面的案例或录音题。空着时按答案猜，猜出的会提示。"),
    ("题干", "必填。填空用三个以上的下划线 ____ 标出每一空；案例写材料。"),
    (
        "选项A～L",
        "一格一个；排序写各步骤，匹配写右边各项，简答写评分要点（末尾括号写百分比，合计 100%），听写写栏目名。",
    ),
    ("答案", "单选、多选写字母；判断写 对 或 错；排序按先后写字母；匹配写 左边=字母，用分号隔开。"),
    ("答案（填空）", "一空的几种写法用 | 隔开，几个空用 ; 隔开；选词填空列出各词，正确的前面加 *。"),
    ("答案（数值）", "15、15±0.5、15±5% 或 14.5~15.5。"),
    ("答案（简答）", "写参考答案；由人评分。"),
    ("知识点", "题库里已有的名称或代码；没有的保存为草稿。"),
    ("难度", "易、中、难；空着为中。"),
    ("分值", "空着按题型默认；小题行写权重（1～100 的整数），按权重分案例的分。"),
    (
        "设置",
        "名称=值，用分号隔开：打乱=否、固定=D、少选=不得分|得一半|按比例|错选倒扣、任意顺序=是、单位=秒,s、字数=300。",
    ),
    ("录音题、听写", "录音只能在网页上上传；导出的表里“录音=”后面是它的编号，原样导入即可。"),
    ("说明", "第一行的列名可以改、可以少、可以换位置，导入时能对应；示例行改掉或删掉即可。"),
)


def examples() -> list[Entry]:
    """Return one question of each kind that can be typed into a spreadsheet."""
    found = [Entry("", kind, KINDS[kind].from_row(row)[0], point, "easy", 200) for kind, row, point in _ROWS]
    parts = [part_from_row(kind, row, weight)[0] for kind, row, weight in _PARTS]
    case = {**KINDS[KindCode.CASE].from_row(_CASE)[0], "parts": parts}
    return [*found, Entry("", KindCode.CASE, case, "三条安全指令", "medium", 1000)]


def write_template(points: Sequence[str] = ()) -> bytes:
    """Write the template.

    points   names of the bank's knowledge points, offered as a list
    """
    stream = io.BytesIO()
    workbook = new_workbook(stream)
    lines = [line for entry in examples() for line in lines_of(entry)]
    sheet = write_sheet(workbook, "题目", HEADER, WIDTHS, lines)
    kinds = [*KIND_WORDS.values(), *(PART_MARK + KIND_WORDS[kind] for kind in SIMPLE)]
    notes = write_sheet(workbook, "填写说明", ("列", "怎么填"), (18, 90), _NOTES)
    lists = write_sheet(workbook, "下拉内容", ("题型", "知识点"), (16, 24), _columns(kinds, points))
    _check_cells(sheet, len(kinds), len(points))
    for other in (notes, lists):
        other.protect()
    workbook.close()
    return stream.getvalue()


def _columns(kinds: Sequence[str], points: Sequence[str]) -> list[list[str]]:
    return [
        [kinds[row] if row < len(kinds) else "", points[row] if row < len(points) else ""]
        for row in range(max(len(kinds), len(points)))
    ]


def _check_cells(sheet: Any, kinds: int, points: int) -> None:
    """Let Excel offer lists and refuse what can not be; about a point that is new it asks."""

    def check(name: str, rule: dict[str, Any]) -> None:
        column = HEADER.index(name)
        sheet.data_validation(1, column, LAST_LINE, column, rule)

    check(
        "题型",
        {
            "validate": "list",
            "source": f"='下拉内容'!$A$2:$A${kinds + 1}",
            "error_title": "题型",
            "error_message": "请从下拉框里选一种题型。",
        },
    )
    check("难度", {"validate": "list", "source": list(DIFFICULTY_WORDS.values())})
    check(
        "分值",
        {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0.01,
            "maximum": 100,
            "error_title": "分值",
            "error_message": "分值在 0.01 到 100 之间。",
        },
    )
    check("题干", {"validate": "length", "criteria": "<=", "value": 2000, "error_message": "题干最多 2000 字。"})
    if points:
        check(
            "知识点",
            {"validate": "list", "source": f"='下拉内容'!$B$2:$B${points + 1}", "error_type": "warning"},
        )
