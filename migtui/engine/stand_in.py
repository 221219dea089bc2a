"""Has what migrations define say that it comes from a module that exists nowhere.

Django's writer then writes it in a way that can be told apart from all else.
"""

import sys
from collections.abc import Sequence
from types import FunctionType, ModuleType


def stand_in(token: str, modules: Sequence[ModuleType]) -> None:
    """Have what modules of migrations define say that it comes from ``<token>_<number>``."""
    for number, module in enumerate(modules):
        name = f"{token}_{number}"
        sys.modules[name] = module
        for attribute, value in list(vars(module).items()):
            if isinstance(value, type) and value.__module__ == module.__name__:
                _rename_class(value, name)
            elif isinstance(value, FunctionType):
                is_own = value.__module__ == module.__name__
                if is_own or "<" in value.__qualname__:
                    # A lambda or a closure with a name can be had by that name.
                    value.__module__, value.__qualname__ = name, attribute
                    value.__name__ = attribute


def _rename_class(cls: type, module: str) -> None:
    owner = cls.__module__
    cls.__module__ = module
    for value in vars(cls).values():
        inner = getattr(value, "__func__", value)
        if isinstance(inner, type) and inner.__module__ == owner:
            _rename_class(inner, module)
        elif isinstance(inner, FunctionType) and inner.__module__ == owner:
            inner.__module__ = module
