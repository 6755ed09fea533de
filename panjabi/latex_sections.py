"""Printed equations: sections of lines, and their symbols."""

from __future__ import annotations

from dataclasses import dataclass

from panjabi.errors import unknown
from panjabi.results import ShortRepr


@dataclass(frozen=True, repr=False)
class Section(ShortRepr):
    """Equations under a heading."""

    title: str
    lines: tuple[tuple[str, str], ...]  # (what it is, LaTeX)


@dataclass(frozen=True, repr=False)
class LatexEquations(ShortRepr):
    """Printed equations and their symbols; `str()` is a LaTeX fragment for a paper."""

    sections: tuple[Section, ...]
    symbols: tuple[tuple[str, str, str], ...]  # (LaTeX, meaning, unit)

    def section(self, title: str) -> Section:
        """One section by its title."""
        for section in self.sections:
            if section.title == title:
                return section
        raise unknown("section", title, [s.title for s in self.sections])

    def __str__(self) -> str:
        text = []
        for section in self.sections:
            text.append(rf"\subsection*{{{section.title}}}")
            for what, line in section.lines:
                text.append(f"{what}:\n\\begin{{equation*}}\n  {line}\n\\end{{equation*}}")
        text.append(r"\subsection*{symbols}" + "\n" + r"\begin{tabular}{lll}")
        text += [rf"  ${mark}$ & {meaning} & {unit} \\" for mark, meaning, unit in self.symbols]
        text.append(r"\end{tabular}")
        return "\n".join(text)
