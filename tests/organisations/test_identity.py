"""The identity vault: sealed, found by phone, read with a reason, rotated, erased."""

import pytest
from django.db import connection

from ronghe.ledger.models import Entry
from ronghe.ledger.queries import entries_of
from ronghe.organisations import domain
from ronghe.organisations.domain import Contact
from ronghe.organisations.models import Identity, Reading
from tests.organisations.conftest import moment, when

pytestmark = [pytest.mark.db, pytest.mark.django_db]

CONTACT = Contact("张三丰", "138-0013-8000", "zhang@example.com", "某路1号", "440300199001011234")
SECRETS = ("张三丰", "13800138000", "138-0013-8000", "zhang", "某路", "440300199001011234")
AT = when("2026-03-02")


@pytest.fixture
def identity(settings):
    settings.IDENTITY_KEYS = ["短", "another passphrase of any length whatever it may be"]
    return domain.seal_identity(CONTACT, **AT)


def dumped():
    """Everything the tables of the vault and the ledger hold, as one text."""
    with connection.cursor() as cursor:
        rows = []
        for table in ("organisations_identity", "organisations_reading", "ledger_entry", "ledger_touch"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            rows += [
                bytes(value) if isinstance(value, memoryview) else value
                for row in cursor.fetchall()
                for value in row
            ]
    return repr(rows) + "".join(value.decode("latin-1") for value in rows if isinstance(value, bytes))


def test_nothing_of_a_contact_stands_in_the_tables(identity):
    text = dumped()

    assert [secret for secret in SECRETS if secret in text] == []
    assert [secret for secret in SECRETS if secret in repr(CONTACT) + str(identity)] == []
    assert [entry.kind for entry in entries_of(("identity", identity.pk))] == ["identity.recorded"]


def test_an_open_contact_is_read_without_ado_and_a_masked_one_hides(identity):
    kept = Identity.objects.get(pk=identity.pk)

    assert domain.open_contact(kept) == CONTACT
    assert domain.masked(kept) == Contact("张**", "138****8000", "z***", "***", "***")


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        (Contact(), Contact()),
        (Contact(phone="0755-8200 1234"), Contact(phone="075****1234")),
        (Contact(phone="12345"), Contact(phone="****")),
        (Contact(phone="微信联系"), Contact(phone="****")),
        (Contact(name="李"), Contact(name="李**")),
    ],
)
def test_masked_shows_no_more_than_it_should(contact, shown):
    assert domain.masked(domain.seal_identity(contact, **AT)) == shown


@pytest.mark.parametrize(
    "written", ["13800138000", "+86 138 0013 8000", "0086-13800138000", "１３８００１３８０００"]
)
def test_an_identity_is_found_by_its_phone_however_written(identity, written):
    again = domain.seal_identity(Contact(phone="13800138000"), actor="person:1", at=moment("2026-03-03"))

    assert domain.find_by_phone(written) == [again, identity]


def test_no_phone_finds_nobody(identity):
    domain.seal_identity(Contact(name="无电话"), **AT)

    assert [domain.find_by_phone(phone) for phone in ("", "无", "13900139000")] == [[], [], []]


def test_reveal_needs_a_reason_and_is_recorded_without_its_words(identity, refused):
    for reason in ("", "  看 看 ", "核实", "长" * 201):
        refused("reason-needed", domain.reveal, identity, reason=reason, **AT)
    assert Reading.objects.count() == 0

    contact = domain.reveal(identity, reason=" 电话核实  来信 ", about=("case", 5), **AT)
    domain.reveal(identity, reason="再次核实", **AT)

    assert contact == CONTACT
    first, second = entries_of(("identity", identity.pk))[1:]
    reading = Reading.objects.earliest("pk")
    assert (first.kind, first.data, first.actor) == ("identity.read", {"reading": reading.pk}, "person:1")
    assert [(t.role, t.type, t.ref) for t in first.touches.all()] == [("about", "case", 5)]
    assert list(second.touches.all()) == []
    assert (reading.reason, reading.actor, str(reading)) == (
        "电话核实 来信",
        "person:1",
        f"reading:{reading.pk}",
    )


def test_erasing_wipes_the_contact_and_the_reasons(identity, refused):
    domain.reveal(identity, reason="张三丰来电核实", **AT)

    domain.erase(identity, **AT)
    domain.erase(identity, actor="person:1", at=moment("2026-03-09"))

    kept = Identity.objects.get(pk=identity.pk)
    assert (kept.sealed, kept.phone_index, kept.erased_at) == (None, "", moment("2026-03-02"))
    assert (identity.sealed, identity.erased_at) == (None, kept.erased_at)
    assert domain.find_by_phone("13800138000") == []
    assert domain.open_contact(kept) == domain.masked(kept) == Contact()
    refused("identity-erased", domain.reveal, kept, reason="再看一次", **AT)
    assert [secret for secret in SECRETS if secret in dumped()] == []
    assert Entry.objects.filter(kind="identity.erased").count() == 1


def test_keys_are_rotated_without_losing_anybody(identity, settings, refused):
    erased = domain.seal_identity(Contact(phone="13700137000"), **AT)
    domain.erase(erased, **AT)
    old = settings.IDENTITY_KEYS
    settings.IDENTITY_KEYS = ["全新的口令", *old]
    newer = domain.seal_identity(Contact(phone="13800138000"), actor="person:1", at=moment("2026-03-03"))
    assert domain.find_by_phone("13800138000") == [newer, identity]
    assert domain.open_contact(identity) == CONTACT

    assert domain.rotate_identities(batch_size=1) == 2
    settings.IDENTITY_KEYS = ["全新的口令"]

    kept = Identity.objects.get(pk=identity.pk)
    assert domain.open_contact(kept) == CONTACT
    assert domain.find_by_phone("13800138000") == [newer, kept]
    assert domain.rotate_identities() == 2
    settings.IDENTITY_KEYS = old
    told = refused("identity-key", domain.reveal, kept, reason="核实来信", **AT)
    assert "RONGHE_IDENTITY_KEYS" in told.message
    assert Reading.objects.count() == 0


def test_many_are_sealed_at_once_in_order():
    contacts = [Contact(name=f"甲{number}", phone=f"1380013800{number}") for number in range(3)]

    identities = domain.seal_identities(contacts, actor="import:1", at=moment("2026-03-02"), batch="1")

    assert [domain.open_contact(one) for one in identities] == contacts
    assert list(Entry.objects.order_by("pk").values_list("kind", "subject_id", "seq", "batch")) == [
        ("identity.recorded", one.pk, 1, "1") for one in identities
    ]
