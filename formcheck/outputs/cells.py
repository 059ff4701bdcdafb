"""Cells of CSV tables, such as nobody's spreadsheet runs.

A text that begins as a formula does is run by Excel, LibreOffice and others when the table is opened; a clip may be
called `=HYPERLINK(...)`. Such a text gets an apostrophe in front, as OWASP advises ("CSV Injection"), which shows them
that it is text. Numbers stay as they are. RFC 4180 has cells with separators, quotes and line ends quoted; here tabs
and carriage returns are too, at which some readers split.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four: the same signs in full width, which some systems read alike."""
_QUOTED = re.compile(r'[,"\n\r\t]')


def row(values: Iterable[object]) -> str:
    """One line of a table, with its end; empty where there is no value.

    >>> row(["=1+1", -1.5, None, "a, b"])
    '\'=1+1,-1.5,,"a, b"\\n'
    """
    return ",".join(map(_cell, values)) + "\n"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    text = f"'{value}" if value.startswith(_RUN) else value
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
