import datetime as dt
import pytest
from ronghe.ledger import domain, queries
from ronghe.ledger.domain import Draft, Touch
pytestmark = [pytest.mark.db, pytest.mark.django_db]
def test_it():
    at = dt.datetime(2026,1,1,tzinfo=dt.UTC)
    e = domain.record("case.opened", subject=("case", 1), actor="system:x", at=at, data={"number": "QY2026-000001", "edition_id": 3, "limit": "5 工作日", "due": "2026-01-09T18:00:00+08:00", "channel":"来信", "clock":"running"}, touches=(Touch("about","organisation",3),))
    f = domain.record("case.noted", subject=("case", 1), actor="system:x", at=at, data={"note":1})
    assert (e.seq, f.seq) == (1, 2)
    assert domain.sequence() == 2
    assert domain.sequence() == 2
    print([ (x.kind, x.touches.all()) for x in queries.entries_of(("case",1))])
