"""The token a page carries: who reads, and what. Signed, good for two minutes, worth one stream."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core import signing

SALT = "ronghe.live"
LASTS = 120  # seconds; a page that is older asks for a fresh one
ACCOUNT, VISITOR, FOLLOWING = READERS = ("account", "visitor", "following")
DESK = "desk"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody in one browser session: an account or visitor (`ref`), or whoever gave number and code there (0)."""

    kind: str
    ref: int
    session: str

    def __hash__(self) -> int:
        return hash(self.session)  # a text remembers its hash; a thousand readers are looked up at each event

    @property
    def is_staff(self) -> bool:
        """Whether they read as a desk does: every entry, not only those told to the requester."""
        return self.kind == ACCOUNT


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token says. `case` None: the worklist of the account."""

    reader: Reader
    case: int | None


def write(ticket: Ticket) -> str:
    """The token. The session's key goes sealed: the page's script, proxies and logs see the token, never the key."""
    reader = ticket.reader
    session = _vault().encrypt(reader.session.encode()).decode()
    subject = DESK if ticket.case is None else f"case:{ticket.case}"
    return signing.dumps([reader.kind, reader.ref, session, subject], salt=SALT, compress=True)


def read(token: str, *, lasts: int = LASTS) -> Ticket | None:
    """What the token says; None: not ours, altered, or too old."""
    try:
        kind, ref, sealed, subject = signing.loads(token, salt=SALT, max_age=lasts)
        session = _vault().decrypt(sealed.encode()).decode()
    except (signing.BadSignature, InvalidToken):
        return None
    case = None if subject == DESK else int(subject.removeprefix("case:"))
    return Ticket(Reader(kind, ref, session), case)


def _vault() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"{SALT}:{settings.SECRET_KEY}".encode()).digest()))
