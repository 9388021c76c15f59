"""One request at a time: others wait or are refused, and a worker that hangs or dies costs one request."""

import asyncio
import time
from collections.abc import Callable

import pytest

from pipeline.serve.extraction import Extraction, Results
from pipeline.serve.problems import Refusal
from pipeline.serve.worker import Job, Row
from pipeline.settings import Settings

Make = Callable[..., Extraction]


async def _here() -> bool:
    return False


async def _gone() -> bool:
    return True


def job(*texts: str) -> Job:
    return tuple(map(Row, texts))


def states(found: Results) -> list[str]:
    return [outcome.state for outcome in found.outcomes]


def test_outcomes_come_in_order_and_from_one_process(extraction: Make) -> None:
    one = extraction()
    found = [one.results_now(job("a", "bad", "b")), one.results_now(job("c"))]
    assert [states(each) for each in found] == [["done", "failed", "done"], ["done"]]
    assert len({outcome.id.split("-")[0] for each in found for outcome in each.outcomes}) == 1
    assert one.state == "ready"


def test_what_takes_too_long_is_stopped_and_the_next_is_read(extraction: Make) -> None:
    one = extraction(timeout=10.0)
    one.results_now(job("a"))
    one.timeout = 0.5
    begun = time.monotonic()
    found = one.results_now(job("a", "slow", "b"))
    assert time.monotonic() - begun < 5
    assert states(found) == ["done"]
    assert found.stopped is not None
    assert (found.stopped.status, "longer than 0.5 seconds" in found.stopped.detail) == (504, True)
    one.timeout = 10.0
    assert states(one.results_now(job("c"))) == ["done"]


def test_a_worker_that_dies_costs_one_request(extraction: Make) -> None:
    one = extraction()
    found = one.results_now(job("a", "die"))
    assert states(found) == ["done"]
    assert found.stopped is not None
    assert (found.stopped.status, "exit code 3" in found.stopped.detail) == (500, True)
    assert states(one.results_now(job("b"))) == ["done"]


def test_a_worker_that_was_killed_while_it_had_no_work_costs_nothing(extraction: Make) -> None:
    one = extraction()
    one.results_now(job("a"))
    assert one._process is not None
    one._process.process.kill()
    one._process.process.join()
    assert states(one.results_now(job("b"))) == ["done"]


def test_a_worker_that_cannot_start_says_why(extraction: Make) -> None:
    one = extraction(settings=Settings(batch_size=0))
    asyncio.run(one.warm())
    assert one.state == "failed"
    with pytest.raises(Refusal, match=r"could not be started: no models; run `corridor doctor`"):
        one.results_now(job("a"))


def test_others_wait_and_too_many_are_refused(extraction: Make) -> None:
    one = extraction(timeout=1.0, waiting=1)

    async def crowd() -> list[Results | BaseException]:
        await one.warm()
        first = asyncio.create_task(one.results(job("slow"), _here))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(one.results(job("a"), _here))
        await asyncio.sleep(0.1)
        assert (one.state, one.waiting) == ("busy", 1)
        third = one.results(job("b"), _here)
        return await asyncio.gather(first, second, third, return_exceptions=True)

    first, second, third = asyncio.run(crowd())
    assert isinstance(first, Results)
    assert first.stopped is not None
    for refused, why in ((second, "its turn did not come"), (third, "1 request already waiting")):
        if isinstance(refused, Refusal):  # the second may have had its turn in time
            assert (refused.status, why in refused.detail) == (503, True)
            assert refused.retry_after is not None
            assert 1 <= refused.retry_after <= 60
        else:
            assert refused is second
    assert one.waiting == 0


def test_nobody_waits_for_it_any_more(extraction: Make) -> None:
    one = extraction()
    assert asyncio.run(one.results(job("slow"), _gone)) == Results([])


def test_closing_ends_the_work(extraction: Make) -> None:
    one = extraction()

    async def closed() -> None:
        await one.warm()
        work = asyncio.create_task(one.results(job("slow"), _here))
        await asyncio.sleep(0.2)
        one.close()
        with pytest.raises(Refusal, match="the server is stopping"):
            await work

    asyncio.run(asyncio.wait_for(closed(), 15))
