"""The bundled articles: one Markdown file each, with a head in YAML between two lines of `---`.

    ---
    product: gas-safety          a code of products.yaml
    queues: [gas, service]
    points: [gas/three-orders]
    title: 家里闻到燃气味
    title_en: Smell of gas at home
    summary_en: One or two sentences.
    asked: [a wording, another]  the question as callers say it
    origin: what it rests on and who has to approve it here
    review_on: 2027-03-31
    first: true                  stands before the others of its product; left out: false
    ---
    ## ... the text
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lms.knowledge.rules import CODE, Wording

FOLDER = Path(__file__).parent


class LibraryError(ValueError):
    """An article or the list of products that can't be loaded; the text names the file and what is wrong."""


class BundledProduct(BaseModel):
    """A product of the bundled articles."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: Annotated[str, Field(pattern=CODE.pattern.replace("(?!(?:manage|panel)$)", ""), max_length=40)]
    name: Annotated[str, Field(min_length=1, max_length=40)]
    name_en: Annotated[str, Field(min_length=1, max_length=60)]


class ArticleHead(BaseModel):
    """What stands above an article's text."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    product: str
    queues: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    title: Annotated[str, Field(min_length=1, max_length=80)]
    title_en: Annotated[str, Field(min_length=1, max_length=120)]
    summary_en: Annotated[str, Field(min_length=1, max_length=400)]
    asked: Annotated[tuple[str, ...], Field(min_length=1)]
    origin: Annotated[str, Field(min_length=1, max_length=200)]
    review_on: date
    first: bool = False


class BundledArticle(ArticleHead):
    """One bundled article."""

    code: str
    body: str

    @property
    def wording(self) -> Wording:
        """Return its words as an edition has them."""
        return Wording(self.title, self.title_en, self.summary_en, "\n".join(self.asked), self.body, self.origin)


@cache
def products() -> tuple[BundledProduct, ...]:
    """Return the products in order. Raises LibraryError."""
    try:
        entries = yaml.safe_load((FOLDER / "products.yaml").read_text(encoding="utf-8"))
        return tuple(BundledProduct.model_validate(entry) for entry in entries)
    except (ValidationError, yaml.YAMLError) as error:
        raise LibraryError(f"products.yaml: {error}") from error


@cache
def articles() -> tuple[BundledArticle, ...]:
    """Return every bundled article, product by product. Raises LibraryError naming the first file that is wrong."""
    known = [product.code for product in products()]
    found = []
    for path in sorted(FOLDER.glob("*.md")):
        article = read_article(path)
        if article.product not in known:
            raise LibraryError(f"{path.name}: there is no product {article.product}")
        found.append(article)
    return tuple(sorted(found, key=lambda it: (known.index(it.product), not it.first, it.code)))


def read_article(path: Path) -> BundledArticle:
    """Read one file. Raises LibraryError."""
    opening, _, rest = path.read_text(encoding="utf-8").partition("---\n")
    head, mark, body = rest.partition("\n---\n")
    if opening or not mark or not body.strip():
        raise LibraryError(f"{path.name}: a head between two lines of --- and a text are needed")
    if not CODE.match(path.stem):
        raise LibraryError(f"{path.name}: the name can't be an address")
    try:
        return BundledArticle.model_validate({**yaml.safe_load(head), "code": path.stem, "body": body.strip()})
    except (ValidationError, yaml.YAMLError, TypeError) as error:
        raise LibraryError(f"{path.name}: {error}") from error
