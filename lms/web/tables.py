"""Lists: search, filters, sort, columns and pages live in the address; hostile values fall back to the defaults."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, has_request_context, request
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from lms.web.cells import cell_text
from lms.web.exports import export_rows

LONGEST: Final = 100  # characters of a search term or filter value that are read
LAST_PAGE: Final = 100_000
PER_PAGE: Final = (20, 50, 100, 200)
Args = MultiDict[str, str]
__all__ = ["Column", "Filter", "Page", "Table", "TableState", "export", "paginate", "paginate_list"]


@dataclass(frozen=True)
class Column:
    """One column of a list.

    sort     what to order by; None: not sortable (except in `paginate_list`, by its `key`)
    value    takes the value from a row; by default the attribute or item named `key`
    hidden   off until somebody chooses it; always: can't be taken away; nowrap: one line, whatever the width
    """

    key: str
    label: Any
    sort: Any = None
    numeric: bool = False
    value: Callable[[Any], Any] | None = None
    format: Callable[[Any], str] | None = None
    hidden: bool = False
    always: bool = False
    nowrap: bool = False
    sortable_in_lists: bool = False

    @property
    def sortable(self) -> bool:
        """Tell whether the head offers sorting by this column."""
        return self.sort is not None or self.sortable_in_lists

    def of(self, row: Any) -> Any:
        """Return the raw value of this column in a row."""
        if self.value is not None:
            return self.value(row)
        return row[self.key] if isinstance(row, Mapping) else getattr(row, self.key)

    def text(self, row: Any) -> str:
        """Return what the page shows."""
        value = self.of(row)
        return self.format(value) if self.format else cell_text(value)


@dataclass(frozen=True)
class Filter:
    """A choice that narrows a list.

    options   pairs of value and label, or a function that returns them; only these values are accepted
    where     the condition for a value; for `paginate_list`, `keeps(row, value)` decides instead
    """

    key: str
    label: Any
    options: Sequence[tuple[str, Any]] | Callable[[], Iterable[tuple[str, Any]]]
    where: Callable[[str], ColumnElement[bool]] | None = None
    keeps: Callable[[Any, str], bool] | None = None
    multiple: bool = False


@dataclass(frozen=True)
class Table:
    """A list as a whole: what it shows and how it can be narrowed."""

    name: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    search: Callable[[str], ColumnElement[bool]] | None = None
    default_sort: str = ""
    descending: bool = False
    per_page: int = 50
    title: Any = ""
    search_hint: Any = ""

    @property
    def optional_columns(self) -> tuple[Column, ...]:
        """Return the columns that can be shown or hidden."""
        return tuple(column for column in self.columns if not column.always) if self._has_choice else ()

    @property
    def _has_choice(self) -> bool:
        return any(column.hidden or column.always for column in self.columns)

    def state(self, args: Mapping[str, str] | Args | None = None) -> "TableState":
        """Read the state of the list from a query string. Never raises: what doesn't fit is left out."""
        values = args if isinstance(args, MultiDict) else MultiDict(args or {})
        options = {item.key: tuple(_options(item)) for item in self.filters}
        sort = values.get("sort", "")
        known = {column.key for column in self.columns if column.sortable}
        chosen = {
            item.key: tuple(dict.fromkeys(
                value for value in values.getlist(item.key)[:50] if value in {key for key, _label in options[item.key]}
            ))[: None if item.multiple else 1]
            for item in self.filters
        }
        return TableState(
            table=self, q=values.get("q", "").replace("\0", "").strip()[:LONGEST],
            sort=sort if sort in known else self.default_sort,
            descending=values.get("dir") == "desc" if sort in known else self.descending,
            page=_whole(values.get("page"), 1, 1, LAST_PAGE), per_page=_per_page(values.get("per"), self.per_page),
            filters={key: value for key, value in chosen.items() if value}, columns=self._columns(values),
            export=values.get("export", "") if values.get("export") in ("xlsx", "csv") else "", _options=options,
        )

    def _columns(self, values: Args) -> tuple[str, ...]:
        wanted = set(values.getlist("columns"))
        return tuple(
            column.key for column in self.columns
            if column.always or (column.key in wanted if "columns" in values else not column.hidden)
        )


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address without it."""

    text: str
    url: str


@dataclass(frozen=True)
class TableState:
    """What the reader of a list asked for; made by `Table.state`."""

    table: Table
    q: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    per_page: int = 50
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    export: str = ""
    _options: Mapping[str, tuple[tuple[str, Any], ...]] = field(default_factory=dict, repr=False)

    @property
    def search_hint(self) -> Any:
        """Return what the search box suggests."""
        return self.table.search_hint

    @property
    def filter_keys(self) -> list[str]:
        """Return the names of the filters' parameters."""
        return [item.key for item in self.table.filters]

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.q or self.filters)

    @property
    def shown(self) -> tuple[Column, ...]:
        """Return the columns to show, in order."""
        return tuple(column for column in self.table.columns if column.key in self.columns)

    def shows(self, key: str) -> bool:
        """Tell whether a column is shown."""
        return key in self.columns

    def chosen(self, key: str) -> tuple[str, ...]:
        """Return the values chosen of a filter."""
        return self.filters.get(key, ())

    def options(self, item: Filter) -> tuple[tuple[str, Any], ...]:
        """Return a filter's choices."""
        return self._options.get(item.key, ())

    @cached_property
    def chips(self) -> list[Chip]:
        """Return the filters in force, each with the address that drops it."""
        names = {(key, value): label for key, pairs in self._options.items() for value, label in pairs}
        return [
            Chip(str(names[key, value]), self.link(**{key: tuple(v for v in values if v != value) or None}))
            for key, values in self.filters.items() for value in values
        ]

    @property
    def cleared_url(self) -> str:
        """Return the address with nothing narrowing the list."""
        return self.link(q=None, **dict.fromkeys(self.filters))

    def parameters(self) -> dict[str, Any]:
        """Return the query parameters that say this state, defaults left out."""
        values: dict[str, Any] = {"q": self.q or None, **{key: list(value) for key, value in self.filters.items()}}
        if (self.sort, self.descending) != (self.table.default_sort, self.table.descending):
            values |= {"sort": self.sort, "dir": "desc" if self.descending else "asc"}
        if self.page > 1:
            values["page"] = str(self.page)
        if self.per_page != self.table.per_page:
            values["per"] = str(self.per_page)
        usual = tuple(column.key for column in self.table.columns if column.always or not column.hidden)
        if self.columns != usual:
            values["columns"] = [*self.columns] or [""]
        return {key: value for key, value in values.items() if value}

    def link(self, **changes: Any) -> str:
        """Return this list's address with some parameters changed; None takes one away, any change goes to page 1."""
        values = {**_foreign(self), **self.parameters(), **changes}
        if "page" not in changes:
            values.pop("page", None)
        pairs = [
            (key, item) for key, value in values.items() if value is not None
            for item in (value if isinstance(value, list | tuple) else [value])
        ]
        path = request.path if has_request_context() else ""
        return f"{path}?{urlencode(pairs)}" if pairs else path or "?"

    def sort_link(self, key: str) -> str:
        """Return the address that sorts by a column; a second time, the other way round."""
        return self.link(sort=key, dir="desc" if self.sort == key and not self.descending else "asc")

    def hidden_fields(self, without: Iterable[str]) -> list[tuple[str, str]]:
        """Return what a form has to carry along so that it changes only its own parameters."""
        skipped = {*without, "page", "export"}
        return [
            (key, str(item)) for key, value in {**_foreign(self), **self.parameters()}.items() if key not in skipped
            for item in (value if isinstance(value, list | tuple) else [value])
        ]

    def filtered(self, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """Return the statement with search and filters applied, in order; no page yet."""
        if self.q and self.table.search is not None:
            statement = statement.where(self.table.search(self.q))
        for item in self.table.filters:
            if item.where is not None and self.chosen(item.key):
                statement = statement.where(or_(*(item.where(value) for value in self.chosen(item.key))))
        return self._sorted(statement)

    def _sorted(self, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        column = next((column for column in self.table.columns if column.key == self.sort), None)
        if column is None or column.sort is None:
            return statement
        keys = column.sort if isinstance(column.sort, tuple) else (column.sort,)
        return statement.order_by(None).order_by(*(key.desc() if self.descending else key.asc() for key in keys))


@dataclass(frozen=True)
class Page:
    """One page of a list. number counts from 1; total counts every row that matches."""

    rows: Sequence[Any]
    total: int
    number: int
    per_page: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """Return the number of the first row shown, 0 of none."""
        return min((self.number - 1) * self.per_page + 1, self.total)

    @property
    def last(self) -> int:
        """Return the number of the last row shown."""
        return min(self.number * self.per_page, self.total)

    @property
    def window(self) -> list[int | None]:
        """Return the page numbers to offer; None stands for a gap."""
        near = {1, self.pages, *range(self.number - 2, self.number + 3)}
        shown = sorted(number for number in near if 1 <= number <= self.pages)
        result: list[int | None] = []
        for number in shown:
            if result and result[-1] is not None and number - result[-1] > 1:
                result.append(None)
            result.append(number)
        return result


Lines = Callable[[Sequence[Any]], Sequence[Any]]  # rows of a statement -> what a list shows of them, one for one


def paginate(
    session: Session, statement: Select[*tuple[Any, ...]], state: TableState, *, lines: Lines = tuple
) -> Page:
    """Run the list's statement for one page; a page past the end shows the last one.

    Rows are the statement's rows, or its entities when it selects just one; `lines` turns them into what is shown.
    """
    narrowed = state.filtered(statement)
    total = session.scalar(select(func.count()).select_from(narrowed.order_by(None).subquery())) or 0
    number = min(state.page, max(1, -(-total // state.per_page)))
    rows = _fetch(session, narrowed.limit(state.per_page).offset((number - 1) * state.per_page))
    return Page(lines(rows), total, number, state.per_page)


def paginate_list(rows: Iterable[Any], state: TableState, *, matches: Callable[[Any, str], bool] | None = None) -> Page:
    """Do the same with rows in memory: `Filter.keeps` filters, `matches(row, term)` searches, columns sort by value."""
    kept = [row for row in rows if _keeps(row, state) and (not state.q or matches is None or matches(row, state.q))]
    column = next((column for column in state.table.columns if column.key == state.sort), None)
    if column is not None:
        kept.sort(key=lambda row: _order(column.of(row)), reverse=state.descending)
    number = min(state.page, max(1, -(-len(kept) // state.per_page)))
    start = (number - 1) * state.per_page
    return Page(kept[start : start + state.per_page], len(kept), number, state.per_page)


def export(
    session: Session, statement: Select[*tuple[Any, ...]], state: TableState, *, filename: str, lines: Lines = tuple
) -> Response:
    """Return every row of the filtered list in the chosen columns, as a spreadsheet or CSV download."""
    return export_rows(
        [str(column.label) for column in state.shown],
        ([column.of(row) for column in state.shown] for row in lines(_fetch(session, state.filtered(statement)))),
        kind=state.export, filename=filename,
    )


def _fetch(session: Session, statement: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    result = session.execute(statement)
    return result.scalars().all() if len(statement.column_descriptions) == 1 else result.all()


def _keeps(row: Any, state: TableState) -> bool:
    chosen = ((item.keeps, state.chosen(item.key)) for item in state.table.filters)
    return all(keeps is None or not values or any(keeps(row, value) for value in values) for keeps, values in chosen)


def _order(value: Any) -> tuple[bool, Any]:
    return (value is None, value if value is not None else 0)


def _options(item: Filter) -> Iterable[tuple[str, Any]]:
    return item.options() if callable(item.options) else item.options


def _foreign(state: TableState) -> dict[str, Any]:
    """Return the address's parameters that belong to the page, not to the list (such as an as-of time)."""
    if not has_request_context():
        return {}
    own = {"q", "sort", "dir", "page", "per", "columns", "export", *state.filter_keys}
    return {key: request.args.getlist(key) for key in request.args if key not in own}


def _whole(text: str | None, default: int, low: int, high: int) -> int:
    """Return a whole number of ASCII digits within bounds, else the default."""
    if not text or not text.isascii() or not text.isdecimal() or len(text) > 9:
        return default
    return min(max(int(text), low), high)


def _per_page(text: str | None, default: int) -> int:
    size = _whole(text, default, 1, LAST_PAGE)
    return size if size in PER_PAGE else default
