"""An XML file as a tree of elements with their line and a mark for elements that were read."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.parsers import expat

from panjabi.errors import DataFileError, SchemaError

DEEPEST = 200  # levels of nesting; the deepest model files have about twenty
LARGEST = 1e15  # size of a number; larger numbers would lose precision in sums and products
OTHER_FILES: tuple[tuple[bytes, str, str], ...] = (
    (
        rb"[\x01-\x1f]\x50",
        "a C3D file of recorded motion",
        "give the model that belongs to the recording",
    ),
    (rb"\s*PathFileType", "a TRC file of marker positions", "give the model that has the markers"),
    (
        rb"(?s).{0,4000}?\n\s*endheader",
        "a MOT or STO table of values over time",
        "give the model that the values belong to",
    ),
    (rb"PK\x03\x04", "a ZIP archive", "unpack it and give the .osim file inside"),
    (rb"\x1f\x8b", "a gzip archive", "unpack it and give the .osim file inside"),
)
"""Pattern at the start of a file, the type of the file, and what to do instead."""
BARE_AMPERSAND = re.compile(r"&(?!#\d+;|#x[0-9A-Fa-f]+;|[A-Za-z][\w.-]*;)")


class Element:
    """An XML element. Access by tag marks it as used, so that unused elements can be listed.

    `tag` is the present name of an element, `written` the name in the file, which differs in old
    files. `pattern` is the element of the file's <defaults> that supplies absent properties.
    """

    __slots__ = (
        "attributes", "children", "file", "line", "pattern", "tag", "text", "used", "written",
    )  # fmt: skip

    def __init__(self, tag: str, attributes: dict[str, str], file: str, line: int) -> None:
        self.tag, self.attributes, self.file, self.line = tag, attributes, file, line
        self.written = tag
        self.children: list[Element] = []
        self.text = ""
        self.used = False
        self.pattern: Element | None = None

    @property
    def name(self) -> str:
        """The attribute `name`, or ""."""
        return self.attributes.get("name", "")

    def add(self, tag: str, text: str = "", name: str = "") -> Element:
        """Add a last child on the line of this element, for an element missing in the file."""
        child = Element(tag, {"name": name} if name else {}, self.file, self.line)
        child.text = text
        self.children.append(child)
        return child

    def wrong(self, expected: str, got: str, action: str) -> DataFileError:
        """The error for this element, with file and line, ready to raise."""
        what = f"<{self.written}>" + (f" {self.name!r}" if self.name else "")
        return DataFileError(
            f"{self.file}, line {self.line}: {what}: Expected {expected}, got {got}; {action}."
        )

    def first(self, *tags: str) -> Element | None:
        """The first child with one of the tags; it is marked as used."""
        for tag in tags:
            for child in self.children:
                if child.tag == tag:
                    child.used = True
                    return child
        return None

    def named(self, name: str) -> Element | None:
        """The first child with this attribute `name`; it is marked as used."""
        for child in self.children:
            if child.name == name:
                child.used = True
                return child
        return None

    def members(self, *tags: str) -> list[Element]:
        """Members of the list or set with one of these tags; the list is marked as used."""
        holder = self.first(*tags)
        if holder is None:
            return []
        inner = holder.first("objects")
        return (inner or holder).children

    def take(self) -> Element:
        """This element, marked as used."""
        self.used = True
        return self

    def take_all(self) -> Element:
        """This element; it and all elements below are marked as used."""
        for element in self.walk():
            element.used = True
        return self

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()

    # --- properties -------------------------------------------------------------------------

    def property(self, *tags: str) -> Element | None:
        """The child with a property, otherwise that of the pattern."""
        child = self.first(*tags)
        if child is not None or self.pattern is None:
            return child
        return self.pattern.first(*tags)

    def text_of(self, *tags: str, default: str = "") -> str:
        """Text of a property without surrounding spaces."""
        child = self.property(*tags)
        return default if child is None else child.text.strip()

    def numbers(
        self, *tags: str, count: int | None = None, default: Iterable[float] | None = None
    ) -> list[float]:
        """Numbers of a property, each finite and at most `LARGEST` in size.

        Raises
        ------
        DataFileError
            If it is absent and has no default, or is not `count` numbers of that size.
        """
        child = self.property(*tags)
        if child is None:
            if default is None:
                raise self.wrong(
                    f"an element <{tags[0]}> with {_numbers(count)}",
                    "none",
                    "write the element",
                )
            return list(default)
        return child.own_numbers(count)

    def own_numbers(self, count: int | None = None) -> list[float]:
        """The numbers that are the text of this element; errors as for `numbers`."""
        numbers = [as_number(word) for word in self.text.replace(",", " ").split()]
        sizes_fit = all(abs(x) <= LARGEST for x in numbers)  # also False for NaN
        if not sizes_fit or (count is not None and len(numbers) != count):
            raise self.wrong(
                f"{_numbers(count)} of at most {LARGEST:g}",
                repr(self.text.strip()[:60]),
                "correct the file",
            )
        return numbers

    def number(self, *tags: str, default: float | None = None) -> float:
        """One number of a property; errors as for `numbers`."""
        return self.numbers(*tags, count=1, default=None if default is None else [default])[0]

    def truth(self, *tags: str, default: bool) -> bool:
        """A property that is true or false."""
        child = self.property(*tags)
        if child is None:
            return default
        word = child.text.strip().lower()
        if word not in ("true", "false"):
            raise child.wrong("true or false", repr(word), "correct the file")
        return word == "true"


def as_number(word: str) -> float:
    """The number in a word; NaN if it is not a number."""
    try:
        return math.nan if "_" in word else float(word)
    except ValueError:
        return math.nan


def _numbers(count: int | None) -> str:
    if count is None:
        return "finite numbers"
    return f"{count} finite number" + ("" if count == 1 else "s")


def parse(path: str | Path) -> tuple[Element, list[str]]:
    """Root element of an XML file, and notes on repairs that were needed to read it.

    Raises
    ------
    DataFileError
        If the file cannot be opened, is not well-formed, declares entities or an unknown encoding,
        or is nested too deeply.
    SchemaError
        If the file is recognised as a file of another type.
    """
    file = str(path)
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise DataFileError(
            f"Expected an OpenSim model file, got {file}, which cannot be read "
            f"({getattr(error, 'strerror', None) or error}); check the path."
        ) from error
    for pattern, kind, action in OTHER_FILES:
        if re.match(pattern, content):
            raise SchemaError(f"{file}: Expected an OpenSim model file, got {kind}; {action}.")
    text, notes = _decoded(content, file)
    try:
        return _tree(text, file), notes
    except expat.ExpatError as error:
        repaired = BARE_AMPERSAND.sub("&amp;", text)
        if repaired != text:
            try:
                root = _tree(repaired, file)
            except expat.ExpatError:
                pass
            else:
                return root, [*notes, "the file has & where XML needs &amp;; read as &"]
        raise DataFileError(
            f"{file}, line {error.lineno}: Expected the XML of an OpenSim model, got something "
            f"that is not XML ({expat.ErrorString(error.code)}); check that this is the right file "
            "and that it is complete."
        ) from error


def _decoded(content: bytes, file: str) -> tuple[str, list[str]]:
    """Text of a file by its byte-order mark or declared encoding, by default UTF-8; and notes."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif content.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    else:
        stated = re.match(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"'>]*)[\"']", content)
        encoding = stated.group(1).decode("latin-1") if stated else "utf-8"
    try:
        return content.decode(encoding), []
    except UnicodeError:
        note = f"the file is not valid {encoding}; its text is read as Latin-1"
        return content.decode("latin-1"), [note]
    except (LookupError, ValueError) as error:
        raise DataFileError(
            f"{file}: Expected a known encoding, got {encoding!r}; save the file as UTF-8."
        ) from error


def _tree(text: str, file: str) -> Element:
    """Root element of a text, with line numbers; ExpatError if it is not XML."""
    open_elements: list[Element] = []
    roots: list[Element] = []
    parser = expat.ParserCreate("utf-8")  # overrides the declaration

    def start(tag: str, attributes: dict[str, str]) -> None:
        element = Element(tag, attributes, file, parser.CurrentLineNumber)
        if len(open_elements) >= DEEPEST:
            raise element.wrong(
                f"fewer than {DEEPEST} elements inside each other",
                "more",
                "check the program that wrote the file",
            )
        (open_elements[-1].children if open_elements else roots).append(element)
        open_elements.append(element)

    def end(_: str) -> None:
        open_elements.pop()

    def characters(data: str) -> None:
        if open_elements:
            open_elements[-1].text += data

    def doctype(*_: object) -> None:
        raise DataFileError(
            f"{file}, line {parser.CurrentLineNumber}: Expected plain elements, got a document "
            "type; remove the declaration."
        )

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = characters, doctype
    parser.buffer_text = True
    parser.Parse(text.encode("utf-8", errors="replace"), True)
    return roots[0]
