"""Attributes of a package that are imported when they are first used (PEP 562)."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any


def lookup(package: str, exports: Mapping[str, str], name: str) -> Any:
    """The exported object or the submodule of that name, kept in the package for next time."""
    module = sys.modules[package]
    if name in exports:
        value = getattr(import_module(exports[name]), name)
    elif not name.startswith("_") and name in rooms(package):
        value = import_module(f"{package}.{name}")
    else:
        from panjabi.errors import nearest  # only the unlucky pay for difflib

        known = nearest(name, [*exports, *rooms(package)])
        raise AttributeError(
            f"module {package!r} has no attribute {name!r}; {known}", name=name, obj=module
        )
    setattr(module, name, value)
    return value


def rooms(package: str) -> list[str]:
    """The public submodules of a package."""
    path = sys.modules[package].__path__
    return [m.name for m in pkgutil.iter_modules(path) if not m.name.startswith("_")]


def names(package: str, exports: Mapping[str, str]) -> list[str]:
    """What `dir()` shows, looked up or not."""
    return sorted({*vars(sys.modules[package]), *exports, *rooms(package)})
