"""The identity vault: who somebody is, encrypted under keys of its own, found by phone without being opened.

Keys are `RONGHE_IDENTITY_KEYS`, newest first, each a passphrase of any length. The newest seals and indexes; every key still
listed opens and finds. To rotate: put a new key in front, run `rotate_identities`, then drop the old ones.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.db.models import Model
from pydantic_core import to_json

from ronghe.core import idnumber
from ronghe.ledger import domain as ledger
from ronghe.organisations.exceptions import IdentityError
from ronghe.organisations.models import Identity, Reading, VisitorDevice
from ronghe.rows import insert

REASON_LEAST = 4
REASON_MOST = 200
_SALT = b"ronghe.identity"
_KEY = 32
_deriving = threading.Lock()


@dataclass(frozen=True, slots=True)
class Contact:
    """Who asks and how to reach them. Everything may be empty; `repr` says nothing, so that no log does."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    id_number: str = ""

    def __repr__(self) -> str:
        return "Contact(…)"

    def __bool__(self) -> bool:
        return self != _NOBODY


_NOBODY = Contact()


def seal_identity(contact: Contact, *, actor: str, at: dt.datetime, batch: str = "") -> Identity:
    """Keep a contact encrypted; writes identity.recorded."""
    return seal_identities([contact], actor=actor, at=at, batch=batch)[0]


def seal_identities(
    contacts: Sequence[Contact], *, actor: str, at: dt.datetime, batch: str = ""
) -> list[Identity]:
    """Keep many contacts at once (an import), in the order given; writes identity.recorded for each."""
    vault = _vault()
    with transaction.atomic():
        identities = Identity.objects.bulk_create(
            [_sealed(vault, contact, at) for contact in contacts], batch_size=1000
        )
        ledger.record_all(recorded(identity, actor=actor, at=at, batch=batch) for identity in identities)
    return identities


def keep_identity(contact: Contact, *, at: dt.datetime) -> Identity:
    """Keep a contact encrypted; the caller writes its `recorded` with its own entries, in the same transaction."""
    identity = _sealed(_vault(), contact, at)
    insert([identity])
    return identity


def recorded(identity: Identity, *, actor: str, at: dt.datetime, batch: str = "") -> ledger.Draft:
    """The entry identity.recorded of a new identity."""
    return ledger.Draft(
        kind="identity.recorded", subject=("identity", identity.pk), actor=actor, at=at, batch=batch, seq=1
    )


def _sealed(vault: MultiFernet, contact: Contact, at: dt.datetime) -> Identity:
    return Identity(**_kept(vault, contact), created_at=at)


def _kept(vault: MultiFernet, contact: Contact) -> dict[str, Any]:
    """The columns that hold a contact, sealed and to be found by."""
    return {
        "sealed": _seal(vault, contact),
        "phone_index": _index(_plain_phone(contact.phone)),
        "id_index": _index(idnumber.normal(contact.id_number)),
    }


def find_by_phone(phone: str) -> list[Identity]:
    """Identities recorded with this phone number, newest first; nothing is opened."""
    indices = phone_indices(phone)
    if not indices:
        return []
    return list(Identity.objects.filter(phone_index__in=indices).order_by("-created_at", "-pk"))


def find_by_id_number(number: str) -> list[Identity]:
    """Identities recorded with this 身份证号, newest first; nothing is opened."""
    plain = idnumber.normal(number)
    indices = [_digest(key, plain) for key in settings.IDENTITY_KEYS] if plain else []
    return (
        list(Identity.objects.filter(id_index__in=indices).order_by("-created_at", "-pk")) if indices else []
    )


def phone_indices(phone: str) -> list[str]:
    """The blind index of a phone under every key still listed, the newest first; none for what holds no number."""
    plain = _plain_phone(phone)
    return [_digest(key, plain) for key in settings.IDENTITY_KEYS] if plain else []


def reseal(identity: Identity, contact: Contact) -> None:
    """Replace what an identity holds, by its owner's own word. Does nothing when it was erased."""
    with transaction.atomic():
        row = Identity.objects.select_for_update().get(pk=identity.pk)
        if row.erased_at is None:
            kept = _kept(_vault(), contact)
            Identity.objects.filter(pk=row.pk).update(**kept)


def reveal(
    identity: Identity, *, actor: str, reason: str, at: dt.datetime, about: tuple[str, int] | None = None
) -> Contact:
    """Open a protected identity for somebody who may (the face asked), keep the reason, and write identity.read.

    `about` is what it is read for, e.g. `("case", 12)`. Raises IdentityError without a reason of four characters.
    """
    reason = " ".join(reason.split())
    if not REASON_LEAST <= len(reason) <= REASON_MOST:
        message = (
            f"查看身份信息要写明理由（{REASON_LEAST} 至 {REASON_MOST} 字），这次没有显示。"
            "请写清为什么要看，例如“电话核实来信内容”。"
        )
        raise IdentityError("reason-needed", message)
    contact = _open(identity)
    with transaction.atomic():
        Identity.objects.select_for_update().get(pk=identity.pk)
        reading = Reading.objects.create(identity=identity, actor=actor, reason=reason, at=at)
        touches = (ledger.Touch("about", *about),) if about else ()
        ledger.record(
            "identity.read",
            subject=("identity", identity.pk),
            actor=actor,
            at=at,
            touches=touches,
            data={"reading": reading.pk},
        )
    return contact


def open_contact(identity: Identity) -> Contact:
    """The contact of a case whose procedure says `identity: open`; an erased one is empty. Not for protected ones."""
    return Contact() if identity.sealed is None else _open(identity)


