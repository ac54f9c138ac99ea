"""The printed certificate: what stands on it, and how it becomes a PDF."""

import io
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import segno

from lms.web.pdf import render_pdf
from lms.web.pdf_fonts import missing_glyphs

QR_MASK: Final = 3  # any mask scans; trying all eight would cost 30 ms
QR_DARK: Final = "#1d2026"
COLUMNS: Final = 4
LINE: Final = 7  # characters on a line of the cover
ENDINGS: Final = ("客户服务中心", "呼叫中心", "服务中心", "急救中心", "有限公司", "中心", "公司")


@dataclass(frozen=True)
class Paper:
    """Everything printed on a certificate, as text in the certificate's own two languages.

    queues      the queues it opens, joined; empty for a licence
    results     up to four (label, value) pairs
    check_url   address of the public check page, in the QR code
    """

    number: str
    cycle: int
    name: str
    name_latin: str
    staff_no: str
    certification: str
    certification_en: str
    queues: str
    queues_en: str
    results: tuple[tuple[str, str], ...]
    first_day: date
    last_day: date
    issued_day: date
    organisation: str
    organisation_en: str
    issuer: str
    issuer_title: str
    check_url: str
    founding: bool = False

    @property
    def title(self) -> str:
        """Title of the file and of the cover's slip."""
        return "上岗证书" if self.queues else "资格证书"

    slip = title

    @property
    def sentence_before(self) -> str:
        """The sentence before what it authorises."""
        if self.founding:
            return "由两名管理员按首批授证程序共同批准，"
        return f"已完成「{self.certification}」规定的全部培训，各项考核合格，"

    @property
    def sentence_en(self) -> str:
        """The same in English, up to the name of what it authorises."""
        before = "has been granted this founding licence by two administrators, and is authorised" if self.founding \
            else f"has completed the training and passed every assessment required for {self.certification_en}, " \
                 "and is authorised"
        return f"{before} to take live calls on the" if self.queues_en else f"{before} to serve as"

    @property
    def name_size(self) -> str:
        """Class that keeps a long name on its line."""
        wide = sum(2 if ord(char) > 0x2E80 else 1 for char in self.name)
        return "" if wide <= 10 else " long" if wide <= 16 else " longest"

    @property
    def organisation_lines(self) -> list[str]:
        """The organisation's name in lines that fit the cover, broken before what kind of organisation it is."""
        name = self.organisation
        ending = next((it for it in ENDINGS if name.endswith(it) and len(name) > len(it)), "")
        parts = [name.removesuffix(ending), ending] if ending else [name]
        return [part[at : at + LINE] for part in parts for at in range(0, len(part), LINE)]

    @property
    def dividers(self) -> list[int]:
        """Places of the lines between the results, in mm."""
        return [113, 166, 220][: max(len(self.results[:COLUMNS]) - 1, 0)]

    @property
    def valid_from(self) -> str:
        """First day, in words."""
        return _in_words(self.first_day)

    @property
    def valid_until(self) -> str:
        """Last day, in words; it is inclusive."""
        return _in_words(self.last_day)

    @property
    def issued_on(self) -> str:
        """Day of issue, in words."""
        return _in_words(self.issued_day)

    @property
    def check_host(self) -> str:
        """Where the check page is, without the code: printed for whoever types."""
        return self.check_url.partition("://")[2].rpartition("/")[0]

    @cached_property
    def missing(self) -> str:
        """Characters that no installed font can print; empty when it can be printed."""
        texts = (self.name, self.name_latin, self.staff_no, self.certification, self.queues, self.organisation,
                 self.issuer, self.issuer_title, *(text for pair in self.results for text in pair))
        return missing_glyphs("".join(texts))


def print_paper(paper: Paper) -> bytes:
    """Return the certificate's PDF, not yet signed. One that lacks characters must not be printed: ValueError."""
    if paper.missing:
        raise ValueError(f"no font prints {paper.missing}")
    return render_pdf("print/certificate.html", "print/certificate.css", images={"qr": qr_png(paper.check_url)},
                      paper=paper)


def qr_png(text: str, *, scale: int = 4) -> bytes:
    """Return a QR code as a PNG, `scale` pixels a module, without a margin."""
    picture = io.BytesIO()
    segno.make(text, error="m", mask=QR_MASK, micro=False).save(
        picture, kind="png", scale=scale, border=0, dark=QR_DARK, light="#fdfdfb")
    return picture.getvalue()


def _in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
