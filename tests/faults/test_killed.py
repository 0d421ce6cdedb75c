"""`kill -9` of web workers and of the background process while people write: nothing lost, nothing twice, work goes on."""

import os
import signal
import time

import pytest

from tests.faults.promised import NOTHING, hand_all_over, kept, wait_until_ordered
from tests.faults.serving import busy

pytestmark = [pytest.mark.db, pytest.mark.both]

ROUNDS, ANSWERS = int(os.environ.get("RONGHE_KILLS", "20")), 3
LONGEST = 300.0  # on a busy machine; alone it takes a fifth of that


def test_twenty_rounds_of_kill_9_lose_nothing_and_double_nothing(service, tokens):
    killed = []
    with busy(service, tokens, people=4) as told:
        began = time.monotonic()
        for number in range(ROUNDS):
            await_answers(told, told.count + ANSWERS, began + LONGEST)
            worker = service.workers()[0]
            os.kill(worker, signal.SIGKILL)
            killed.append(worker)
            if number % 3 == 0:
                service.work.send_signal(signal.SIGKILL)
                service.work.wait(10)
                service.start_work()
        await_answers(told, told.count + ANSWERS, began + LONGEST + 30)

    assert len(set(killed)) == ROUNDS
    assert kept(told) == NOTHING
    assert wait_until_ordered(60) == 0
    service.stop()
    assert hand_all_over() == 0


def await_answers(told, count, until):
    while told.count < count:
        assert time.monotonic() < until, f"{told.count} answers, {told.repeated} repeated, {told.wrong[:2]}"
        time.sleep(0.02)
