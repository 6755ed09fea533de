"""Print the page `docs/validation.md`."""

from __future__ import annotations

from fascia.validation.network import validate
from fascia.validation.page import as_markdown

if __name__ == "__main__":
    print(as_markdown(validate()), end="")
