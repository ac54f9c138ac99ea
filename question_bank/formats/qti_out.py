"""QTI 2.1 packages out: an item a question, a manifest, pictures, and one file with what QTI can't say."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from question_bank.formats.entries import Entry, LoadMedia
from question_bank.formats.extras import ASIDE, extras_of, write_extras
from question_bank.formats.markup import digest_of
from question_bank.kinds import KindCode
from question_bank.kinds.blank import MARKERS
from question_bank.kinds.gaps import is_choice, key_of

HOLDS = frozenset(KindCode) - {KindCode.CASE, KindCode.AUDIO, KindCode.DICTATION}
_QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
_RULES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"
_PICTURE = re.compile(r"!\[([^\]]*)\]\(media:([0-9a-f]{64})\)")
_ENDINGS = ((b"\x89PNG", "png"), (b"RIFF", "webp"), (b"\xff\xd8", "jpg"), (b"GIF8", "gif"))
E: Any = ElementMaker(namespace=_QTI, nsmap={None: _QTI})
M: Any = ElementMaker(namespace=_CP, nsmap={None: _CP})


def write_qti(entries: Iterable[Entry], load: LoadMedia) -> bytes:
    """Write questions of the kinds it `HOLDS` as a package."""
    stream = io.BytesIO()
    said: dict[str, Any] = {}
    pictures: dict[str, str] = {}
    resources = M.resources()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for number, entry in enumerate(entries, 1):
            identifier = f"q{number:05}"
            for digest in {found[1] for found in _PICTURE.findall(_rich_words(entry))} - set(pictures):
                content = load(digest)
                ending = next((end for mark, end in _ENDINGS if content.startswith(mark)), "bin")
                pictures[digest] = f"media/{digest}.{ending}"
                package.writestr(pictures[digest], content)
            root = _item(entry, identifier, pictures)
            package.writestr(f"items/{identifier}.xml", _bytes(root))
            extras = write_extras(extras_of(entry))
            said[identifier] = {"said": extras, "of": digest_of(root), "point": entry.point}
            href = f"items/{identifier}.xml"
            resources.append(
                M.resource(M.file(href=href), identifier=identifier, type="imsqti_item_xmlv2p1", href=href)
            )
        package.writestr(f"{ASIDE}.json", json.dumps(said, sort_keys=True))
        meta = M.metadata(M.schema("QTIv2.1 Package"), M.schemaversion("1.0.0"))
        package.writestr(
            "imsmanifest.xml", _bytes(M.manifest(meta, M.organizations(), resources, identifier="package"))
        )
    return stream.getvalue()


def _rich_words(entry: Entry) -> str:
    content = entry.content
    return f"{content['stem']}\n{content.get('explanation') or ''}" if content.get("rich") else ""


def _item(entry: Entry, identifier: str, pictures: dict[str, str]) -> Any:
    root = E.assessmentItem(
        identifier=identifier, title=entry.code or identifier, adaptive="false", timeDependent="false"
    )
    outcome = E.outcomeDeclaration(identifier="SCORE", cardinality="single", baseType="float")
    body = E.itemBody()
    declared, rules = _fill(entry, body, pictures)
    for one in [*declared, outcome, body, *rules]:
        root.append(one)
    if entry.content.get("explanation"):
        feedback = E.modalFeedback(outcomeIdentifier="FEEDBACK", showHide="show", identifier="why")
        feedback.extend(_paragraphs(entry, "explanation", pictures))
        root.append(feedback)
    return root


def _fill(entry: Entry, body: Any, pictures: dict[str, str]) -> tuple[list[Any], list[Any]]:
    """Fill the body; return response declarations and the rules that mark."""
    content, kind = entry.content, entry.kind
    if kind in (KindCode.BLANK, KindCode.CLOZE):
        return _gaps(entry, body)
    body.extend(_paragraphs(entry, "stem", pictures))
    exact = [E.responseProcessing(template=f"{_RULES}match_correct")]
    if kind is KindCode.NUMERIC:
        body.append(E.p(E.textEntryInteraction(responseIdentifier="RESPONSE")))
        return [_declared([str(content["value"])], "single", "float")], [_within(content)]
    if kind is KindCode.SHORT:
        body.append(E.extendedTextInteraction(responseIdentifier="RESPONSE"))
        return [_declared([str(content["model"])], "single", "string")], []
    if kind is KindCode.MATCHING:
        return [_pairs(content, body)], exact
    if kind is KindCode.TRUE_FALSE:
        choices, key = [("t", "对"), ("f", "错")], ["t" if content["key"] else "f"]
    else:
        choices = [(option["id"], option["text"]) for option in content["options"]]
        key = [content["key"]] if kind is KindCode.SINGLE else list(content["key"])
    shuffle = "true" if content.get("shuffle", kind is KindCode.ORDERING) else "false"
    made = [E.simpleChoice(text, identifier=one) for one, text in choices]
    if kind is KindCode.ORDERING:
        body.append(E.orderInteraction(*made, responseIdentifier="RESPONSE", shuffle=shuffle))
        return [_declared(key, "ordered", "identifier")], exact
    most = "0" if kind is KindCode.MULTIPLE else "1"
    body.append(E.choiceInteraction(*made, responseIdentifier="RESPONSE", shuffle=shuffle, maxChoices=most))
    return [_declared(key, "multiple" if most == "0" else "single", "identifier")], exact


def _pairs(content: Any, body: Any) -> Any:
    left = [
        E.simpleAssociableChoice(text, identifier=f"l{place}", matchMax="1")
        for place, text in enumerate(content["left"])
    ]
    right = [
        E.simpleAssociableChoice(option["text"], identifier=option["id"], matchMax="0") for option in content["options"]
    ]
    body.append(
        E.matchInteraction(
            E.simpleMatchSet(*left),
            E.simpleMatchSet(*right),
            responseIdentifier="RESPONSE",
            shuffle="true",
            maxAssociations="0",
        )
    )
    return _declared([f"l{place} {one}" for place, one in enumerate(content["key"])], "multiple", "directedPair")


def _gaps(entry: Entry, body: Any) -> tuple[list[Any], list[Any]]:
    """Put an interaction in the place of each gap of the text."""
    content = entry.content
    gaps = content.get("gaps") or content["blanks"]
    pieces = MARKERS.split(str(content["stem"]))
    pieces = pieces if len(pieces) > len(gaps) else [*pieces, ""]
    paragraph = E.p(pieces[0])
    declared = []
    for place, gap in enumerate(gaps):
        name = f"RESPONSE{place}"
        if is_choice(gap):
            choices = [E.inlineChoice(one["text"], identifier=one["id"]) for one in gap["options"]]
            made = E.inlineChoiceInteraction(*choices, responseIdentifier=name, shuffle="false")
            declared.append(_declared([key_of(gap)], "single", "identifier", name))
        else:
            made = E.textEntryInteraction(responseIdentifier=name)
            declared.append(_declared(list(gap.get("accepted") or ())[:1], "single", "string", name))
            entries = [E.mapEntry(mapKey=form, mappedValue="1") for form in gap.get("accepted") or ()]
            if entries:
                declared[-1].append(E.mapping(*entries, defaultValue="0"))
        made.tail = pieces[place + 1]
        paragraph.append(made)
    body.append(E.div(paragraph))
    return declared, []


def _declared(values: list[str], cardinality: str, base: str, name: str = "RESPONSE") -> Any:
    correct = E.correctResponse(*(E.value(value) for value in values))
    return E.responseDeclaration(correct, identifier=name, cardinality=cardinality, baseType=base)


def _within(content: Any) -> Any:
    relative = content.get("tolerance_kind") == "percent"
    reach = str(content.get("tolerance", "0"))
    equal = E.equal(
        E.variable(identifier="RESPONSE"),
        E.correct(identifier="RESPONSE"),
        toleranceMode="relative" if relative else "absolute",
        tolerance=f"{reach} {reach}",
    )
    score = E.setOutcomeValue(E.baseValue("1", baseType="float"), identifier="SCORE")
    return E.responseProcessing(E.responseCondition(E.responseIf(equal, score)))


def _paragraphs(entry: Entry, name: str, pictures: dict[str, str]) -> list[Any]:
    """Return a text as paragraphs; pictures of a formatted one stand in them."""
    text = str(entry.content[name])
    if not entry.content.get("rich"):
        return [E.p(line) for line in text.split("\n") if line.strip()]
    made = []
    for line in filter(str.strip, text.split("\n")):
        pieces = _PICTURE.split(line)
        paragraph = E.p(pieces[0])
        for alt, digest, tail in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            picture = E.img(src=f"../{pictures[digest]}", alt=alt)
            picture.tail = tail
            paragraph.append(picture)
        made.append(paragraph)
    return made


def _bytes(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))
