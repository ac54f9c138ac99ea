"""What a course folder may say: the shape of `course.yaml`, field by field."""

import hashlib
import json
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from courses.rules.units import UnitKind

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Point = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)*$", max_length=60)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*\.(md|svg|pdf|mp4|webm|vtt)$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BundledUnit(_Strict):
    """One unit of a bundled course.

    minutes        how long it takes, as told to the learner
    seconds        seconds that the page must be visible and in focus, 0..3600 (page, document)
    questions      how many questions a test draws, 1..50; by the unit's knowledge points
    pass_percent   whole percent that passes a test or a call, 1..100
    script         code of the simulated call
    required       whether the course can be finished without it
    """

    code: Code
    kind: UnitKind
    chapter: Line
    title: Line
    title_en: Line
    minutes: Annotated[int, Field(ge=1, le=240)]
    points: tuple[Point, ...] = ()
    text: Name | None = None
    seconds: Annotated[int, Field(ge=0, le=3600)] = 0
    questions: Annotated[int, Field(ge=1, le=50)] | None = None
    pass_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    script: Code | None = None
    required: bool = True

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        needs = {
            UnitKind.PAGE: ("text",), UnitKind.DOCUMENT: ("text",), UnitKind.VIDEO: (),
            UnitKind.TEST: ("questions", "pass_percent", "points"), UnitKind.CALL: ("script",),
        }[self.kind]
        missing = [name for name in needs if not getattr(self, name)]
        if missing:
            raise ValueError(f"a {self.kind} unit needs {', '.join(missing)}")
        if self.kind in (UnitKind.TEST, UnitKind.CALL) and self.text:
            raise ValueError(f"a {self.kind} unit has no text")
        return self


class CourseFile(_Strict):
    """The whole of `course.yaml`."""

    code: Code
    title: Line
    title_en: Line
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
    summary_en: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
    minutes: Annotated[int, Field(ge=1, le=2400)]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""
    note_en: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""
    ordered: bool = True
    points: Annotated[tuple[Point, ...], Field(min_length=1)]
    units: Annotated[tuple[BundledUnit, ...], Field(min_length=1, max_length=60)]


class BundledCourse(_Strict):
    """A course folder that has been read and found sound.

    texts      Markdown by file name
    pictures   SVG by file name
    """

    file: CourseFile
    texts: dict[str, str]
    pictures: dict[str, str]
    origin: Literal["bundled"] = "bundled"

    @property
    def code(self) -> str:
        """The course's code."""
        return self.file.code

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything in it: another digest is another edition."""
        whole = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()

    def text_of(self, unit: BundledUnit) -> str:
        """Return a unit's Markdown, empty for kinds without text."""
        return self.texts[unit.text] if unit.text else ""
