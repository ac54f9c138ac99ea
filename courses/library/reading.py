"""Reads a course folder and says, with file and line, everything that is wrong with it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from courses.library.format import BundledCourse, CourseFile
from courses.library.pictures import picture_flaws
from lms.kernel.errors import Problem
from lms.web.richtext import picture_names


class CourseFileError(ValueError):
    """A course folder that can't be loaded; `problems` are located `file:line`."""

    def __init__(self, folder: Path, problems: Sequence[Problem]) -> None:
        super().__init__(f"{folder.name}: " + "; ".join(f"{it.where} {it.text}" for it in problems))
        self.problems = tuple(problems)


def read_course(folder: Path) -> BundledCourse:
    """Read the course in `folder`. Raises CourseFileError with every problem found, not only the first."""
    source = folder / "course.yaml"
    try:
        text = source.read_text(encoding="utf-8")
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        plain = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise CourseFileError(folder, [Problem("course.yaml:1", f"cannot be read: {error}")]) from error
    except yaml.YAMLError as error:
        raise CourseFileError(folder, [Problem(f"course.yaml:{_mark(error)}", "is not YAML")]) from error
    try:
        file = CourseFile.model_validate(plain)
    except ValidationError as error:
        raise CourseFileError(folder, list(_misshapen(error, tree))) from error
    course = _with_files(folder, file)
    problems = [*_crossed(course, tree), *_pictures(course)]
    if problems:
        raise CourseFileError(folder, problems)
    return course


def _misshapen(error: ValidationError, tree: Any) -> Iterator[Problem]:
    """Locate what pydantic found; a list counted short only because its entries are wrong isn't told twice."""
    places = [it["loc"] for it in error.errors()]
    for it in error.errors():
        loc = it["loc"]
        if it["type"] != "too_short" or not any(other[: len(loc)] == loc != other for other in places):
            yield Problem(f"course.yaml:{_line(tree, loc)}", f"{_dotted(loc)}: {it['msg']}")


def _with_files(folder: Path, file: CourseFile) -> BundledCourse:
    def contents(pattern: str) -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob(pattern))}

    return BundledCourse(file=file, texts=contents("*.md"), pictures=contents("*.svg"))


def _crossed(course: BundledCourse, tree: Any) -> Iterator[Problem]:
    """Find what only shows when the parts are looked at together."""
    seen: set[str] = set()
    for number, unit in enumerate(course.file.units):
        def at(name: str, number: int = number) -> str:
            return f"course.yaml:{_line(tree, ('units', number, name))}"

        if unit.code in seen:
            yield Problem(at("code"), f"the code {unit.code} is used twice")
        seen.add(unit.code)
        if unit.text and unit.text not in course.texts:
            yield Problem(at("text"), f"there is no file {unit.text}")
        for point in unit.points:
            if point not in course.file.points:
                yield Problem(at("points"), f"{point} is not among the course's points")
    taught = {point for unit in course.file.units for point in unit.points}
    for point in course.file.points:
        if point not in taught:
            yield Problem(f"course.yaml:{_line(tree, ('points',))}", f"no unit teaches {point}")
    for name in course.texts.keys() - {unit.text for unit in course.file.units}:
        yield Problem(f"{name}:1", "no unit uses this text")


def _pictures(course: BundledCourse) -> Iterator[Problem]:
    shown: set[str] = set()
    for name, text in course.texts.items():
        for picture, line in picture_names(text):
            shown.add(picture)
            if picture not in course.pictures:
                yield Problem(f"{name}:{line}", f"there is no picture {picture}")
    for name, svg in course.pictures.items():
        for line, flaw in picture_flaws(svg):
            yield Problem(f"{name}:{line}", flaw)
        if name not in shown:
            yield Problem(f"{name}:1", "no text shows this picture")


def _line(node: Any, path: Sequence[Any]) -> int:
    """Return the line (1-based) of the deepest part of `path` that the file has."""
    line: int = 1
    for step in path:
        if node is None:
            break
        line = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _dotted(path: Sequence[Any]) -> str:
    return ".".join(str(step) for step in path)


def _mark(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1
