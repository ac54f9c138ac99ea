"""What a panel of a home page is made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One number with its words. look colours it when it isn't 0: ok soon no."""

    number: int
    label: str
    link: str | None = None
    look: str = ""


@dataclass(frozen=True)
class Row:
    """One line: a title, a detail below it, a note at the end."""

    title: str
    detail: str = ""
    link: str | None = None
    note: str = ""
    look: str = ""


@dataclass(frozen=True)
class Panel:
    """One panel. waiting counts what asks for the reader's decision; nothing is said when there are no rows."""

    key: str
    title: str
    figures: tuple[Figure, ...] = ()
    rows: tuple[Row, ...] = ()
    waiting: int = 0
    link: str | None = None
    link_label: str = ""
    nothing: str = ""
