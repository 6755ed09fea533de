"""An XML file as a tree of elements that know their line and whether anybody has read them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.parsers import expat

from panjabi.errors import DataFileError

DEEPEST = 200  # levels; the deepest model files have about twenty


class Element:
    """One element. Asking for it by tag marks it as used, so that what nobody asked for is known.

    `pattern` is the element of the file's <defaults> that supplies absent properties.
    """

    __slots__ = ("attributes", "children", "file", "line", "pattern", "tag", "text", "used")

    def __init__(self, tag: str, attributes: dict[str, str], file: str, line: int) -> None:
        self.tag, self.attributes, self.file, self.line = tag, attributes, file, line
        self.children: list[Element] = []
        self.text = ""
        self.used = False
        self.pattern: Element | None = None

    @property
    def name(self) -> str:
        """The attribute `name`, or ""."""
        return self.attributes.get("name", "")

    def wrong(self, given: str, possible: str, advice: str) -> DataFileError:
        """The error for something in this element, with its file and line; ready to raise."""
        what = f"<{self.tag}>" + (f" {self.name!r}" if self.name else "")
        return DataFileError(f"{self.file}, line {self.line}: {what} {given}; {possible}. {advice}")

    def first(self, *tags: str) -> Element | None:
        """The first child with one of the tags; used from now on."""
        for tag in tags:
            for child in self.children:
                if child.tag == tag:
                    child.used = True
                    return child
        return None

    def named(self, name: str) -> Element | None:
        """The first child whose attribute `name` is the one given; used from now on."""
        for child in self.children:
            if child.name == name:
                child.used = True
                return child
        return None

    def members(self, *tags: str) -> list[Element]:
        """What the list or set with one of these tags holds; the list is used, its members not."""
        holder = self.first(*tags)
        if holder is None:
            return []
        inner = holder.first("objects")
        return (inner or holder).children

    def take(self) -> Element:
        """This element, used from now on."""
        self.used = True
        return self

    def take_all(self) -> Element:
        """This element and all below, used from now on."""
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
        """The child that holds a property, else that of the pattern."""
        own = self.first(*tags)
        if own is not None or self.pattern is None:
            return own
        return self.pattern.first(*tags)

    def text_of(self, *tags: str, default: str = "") -> str:
        """Text of a property without surrounding blanks."""
        found = self.property(*tags)
        return default if found is None else found.text.strip()

    def numbers(
        self, *tags: str, count: int | None = None, default: Iterable[float] | None = None
    ) -> list[float]:
        """Finite numbers of a property.

        Raises
        ------
        DataFileError
            If it is absent and has no default, or is not `count` finite numbers.
        """
        found = self.property(*tags)
        if found is None:
            if default is None:
                raise self.wrong(
                    f"has no <{tags[0]}>",
                    f"{count or 'some'} finite numbers are possible there",
                    "Write the element.",
                )
            return list(default)
        return found.own_numbers(count)

    def own_numbers(self, count: int | None = None) -> list[float]:
        """The finite numbers that are the text of this element."""
        try:
            numbers = [float(word) for word in self.text.replace(",", " ").split()]
        except ValueError:
            numbers = [math.nan]
        if not all(map(math.isfinite, numbers)) or (count is not None and len(numbers) != count):
            shown = self.text.strip()
            raise self.wrong(
                f"holds {shown[:60]!r}",
                f"{count or 'only'} finite number{'' if count == 1 else 's'} possible",
                "Correct the file.",
            )
        return numbers

    def number(self, *tags: str, default: float | None = None) -> float:
        """One finite number of a property; errors as for `numbers`."""
        return self.numbers(*tags, count=1, default=None if default is None else [default])[0]

    def truth(self, *tags: str, default: bool) -> bool:
        """A property that is true or false."""
        found = self.property(*tags)
        if found is None:
            return default
        word = found.text.strip().lower()
        if word not in ("true", "false"):
            raise found.wrong(f"holds {word!r}", "true or false possible", "Correct the file.")
        return word == "true"


def parse(path: str | Path) -> Element:
    """Root element of an XML file.

    Raises
    ------
    DataFileError
        If the file cannot be opened, is not well-formed, declares entities, or is nested too deep.
    """
    file = str(path)
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise DataFileError(
            f"{file} cannot be read ({error.strerror}); an OpenSim model file is possible. "
            "Check the path."
        ) from error
    open_elements: list[Element] = []
    roots: list[Element] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        made = Element(tag, attributes, file, parser.CurrentLineNumber)
        if len(open_elements) >= DEEPEST:
            raise made.wrong(
                f"lies {DEEPEST} elements deep", "fewer are possible", "Check what wrote the file."
            )
        (open_elements[-1].children if open_elements else roots).append(made)
        open_elements.append(made)

    def end(_: str) -> None:
        open_elements.pop()

    def text(data: str) -> None:
        if open_elements:
            open_elements[-1].text += data

    def doctype(*_: object) -> None:
        raise DataFileError(
            f"{file}, line {parser.CurrentLineNumber}: declares a document type; only plain "
            "elements are possible. Remove the declaration."
        )

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, doctype
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise DataFileError(
            f"{file}, line {error.lineno}: not XML ({expat.ErrorString(error.code)}); a whole "
            "OpenSim model file is possible. Fetch or write the file again."
        ) from error
    return roots[0]
