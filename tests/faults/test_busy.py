"""Eight people write at once on either database: no error, nothing lost, nothing twice."""

import json
import time

import pytest

from ronghe.definitions.models import Edition
from tests.faults.promised import NOTHING, hand_all_over, kept, wait_until_ordered
from tests.faults.serving import busy

pytestmark = [pytest.mark.db, pytest.mark.both]

SECONDS = 6.0


def test_a_definition_published_by_another_process_is_seen_by_every_worker_within_a_second(service, tokens):
    def titles():
        told = [service.get("/procedures", tokens["public"]) for _ in range(12)]
        return {one["title"] for each in told for one in each["items"] if one["code"] == "resident-message"}

    before = titles()
    edition = Edition.objects.filter(kind="procedure", code="resident-message").latest("effective")
    edition.pk, edition.edition, edition.hash, edition.title = None, "next", "e" * 64, "市民来信"
    edition.effective = edition.effective.replace(day=2)
    edition.body = json.dumps(
        {**json.loads(edition.body), "title": "市民来信", "effective": str(edition.effective)}
    )
    edition.save(force_insert=True)
    time.sleep(1.1)

    assert (before, titles()) == ({"群众留言"}, {"市民来信"})


def test_eight_people_at_once_get_no_error_and_lose_nothing(service, tokens):
    with busy(service, tokens, people=8) as told:
        time.sleep(SECONDS)

    assert told.count > 8
    assert kept(told) == NOTHING
    assert wait_until_ordered(60) == 0
    service.stop()
    assert hand_all_over() == 0
