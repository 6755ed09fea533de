"""The bibliography: a small reader for the BibTeX that this package ships."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from panjabi._caching import cached
from panjabi.errors import DataFileError

_HEAD = re.compile(r"@(\w+)\{([^,\s]+),\s*$")
_FIELD = re.compile(r"\s*(\w+)\s*=\s*\{(.*)\},?\s*$")


@dataclass(frozen=True)
class Entry:
    """One source. `fields` hold what is known: author, title, journal, year, doi ..."""

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
    """Entries of a BibTeX text with one field a line, as this package writes it.

    Raises
    ------
    DataFileError
        If a line is neither head, field nor end of an entry, a key or field comes twice or
        the text ends inside an entry; name and line are given.
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
                f"{name}, line {number}: cannot read {line.strip()!r}; possible here: "
                f"{'a new `@kind{key,`' if current is None else '`field = {text},` or `}`'}, "
                "each key and field once. Put one field on a line."
            )
    if current is not None:
        raise DataFileError(f"{name}: the file ends inside the entry {current.key!r}; cut short?")
    return entries
