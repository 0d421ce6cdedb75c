"""What tells who somebody is, found by rule and covered: phones, identity numbers, cards, plates, mail, rooms, names.

It covers what a rule can see; a person still reads what is published. Every cover is as long as what it covers, so
that nothing else in the text moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ronghe.text.findings import Finding, Kind, Spot
from ronghe.text.flat import flat
from ronghe.text.names import find_names
from ronghe.text.numbers import find_cards, find_identity_numbers, find_landlines, find_mobiles
from ronghe.text.places import find_rooms
from ronghe.text.signs import find_accounts, find_mail, find_plates

__all__ = ["Finding", "Kind", "findings", "mask", "without"]

# Earlier ones keep what they found: a mail address may hold a phone number, and an identity number looks like a card.
_FINDERS: tuple[Callable[[str], Iterator[Spot]], ...] = (
    find_mail, find_identity_numbers, find_cards, find_mobiles, find_landlines, find_plates, find_accounts,
    find_rooms, find_names,
)  # fmt: skip


def findings(text: str, *, by_office: bool = False) -> tuple[Finding, ...]:
    """What would be covered, in the order of the text; no two overlap.

    `by_office`: an office wrote it, so a landline is its own unless called private (家里电话).
    """
    taken = bytearray(len(text))
    found: list[Finding] = []
    for one in _candidates(text, by_office=by_office):
        if one.shown != text[one.start : one.end] and not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.start))


def mask(text: str, *, by_office: bool = False) -> str:
    """The text with everything found covered; the same text when nothing is. Masking again changes nothing."""
    while found := findings(
        text, by_office=by_office
    ):  # a cover may lay bare what stood against it; each turn covers at least one more
        for one in found:
            text = text[: one.start] + one.shown + text[one.end :]
    return text


def without(text: str) -> str:
    """The text with everything found left blank: what may be searched for and found again."""
    for one in findings(text):
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _candidates(text: str, *, by_office: bool) -> Iterator[Finding]:
    plain = flat(text)
    for find in _FINDERS:
        spots = find_landlines(plain, by_office=by_office) if find is find_landlines else find(plain)
        for kind, start, end, hidden in spots:
            cover = "某" if kind is Kind.NAME else "*"
            shown = "".join(cover if at in hidden else text[at] for at in range(start, end))
            yield Finding(kind, start, end, shown)
