"""The bibliography: a small reader for the BibTeX file of this package."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from panjabi._caching import cached
from panjabi.errors import DataFileError
from panjabi.results import ShortRepr

_HEAD = re.compile(r"@(\w+)\{([^,\s]+),\s*$")
_FIELD = re.compile(r"\s*(\w+)\s*=\s*\{(.*)\},?\s*$")


@dataclass(frozen=True, repr=False)
class Entry(ShortRepr):
    """A source. `fields` are those of the BibTeX entry: author, title, journal, year, doi ..."""

    key: str
    kind: str  # article, book, misc
    fields: dict[str, str]

    def __str__(self) -> str:
        f = {name: text.replace("{", "").replace("}", "") for name, text in self.fields.items()}
        people = [_short(p) for p in f.get("author", "").split(" and ")]
        names = " et al.".join(", ".join(people).rsplit(", others", 1))
        where = f.get("journal") or f.get("publisher") or f.get("howpublished", "")
        where += f" {f['volume']}" if "volume" in f else ""
        where += f":{f['pages'].replace('--', '-')}" if "pages" in f else ""
        doi = f"doi:{f['doi']}" if "doi" in f else ""
        year = f"({f['year']})" if "year" in f else ""
        parts = (f"{names} {year}", f.get("title", ""), where, doi, f.get("note", ""))
        return ". ".join(part.strip().rstrip(".") for part in parts if part.strip())


def _short(person: str) -> str:
    """'Delp, S. L.' -> 'Delp SL'."""
    last, _, first = person.partition(", ")
    return f"{last} {first.replace('.', '').replace(' ', '')}".strip()


@cached
def bibliography() -> dict[str, Entry]:
    """Key -> entry, for every source of the tables and of the models."""
    path = files("panjabi") / "literature" / "data" / "references.bib"
    return parse_bib(path.read_text(encoding="utf-8"), "references.bib")


def parse_bib(text: str, name: str) -> dict[str, Entry]:
    """Entries of a BibTeX text with one field per line, as this package writes it.

    Raises
    ------
    DataFileError
        If a line is not the head, a field or the end of an entry, if a key or field occurs twice,
        or if the text ends inside an entry. Names file and line.
    """
    entries: dict[str, Entry] = {}
    current: Entry | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        head, pair = _HEAD.match(line), _FIELD.match(line)
        if current is None and head and head[2] not in entries:
            current = Entry(head[2], head[1].lower(), {})
        elif current is None and (not line.strip() or line.startswith("%")):
            continue
        elif current is not None and line.strip() == "}":
            entries[current.key] = current
            current = None
        elif current is not None and pair and pair[1] not in current.fields:
            current.fields[pair[1]] = pair[2]
        else:
            raise DataFileError(
                f"{name}, line {number}: Expected "
                f"{'a new `@type{key,`' if current is None else '`field = {text},` or `}`'}, "
                f"got {line.strip()!r}; write one field per line, each key and field once."
            )
    if current is not None:
        raise DataFileError(
            f"{name}: Expected `}}` at the end of each entry, got the end of the file inside the "
            f"entry {current.key!r}; check that the file is complete."
        )
    return entries
