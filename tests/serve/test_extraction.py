"""One request at a time: others wait or are refused, and a worker that hangs or dies costs one request."""

import asyncio
import time
from collections.abc import Callable

import pytest

from pipeline.serve.extraction import Extraction, Results
from pipeline.serve.problems import Refusal
from pipeline.serve.worker import ArticleIn, Job
from pipeline.settings import Settings

Make = Callable[..., Extraction]


async def _here() -> bool:
    return False


async def _gone() -> bool:
    return True


def job(*texts: str) -> Job:
    return tuple(ArticleIn(text=text) for text in texts)


def states(found: Results) -> list[str]:
    return [outcome.state for outcome in found.outcomes]


def test_a_worker_that_hangs_dies_or_is_killed_costs_one_request(extraction: Make) -> None:
    one = extraction(timeout=10.0)
    found = [one.results_now(job("a", "bad", "b")), one.results_now(job("c"))]
    assert [states(each) for each in found] == [["done", "failed", "done"], ["done"]]
    assert len({outcome.id.split("-")[0] for each in found for outcome in each.outcomes}) == 1  # of one process
    assert one.state == "ready"
    one.timeout = 0.5
    begun = time.monotonic()
    slow = one.results_now(job("a", "slow", "b"))
    assert time.monotonic() - begun < 5
    one.timeout = 10.0
    for stopped, status, why in (
        (slow, 504, "longer than 0.5 seconds"),
        (one.results_now(job("a", "die")), 500, "code 3"),
    ):
        assert states(stopped) == ["done"]
        assert stopped.stopped is not None
        assert (stopped.stopped.status, why in stopped.stopped.detail) == (status, True)
    assert states(one.results_now(job("b"))) == ["done"]
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
