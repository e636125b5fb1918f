# SPDX-License-Identifier: MIT
"""Texts: banned calls, licence lines, notes to oneself, trailing blanks."""
import re

import source

BANNED = {
    "strcpy": "g_strlcpy, or a length you know",
    "strcat": "GString",
    "strncpy": "g_strlcpy",
    "sprintf": "snprintf, or g_strdup_printf",
    "vsprintf": "vsnprintf",
    "gets": "fgets",
    "strtok": "g_strsplit, or a scanner",
    "localtime": "base/clk.h and GTimeZone",
    "gmtime": "base/clk.h",
    "ctime": "clk_format",
    "asctime": "clk_format",
    "atoi": "g_ascii_string_to_unsigned, which can fail",
    "atol": "g_ascii_string_to_unsigned",
    "atof": "g_ascii_strtod",
    "alloca": "the heap",
    "g_alloca": "the heap",
    "system": "a library call (R25)",
    "popen": "a library call (R25)",
    "wordexp": "nothing: R25",
    "fork": "posix_spawn (LMDB and threads are not for fork)",
    "vfork": "posix_spawn",
    "rand": "token_random",
    "random": "token_random",
    "tmpnam": "mkstemp",
    "mktemp": "mkdtemp or mkstemp",
    "setenv": "an argument: environments are not thread-safe",
    "g_main_loop_new": "net/loop.h",
    "g_async_queue_new": "base/queue.h",
    "g_thread_pool_new": "base/pool.h",
}
BANNED_CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
NOTE = re.compile(r"\b(TODO|FIXME|XXX|HACK|WIP)\b")
NUMBER = re.compile(r"(?i)\b(issue|bug|ticket tracker|pull request|pr|gh)\s*"
                    r"[-#]\s*\d+|(?<![&\w\x22])#\d{2,}\b(?!;)")
GOTO = re.compile(r"\bgoto\s+(\w+)")


def check_code(path, text):
    in_tests = path.startswith("tests/")
    for number, line in enumerate(source.code(text).splitlines(), 1):
        found = BANNED_CALL.search(line)
        if found and not (in_tests and found[1] in ("setenv", "system",
                                                    "fork")):
            yield path, number, (f"{found[1]} is banned: use "
                                 f"{BANNED[found[1]]}")
        found = GOTO.search(line)
        if found and found[1] != "fail":
            yield path, number, "no goto; a cleanup attribute does it"


def check_lines(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if NOTE.search(line):
            yield path, number, "do it, or leave it out: no notes to oneself"
        if NUMBER.search(line):
            yield path, number, "say what it is about instead of a number"
        if line != line.rstrip():
            yield path, number, "blanks at the end of the line"


def check_head(path, text):
    if "SPDX-License-Identifier: MIT" not in text[:200]:
        yield path, 1, "the first line is /* SPDX-License-Identifier: MIT */"
    elif not re.match(r"/\*[^\n]*\*/\n/\*", text) and not path.endswith(
            ".def"):
        yield path, 2, "a head comment says what this file is for"


def check():
    for path in source.files(".c", ".h", ".def"):
        text = source.read(path)
        yield from check_head(path, text)
        yield from check_code(path, text)
        yield from check_lines(path, source.without_strings(text))
    for path in source.files(".py", ".sh", ".mk"):
        if path.startswith("tests/lint/"):
            continue
        yield from check_lines(path, source.read(path))
