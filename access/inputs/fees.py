"""Fees as course tables write them."""

from __future__ import annotations

import math
import re
import unicodedata

_UNSAID = frozenset({"", "-", "유료", "미정", "별도", "별도문의"})
_PLAIN = re.compile(r"[₩\\]?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.0{1,2})?\s*원?")
_AMOUNT = re.compile(
    r"(?P<man>\d+(?:\.\d+)?)\s*만\s*(?:(?P<cheon>\d+)\s*천|(?P<rest>\d{1,4}|\d,\d{3})(?=\s*원))?"
    r"|(?P<only>\d+)\s*천"
    r"|(?P<won>\d{1,3}(?:,\d{3})+(?!\d)|\d+(?=\s*원))"
)
_NEGATIVE = re.compile(r"[-−]\s*\d")
_FREE = re.compile(r"무료|전액\s*지원|free")
_BESIDE = re.compile(r"\(.*?\)|\[.*?\]|(?:재료|교재|실습|준비물)비?[^,/+·;]*(?:,\d{3}[^,/+·;]*)*")
"""Remarks, and what is paid beside the fee itself."""


def read_fee(cell: str) -> tuple[float, str]:
    """Return a fee in won, NaN where unknown, and the code of what was noted.

    F443 tells the amount taken from a longer text, W443 a text that says none, or says both free
    and an amount. What materials cost is no fee.

    >>> [read_fee(c)[0] for c in ("30,000원", "무료", "3만5천원", "1만5000원", "3개월 90,000원")]
    [30000.0, 0.0, 35000.0, 15000.0, 90000.0]
    >>> read_fee("무료(재료비 20,000원)"), read_fee("65세 이상 무료, 일반 30,000원")
    ((0.0, 'F443'), (nan, 'W443'))
    """
    text = unicodedata.normalize("NFKC", cell).casefold().strip()
    if text in _UNSAID:
        return math.nan, ""
    if plain := _PLAIN.fullmatch(text):
        return float(plain[1].replace(",", "")), ""
    fee = _BESIDE.sub(" ", text).strip()
    free, amount = _FREE.search(fee), _AMOUNT.search(fee)
    found = free or amount
    if found is None or (free and amount) or _NEGATIVE.match(fee):
        return math.nan, "W443"
    code = "" if text in (found[0], f"{found[0]}원", f"{found[0]} 원") else "F443"
    return (0.0 if amount is None else _won(amount)), code


def _won(found: re.Match[str]) -> float:
    """Return an amount in won: 3만 5천, 1만5,000, 20천, 30,000."""
    man, cheon, rest, only, won = (
        float((found[name] or "0").replace(",", ""))
        for name in ("man", "cheon", "rest", "only", "won")
    )
    return man * 10_000 + (cheon + only) * 1000 + rest + won
