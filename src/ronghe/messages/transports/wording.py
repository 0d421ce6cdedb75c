"""How a parcel reads where there is only text."""

from __future__ import annotations

from django.conf import settings

from ronghe.messages.transports.parcels import Parcel


def link_of(parcel: Parcel) -> str:
    """The whole address of where the parcel leads; empty without one."""
    return f"{settings.SITE_URL.rstrip('/')}{parcel.link}" if parcel.link.startswith("/") else ""


def in_full(parcel: Parcel) -> str:
    """Title, text and link, each on lines of its own; who sent it stands below."""
    lines = [
        parcel.title,
        "",
        parcel.text,
        link_of(parcel),
        "",
        f"{settings.CITY}诉求服务（自动发送，请勿回复）",
    ]
    return "\n".join(line for number, line in enumerate(lines) if line or number in {1, 4})


def in_short(parcel: Parcel, *, sign: str, most: int) -> str:
    """One paragraph of at most so many characters, the signature before it; the link is never cut."""
    link = link_of(parcel)
    tail = f" {link}" if link else ""
    room = most - len(sign) - len(tail) - 2
    words = " ".join(f"{parcel.title}：{parcel.text}".split())
    if len(words) > room:
        words = words[: max(room - 1, 0)] + "…"
    return f"【{sign}】{words}{tail}"