def masked(identity: Identity) -> Contact:
    """What everybody who handles the matter may see: 张**, 138****0000. An erased one is empty."""
    contact = open_contact(identity)
    return Contact(
        name=contact.name[:1] + "**" if contact.name else "",
        phone=_masked_number(contact.phone),
        email=contact.email[:1] + "***" if contact.email else "",
        address="***" if contact.address else "",
        id_number="***" if contact.id_number else "",
    )


def erase(identity: Identity, *, actor: str, at: dt.datetime) -> None:
    """Wipe a contact and the reasons of its readings for ever; the ids stay. Does nothing when already erased."""
    with transaction.atomic():
        row = Identity.objects.select_for_update().get(pk=identity.pk)
        if row.erased_at is None:
            row.sealed, row.phone_index, row.id_index, row.erased_at = None, "", "", at
            row.save(update_fields=["sealed", "phone_index", "id_index", "erased_at"])
            row.readings.update(reason="")
            VisitorDevice.objects.filter(visitor__identity=row).delete()
            ledger.record("identity.erased", subject=("identity", row.pk), actor=actor, at=at)
    for name in ("sealed", "phone_index", "id_index", "erased_at"):
        setattr(identity, name, getattr(row, name))


def rotate_identities(*, batch_size: int = 500) -> int:
    """Seal and index everything anew under the newest key; give how many. Safe to stop and repeat."""
    vault = _vault()
    done = last = 0
    while True:
        with transaction.atomic():
            rows = (
                Identity.objects.select_for_update().filter(pk__gt=last, sealed__isnull=False).order_by("pk")
            )
            identities = list(rows[:batch_size])
            for identity in identities:
                for name, value in _kept(vault, _open(identity)).items():
                    setattr(identity, name, value)
            Identity.objects.bulk_update(identities, ["sealed", "phone_index", "id_index"])
        if not identities:
            return done
        done, last = done + len(identities), identities[-1].pk


def reseal_rows(model: type[Model], *, batch_size: int = 500) -> int:
    """Seal the column `sealed` of all rows anew under the newest key; give how many. Safe to stop and repeat."""
    done = last = 0
    while True:
        with transaction.atomic():
            found = model._default_manager.select_for_update().filter(pk__gt=last).order_by("pk")  # noqa: SLF001
            rows: list[Any] = list(found[:batch_size])
            for row in rows:
                row.sealed = seal_text(open_text(bytes(row.sealed)))
            model._default_manager.bulk_update(rows, ["sealed"])  # noqa: SLF001
        if not rows:
            return done
        done, last = done + len(rows), rows[-1].pk


def seal_text(text: str) -> bytes:
    """Words meant for one reader, under the vault's newest key; kept by whoever asked."""
    return _vault().encrypt(text.encode())


def open_text(sealed: bytes) -> str:
    """What `seal_text` sealed, under any key still listed."""
    try:
        return _vault().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        message = (
            "现有密钥打不开这段文字，文字仍原样保存。请系统管理员在 RONGHE_IDENTITY_KEYS 里补回原来的密钥。"
        )
        raise IdentityError("identity-key", message) from None


def _open(identity: Identity) -> Contact:
    if identity.sealed is None:
        raise IdentityError(
            "identity-erased", "这份身份信息已按规定清除，无法再查看。事项本身的记录不受影响。"
        )
    try:
        plain = _vault().decrypt(bytes(identity.sealed))
    except InvalidToken:
        message = "现有密钥打不开这份身份信息，信息仍原样保存。请系统管理员在 RONGHE_IDENTITY_KEYS 里补回原来的密钥。"
        raise IdentityError("identity-key", message, identity=identity.pk) from None
    known = {field.name for field in fields(Contact)}
    return Contact(**{name: value for name, value in json.loads(plain).items() if name in known})


def _seal(vault: MultiFernet, contact: Contact) -> bytes:
    return vault.encrypt(to_json(contact))


def _vault() -> MultiFernet:
    return _opened(tuple(settings.IDENTITY_KEYS))


@lru_cache(maxsize=2)
def _opened(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key)[:_KEY])) for key in keys])


def ready_keys() -> None:
    """Derive the keys in force; a server does so before it is large, for each takes 16 MB for a moment."""
    for key in settings.IDENTITY_KEYS:
        _derived(key)


def _derived(passphrase: str) -> bytes:
    """What `_derive` gives; threads that ask at once wait for one of them."""
    with _deriving:
        return _derive(passphrase)


@lru_cache(maxsize=16)
def _derive(passphrase: str) -> bytes:
    """64 bytes from a passphrase of any length, slowly: 32 to seal with, 32 for the blind index."""
    return hashlib.scrypt(passphrase.encode(), salt=_SALT, n=2**14, r=8, p=1, dklen=2 * _KEY)


def _index(plain: str) -> str:
    return _digest(settings.IDENTITY_KEYS[0], plain) if plain else ""


def _digest(key: str, plain: str) -> str:
    return hmac.new(_derived(key)[_KEY:], plain.encode(), hashlib.sha256).hexdigest()


def _plain_phone(phone: str) -> str:
    """Digits only, without the country code: +86 138-0000-0000 is 13800000000."""
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", phone))
    return re.sub(r"^(00)?86(?=1[3-9][0-9]{9}$)", "", digits)


def _masked_number(phone: str) -> str:
    plain = _plain_phone(phone)
    if len(plain) >= 11:
        return f"{plain[:3]}****{plain[-4:]}"
    return "****" if phone else ""
