"""Spreadsheets out: the bank, the template, and rejected rows with their reasons.

Texts are written as texts, never as formulas, and those that begin like one carry Excel's quote mark, so that they
stay texts when somebody edits the cell or saves the sheet in another form.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from question_bank.kinds import KindCode, Row
from question_bank.kinds.settings import write_settings

HEADER = (
    "题号",
    "题型",
    "题干",
    "选项A",
    "选项B",
    "选项C",
    "选项D",
    "选项E",
    "选项F",
    "选项G",
    "选项H",
    "选项I",
    "选项J",
    "答案",
    "解析",
    "知识点",
    "难度",
    "分值",
    "设置",
)
WIDTHS = (10, 8, 48, *(18,) * 4, *(8,) * 6, 18, 40, 14, 6, 6, 20)
KIND_WORDS = {
    KindCode.SINGLE: "单选",
    KindCode.MULTIPLE: "多选",
    KindCode.TRUE_FALSE: "判断",
    KindCode.BLANK: "填空",
    KindCode.NUMERIC: "数值",
}
DIFFICULTY_WORDS = {"easy": "易", "medium": "中", "hard": "难"}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "|", "%")


@dataclass(frozen=True, slots=True)
class Entry:
    """One question on its way into a file; `points` in hundredths of a mark, `point` is a knowledge point's name."""

    code: str
    kind: KindCode
    row: Row
    point: str
    difficulty: str
    points: int


EXAMPLES = (
    Entry(
        "",
        KindCode.SINGLE,
        Row("电话铃响几声之内应当接听？", ("一声", "三声", "五声", "七声"), "B", "默认标准是三声。"),
        "接听",
        "easy",
        200,
    ),
    Entry(
        "",
        KindCode.MULTIPLE,
        Row("哪些属于礼貌用语？", ("请稍等", "不知道", "谢谢您", "快点说"), "AC", "", {"rule": "half"}),
        "服务用语",
        "easy",
        300,
    ),
    Entry("", KindCode.TRUE_FALSE, Row("通话结束时由客户先挂机。", (), "对"), "结束通话", "easy", 100),
    Entry(
        "",
        KindCode.BLANK,
        Row("三条安全指令：关____、开____、禁火禁电。", (), "阀 | 阀门; 窗 | 窗户"),
        "三条安全指令",
        "medium",
        300,
    ),
    Entry(
        "", KindCode.NUMERIC, Row("每月录单差错最多几次？", (), "3", "", {"unit": "次"}), "记录与工单", "medium", 200
    ),
)


def write_bank(entries: Iterable[Entry]) -> bytes:
    """Write questions into an .xlsx that the import reads back unchanged."""
    return _workbook("题库", HEADER, WIDTHS, [line_of(entry) for entry in entries])


def write_template() -> bytes:
    """Write the template: the header and one example of each kind, to be replaced."""
    return write_bank(EXAMPLES)


def write_rejected(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows that could not be taken, as they came, with the reasons in front."""
    return _workbook("未导入", header, (24, 48, *(18,) * len(header)), rows)


def line_of(entry: Entry) -> list[str]:
    """Return one question as the cells of a line under `HEADER`."""
    options = [*entry.row.options, *[""] * 10][:10]
    marks = f"{entry.points // 100}.{entry.points % 100:02d}".rstrip("0").rstrip(".")
    return [
        entry.code,
        KIND_WORDS[entry.kind],
        entry.row.stem,
        *options,
        entry.row.answer,
        entry.row.explanation,
        entry.point,
        DIFFICULTY_WORDS[entry.difficulty],
        marks,
        write_settings(entry.row.settings),
    ]


def _workbook(name: str, header: Sequence[str], widths: Sequence[int], lines: Iterable[Sequence[str]]) -> bytes:
    from xlsxwriter import Workbook  # noqa: PLC0415 - large, and only exports need it

    stream = io.BytesIO()
    workbook = Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = workbook.add_worksheet(name)
    plain, bold = workbook.add_format({"text_wrap": True, "valign": "top"}), workbook.add_format({"bold": True})
    quoted = workbook.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    for column, width in enumerate(widths[: len(header)]):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    for row, line in enumerate([header, *lines]):
        for column, value in enumerate(line):
            if value:
                style = bold if row == 0 else quoted if value.startswith(_DANGEROUS) else plain
                sheet.write_string(row, column, value, style)
    workbook.close()
    return stream.getvalue()
