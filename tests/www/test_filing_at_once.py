"""Two presses of one button that reach two workers at the same moment."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection
from django.test import Client

from ronghe.casework.models import Case, Numbering
from ronghe.ledger.models import Entry
from ronghe.organisations.models import Identity
from tests.city import build_city

pytestmark = [pytest.mark.page, pytest.mark.both, pytest.mark.django_db(transaction=True)]


def test_two_submits_at_once_make_one_case():
    if connection.vendor != "postgresql":
        pytest.skip("an in-memory SQLite database has one writer by its nature")
    city = build_city()
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(city.accounts["分办甲"])
    sent = {
        "submission": str(uuid.uuid4()),
        "channel": "window",
        "detail": "小区门口的路灯坏了三个月。",
        "name": "王某",
        "phone": "13800138000",
    }
    gate, answers = threading.Barrier(2), []

    def press(client: Client) -> None:
        try:
            gate.wait(30)
            answers.append(client.post("/desk/file/resident-message/", sent))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    case = Case.objects.get()
    assert [answer["Location"] for answer in answers] == [f"/desk/file/slip/{case.number}/"] * 2
    assert Entry.objects.filter(kind="case.opened").count() == Identity.objects.count() == 1
    assert Numbering.objects.get(prefix=case.number[:7]).last == 1
