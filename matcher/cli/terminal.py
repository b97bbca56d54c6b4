"""Lines for a terminal: width of Japanese text, wrapping, quiet colour only where somebody looks."""

import re
import sys
import unicodedata

COLUMNS_NOTE = 92


def width(text: str) -> int:
    """Columns a text takes: full-width characters take two, combining ones none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def pad(text: str, columns: int) -> str:
    """Fill up with blanks to so many columns."""
    return text + " " * max(0, columns - width(text))


_NO_LINE_START = "、。」』）)・ー〜…！？!?"


def wrap(text: str, columns: int, indent: str = "") -> list[str]:
    """Lines of at most so many columns; later lines are indented; no line begins with a stop or closing bracket."""
    lines, line, taken = [], "", 0
    for unit in re.findall(r"[!-~]{1,24}|.", text, re.DOTALL):  # dates and times stay in one piece
        wide = width(unit)
        if taken + wide > columns and unit not in _NO_LINE_START:
            lines.append(line)
            line, taken = indent, width(indent)
        line, taken = line + unit, taken + wide
    kept = [*lines, line] if line.strip() or not lines else lines
    return [one.rstrip() for one in kept]


class Paint:
    """Colour on a terminal, plain text elsewhere."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def _code(self, code: str, text: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.on else text

    def strong(self, text: str) -> str:
        return self._code("1", text)

    def quiet(self, text: str) -> str:
        return self._code("2", text)

    def warm(self, text: str) -> str:
        """Something that needs a word."""
        return self._code("33", text)

    def agreed(self, text: str) -> str:
        return self._code("32", text)


class Progress:
    """One line on a terminal's error output that says what is being done; nothing elsewhere."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()

    def __call__(self, what: str) -> None:
        if self._on:
            sys.stderr.write(f"\r\033[K{what}…")
            sys.stderr.flush()

    def done(self) -> None:
        if self._on:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
