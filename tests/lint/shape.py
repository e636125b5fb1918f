# SPDX-License-Identifier: MIT
"""Shape: length of functions and files, parameters, nesting."""
import re

import source

FUNCTION_MAX, FUNCTION_LONG, LONG_SHARE, ALLOW_SHARE = 60, 40, 0.05, 0.01
PARAMS_MAX, NESTING_MAX, FILE_MAX, HEADER_MAX = 5, 3, 600, 250
ALLOW = "tests/lint/allow"


def load_allowed():
    allowed = {}
    for number, line in enumerate(source.read(ALLOW).splitlines(), 1):
        if line and not line.startswith("#"):
            path, name, reason = (line + "::").split(":")[:3]
            allowed[path, name] = (number, reason.strip())
    return allowed


def params_of(function):
    """How many, `GError **error` apart."""
    depth, parts = 0, [""]
    for char in function.params:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    parts = [p for p in parts if p.strip() not in ("", "void")]
    return len([p for p in parts if not re.match(r"\s*GError\s*\*\*", p)])


def nesting_of(function):
    """The deepest statement, by its tabs; continued lines do not count."""
    deepest, open_parens, ended = 0, 0, True
    initialiser = 0
    for line in function.body:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if open_parens == 0 and ended and initialiser == 0:
            tabs = len(line) - len(line.lstrip("\t"))
            deepest = max(deepest, tabs - 1)
        open_parens += line.count("(") - line.count(")")
        if initialiser or re.search(r"(=|\)|,|\()\s*\{[^}]*$", line) and not (
                re.match(r"(if|for|while|switch|else|do|}|\w+\()", text)):
            initialiser += line.count("{") - line.count("}")
        ended = bool(re.search(r"([;{})]|\belse|\bdo)$|^(case\b.*|default|\w+):$",
                               text))
    return deepest


def check_function(function, allowed):
    where = (function.path, function.line)
    length = len(function.body)
    if length > FUNCTION_MAX and (function.path,
                                  function.name) not in allowed:
        yield *where, (f"{function.name} has {length} lines, {FUNCTION_MAX} "
                       f"are the limit: split it by verb, or give {ALLOW} "
                       f"a reason")
    params = params_of(function)
    if params > PARAMS_MAX:
        yield *where, (f"{function.name} has {params} parameters, "
                       f"{PARAMS_MAX} are the limit: make a struct of them")
    nesting = nesting_of(function)
    if nesting > NESTING_MAX:
        yield *where, (f"{function.name} nests {nesting} deep, {NESTING_MAX} "
                       f"is the limit: return early, or name the inner part")


def check_files():
    for path in source.files(".c", ".h"):
        count = source.read(path).count("\n")
        limit = HEADER_MAX if path.endswith(".h") else FILE_MAX
        if count > limit:
            yield path, 1, (f"has {count} lines, {limit} are the limit: "
                            f"split it by noun")


def check_shares(functions, allowed):
    """Only of the whole: a few long functions are a small share of many."""
    for (path, name), (number, reason) in allowed.items():
        if not reason:
            yield ALLOW, number, f"{name} needs a reason"
        if not any((f.path, f.name) == (path, name) for f in functions):
            yield ALLOW, number, f"{path} has no {name}: remove the line"
    if len(allowed) > max(1, ALLOW_SHARE * len(functions)):
        yield ALLOW, 1, (f"{len(allowed)} of {len(functions)} functions, "
                         f"1 % is the limit: split some")
    long = [f for f in functions if len(f.body) >= FUNCTION_LONG]
    if len(long) > LONG_SHARE * len(functions) and len(functions) >= 20:
        for function in long:
            yield function.path, function.line, (
                f"{function.name} has {len(function.body)} lines; more than "
                f"5 % of the functions have {FUNCTION_LONG}: shorten some")


def check():
    allowed = load_allowed()
    functions = [f for path in source.files(".c", ".h")
                 for f in source.functions(path)]
    for function in functions:
        yield from check_function(function, allowed)
    yield from check_files()
    yield from check_shares(functions, allowed)


def summary():
    sizes = sorted(len(f.body) for path in source.files(".c")
                   for f in source.functions(path))
    if not sizes:
        return "no functions"
    return (f"{len(sizes)} functions, median {sizes[len(sizes) // 2]} lines, "
            f"95 % up to {sizes[int(len(sizes) * 0.95)]}, "
            f"longest {sizes[-1]}")
