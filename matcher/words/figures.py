"""Figures as people write them in a text: 10, 十, 二十五, 百."""

_ONES = "一二三四五六七八九"


def figure(text: str) -> int:
    """The number that digits or kanji figures up to 999 stand for.

    Raises:
        ValueError: the text is no such figure.
    """
    if text.isdecimal():
        return int(text)
    hundreds, hundred, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    total = 100 * (_one(hundreds) if hundreds else 1) if hundred else 0
    total += 10 * (_one(tens) if tens else 1) if ten else 0
    return total + (_one(ones) if ones else 0)


def _one(text: str) -> int:
    return _ONES.index(text) + 1
