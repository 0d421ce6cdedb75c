"""Writing entries: what is kept, what is refused, which place they get."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from ronghe.ledger import queries
from ronghe.ledger.domain import Draft, Touch, record, record_all
from ronghe.ledger.exceptions import LedgerError, SeqTaken
from ronghe.ledger.models import Entry

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)


def noted(number=1, **more):
    given = {
        "kind": "case.noted",
        "subject": ("case", number),
        "actor": "person:7",
        "at": AT,
        "data": {"note": 1},
    }
    return Draft(**{**given, **more})


def seqs(number):
    return list(queries.entries_of(("case", number)).values_list("seq", flat=True))


def test_record_keeps_everything_it_was_given():
    first = record("case.noted", subject=("case", 1), actor="person:7", at=AT, data={"note": 1})
    touches = (
        Touch("about", "organisation", 4),
        Touch("lane", "organisation", 5),
        Touch("about", "organisation", 4),
    )

    record(
        "case.closed",
        subject=("case", 1),
        actor="import:2026-03",
        at=AT,
        touches=touches,
        code="land",
        quantity=-3,
        nature="actual",
        period="2026-03",
        definition="procedure:enterprise-request",
        edition="1.0",
        data={"result": "answered", "round": 1, "in_time": None},
        corrects=first.pk,
        origin="import",
        batch="2026-03",
    )

    kept = queries.entries_of(("case", 1))[1]
    columns = {field.attname: getattr(kept, field.attname) for field in Entry._meta.concrete_fields}
    assert columns.pop("recorded_at") > AT
    assert columns.pop("id") > first.pk
    assert columns == {
        "at": AT,
        "kind": "case.closed",
        "actor": "import:2026-03",
        "organisation_id": None,
        "subject_type": "case",
        "subject_id": 1,
        "seq": 2,
        "code": "land",
        "quantity": -3,
        "nature": "actual",
        "period": "2026-03",
        "definition": "procedure:enterprise-request",
        "edition": "1.0",
        "data": {"result": "answered", "round": 1, "in_time": None},
        "corrects_id": first.pk,
        "origin": "import",
        "batch": "2026-03",
    }
    assert [(touch.role, touch.type, touch.ref) for touch in kept.touches.all()] == [
        ("about", "organisation", 4),
        ("lane", "organisation", 5),
    ]
    assert [str(kept), str(kept.touches.all()[0])] == ["case.closed case:1#2", "about=organisation:4"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"kind": "case.exploded"}, "unknown-kind"),
        ({"actor": ""}, "bad-actor"),
        ({"actor": "person:0"}, "bad-actor"),
        ({"actor": "张三"}, "bad-actor"),
        ({"actor": None}, "bad-actor"),
        ({"actor": "import:" + "x" * 64}, "bad-actor"),
        ({"subject": ("", 1)}, "bad-subject"),
        ({"subject": ("case", 0)}, "bad-subject"),
        ({"subject": ("case", None)}, "bad-subject"),
        ({"subject": ("c" * 25, 1)}, "bad-subject"),
        ({"subject": None}, "bad-subject"),
        ({"touches": (Touch("about", "organisation", 0),)}, "bad-subject"),
        ({"touches": (Touch("关于", "organisation", 1),)}, "bad-subject"),
        ({"at": dt.datetime(2026, 3, 2, 10)}, "naive-time"),
        ({"at": None}, "naive-time"),
        ({"nature": "guess"}, "bad-column"),
        ({"quantity": 1.5}, "bad-column"),
        ({"quantity": True}, "bad-column"),
        ({"code": "张三说，他不满意。"}, "bad-column"),
        ({"batch": "x" * 41}, "bad-column"),
        ({"corrects": 0}, "bad-column"),
        ({"organisation_id": 0}, "bad-column"),
        ({"seq": 0}, "bad-column"),
        ({"data": {}}, "missing-field"),
        ({"data": {"note": 1, "why": 2}}, "unknown-field"),
    ],
)
def test_record_all_refuses_and_writes_nothing(wrong, code):
    with pytest.raises(LedgerError) as refused:
        record_all([noted(), noted(2, **wrong)])

    assert refused.value.code == code
    assert Entry.objects.count() == 0


def test_record_all_counts_within_each_subject():
    record_all([noted(1), noted(2)])

    written = record_all([noted(2), noted(1), noted(2), noted(3, seq=7), noted(3)])

    kept = Entry.objects.in_bulk([entry.pk for entry in written])
    assert [(kept[pk].subject_id, seq) for pk, seq in written] == [(2, 2), (1, 2), (2, 3), (3, 7), (3, 8)]
    assert [seqs(1), seqs(2), seqs(3)] == [[1, 2], [1, 2, 3], [7, 8]]


def test_record_all_of_nothing_writes_nothing():
    assert record_all([]) == []


def test_record_all_refuses_a_seq_that_does_not_rise():
    with pytest.raises(LedgerError) as refused:
        record_all([noted(seq=2), noted(seq=2)])

    assert refused.value.code == "seq-order"


def test_a_seq_somebody_else_took_is_told_as_such():
    record_all([noted()])

    with pytest.raises(SeqTaken) as refused, transaction.atomic():
        record_all([noted(2), noted(seq=1)])

    assert "请刷新页面" in refused.value.message
    assert Entry.objects.count() == 1


def test_record_all_raises_what_the_database_refuses_otherwise():
    class Twice(Touch):
        """Escapes the removal of doubles: each is another thing."""

        __eq__ = object.__eq__
        __hash__ = object.__hash__

    with pytest.raises(IntegrityError), transaction.atomic():
        record_all([noted(touches=(Twice("about", "organisation", 1), Twice("about", "organisation", 1)))])

    assert Entry.objects.count() == 0


def test_entries_of_takes_two_queries(django_assert_num_queries):
    record_all([noted(touches=(Touch("about", "organisation", n),)) for n in range(1, 4)] + [noted(2)])

    with django_assert_num_queries(2):
        read = [
            (entry.seq, [touch.ref for touch in entry.touches.all()])
            for entry in queries.entries_of(("case", 1))
        ]

    assert read == [(1, [1]), (2, [2]), (3, [3])]


def test_touching_finds_by_thing_and_role():
    record_all(
        [
            noted(1, touches=(Touch("about", "organisation", 4), Touch("lane", "organisation", 4))),
            noted(2, touches=(Touch("lane", "organisation", 4),)),
            noted(3, touches=(Touch("about", "organisation", 5),)),
        ]
    )

    found = {
        role: [entry.subject_id for entry in queries.touching("organisation", 4, role=role)]
        for role in ("", "about")
    }

    assert found == {"": [1, 2], "about": [1]}


def test_last_seqs_answers_for_many_subjects_at_once():
    record_all([noted(n) for n in range(1, 1001)] + [noted(5)])

    last = queries.last_seqs([("case", n) for n in range(1, 1002)])

    assert (len(last), last["case", 5], last["case", 1000], ("case", 1001) in last) == (1000, 2, 1, False)
