"""Libraries that another names when it starts and may never use: executed on their first use instead of on import.

Great Expectations imports statistics, charts and a cloud client for expectations that no file is judged by; they are half of its
start. The standard library's `LazyLoader` does not help: until Python 3.12 a second import of the same module is a use.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any


class _LateModule(ModuleType):
    """A module that is executed when somebody asks it for what it does not have yet."""

    def __getattr__(self, name: str) -> Any:
        spec = self.__spec__
        if spec is None or spec.loader is None:
            raise AttributeError(name)
        object.__setattr__(self, "__class__", ModuleType)
        spec.loader.exec_module(self)
        return getattr(self, name)


def import_late(names: Iterable[str]) -> None:
    """Make imports of these modules wait for their first use; those imported already or not installed stay as they are."""
    for name in names:
        parent, _, own_name = name.rpartition(".")
        if name in sys.modules or (parent and importlib.util.find_spec(parent) is None):
            continue
        spec = importlib.util.find_spec(name)
        if spec is None:
            continue
        module = importlib.util.module_from_spec(spec)
        module.__class__ = _LateModule
        sys.modules[name] = module
        if parent:
            setattr(sys.modules[parent], own_name, module)
