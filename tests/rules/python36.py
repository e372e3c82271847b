# SPDX-License-Identifier: GPL-2.0-only
"""Says where a Python file needs more than Python 3.6.

The grammar is checked by the parser itself; of the library, the names that
came later and that one is used to.
"""
import ast
import sys

# Keyword arguments, functions and modules newer than 3.6.
KEYWORDS = {
    "run": {"capture_output", "text"},
    "check_output": {"text"},
    "Popen": {"text"},
    "copytree": {"dirs_exist_ok"},
    "unlink": {"missing_ok"},
    "add_subparsers": {"required"},
    "ArgumentParser": {"exit_on_error"},
}
ATTRIBUTES = {
    "removeprefix", "removesuffix", "prod", "isqrt", "cached_property",
    "is_relative_to", "fromisoformat", "perf_counter_ns", "time_ns",
    "unparse", "pairwise", "BooleanOptionalAction", "readlink",
}
OF_MODULE = {
    ("shlex", "join"), ("functools", "cache"), ("asyncio", "run"),
    ("subprocess", "list2cmdline"), ("contextlib", "nullcontext"),
}
MODULES = {"dataclasses", "contextvars", "importlib.metadata",
           "importlib.resources", "graphlib", "zoneinfo", "tomllib"}


def complaints(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        tree = ast.parse(text, path, feature_version=(3, 6))
    except SyntaxError as error:
        yield error.lineno, "syntax: %s" % error.msg
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            func = node.func
            name = getattr(func, "attr", getattr(func, "id", None))
            for keyword in node.keywords:
                if keyword.arg in KEYWORDS.get(name, ()):
                    yield node.lineno, "%s(%s=)" % (name, keyword.arg)
            if isinstance(func, ast.Name) and func.id == "breakpoint":
                yield node.lineno, "breakpoint()"
        elif isinstance(node, ast.Attribute):
            owner = getattr(node.value, "id", None)
            if (owner, node.attr) in OF_MODULE or \
                    (node.attr in ATTRIBUTES and owner != "os"):
                yield node.lineno, "." + node.attr
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in MODULES:
                    yield node.lineno, "module " + alias.name
        elif isinstance(node, ast.ImportFrom):
            if node.module in MODULES:
                yield node.lineno, "module " + node.module
            if node.module == "__future__" and \
                    any(alias.name == "annotations" for alias in node.names):
                yield node.lineno, "from __future__ import annotations"
        elif isinstance(node, ast.JoinedStr):
            source = ast.get_source_segment(text, node) or ""
            if "=}" in source:
                yield node.lineno, "f'{name=}'"


status = 0
for name in sys.argv[1:]:
    for line, what in complaints(name):
        print("%s:%d: newer than Python 3.6: %s" % (name, line, what))
        status = 1
sys.exit(status)
