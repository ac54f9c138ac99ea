"""The forms questions go out in, and what each of them can't hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from question_bank.formats import aiken, gift_out, moodle_out, qti_out, workbook
from question_bank.formats.entries import Entry, LoadMedia
from question_bank.kinds import KindCode, files_of

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Outlet:
    """A form of file.

    holds      kinds of question it can say
    pictures   whether pictures travel with it
    write      turns entries it holds into the file; the second argument loads a stored picture
    lossless   whether what goes out comes back the same
    """

    name: str
    ending: str
    media_type: str
    holds: frozenset[KindCode]
    pictures: bool
    write: Callable[[Sequence[Entry], LoadMedia], bytes]
    lossless: bool = True

    def why_not(self, entry: Entry) -> str:
        """Return why an entry can't go out so: "kind", "pictures", "lines"; "" where it can."""
        if entry.kind not in self.holds:
            return "kind"
        if not self.pictures and files_of(entry.content):
            return "pictures"
        return "lines" if not self.lossless and "\n" in "".join([entry.row.stem, *entry.row.options]) else ""


OUTLETS: Final[Mapping[str, Outlet]] = {
    outlet.name: outlet
    for outlet in (
        Outlet(
            "spreadsheet", "xlsx", XLSX, frozenset(KindCode), True, lambda entries, _load: workbook.write_bank(entries)
        ),
        Outlet(
            "gift", "gift", "text/plain", gift_out.HOLDS, False, lambda entries, _load: gift_out.write_gift(entries)
        ),
        Outlet(
            "aiken",
            "txt",
            "text/plain",
            aiken.HOLDS,
            False,
            lambda entries, _load: aiken.write_aiken(entries),
            lossless=False,
        ),
        Outlet("moodle", "xml", "application/xml", moodle_out.HOLDS, True, moodle_out.write_moodle),
        Outlet("qti", "zip", "application/zip", qti_out.HOLDS, True, qti_out.write_qti),
    )
}


def sort_out(outlet: Outlet, entries: Iterable[Entry]) -> tuple[list[Entry], list[tuple[Entry, str]]]:
    """Part entries into those the form holds, by knowledge point, and those it does not, each with the reason."""
    held, left = [], []
    for entry in entries:
        why = outlet.why_not(entry)
        if why:
            left.append((entry, why))
        else:
            held.append(entry)
    return sorted(held, key=lambda entry: entry.point) if outlet.name != "spreadsheet" else held, left
