"""Articles on acts at all stages: a port that is being built, a late gift, a silent railway, two rival sums."""

from knowledge.resolve.flows import flow, report, said

from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.record import Record

TODAY = "2025-06-05"  # the day of the latest article
PORT, GIFT, RAIL = flow("loan", "wb", "ken"), flow("grant", "chn", "ken"), flow("loan", "exim", "ken")


def port(id: str, day: str, status: str, words: str) -> Record:
    return report(id, said(words, PORT, "USD 3e8", status=status, projects=["port"]), day=day)


def of_port() -> list[Record]:
    """The loan for the port, from promise to work, the agreement in two outlets."""
    return [
        port("p1", "2025-01-10", "pledged", "The World Bank promised Kenya $300 million for berths at Lamu Port."),
        port("p2", "2025-02-05", "agreed", "Kenya and the World Bank signed the $300 million loan for Lamu Port."),
        port("p3", "2025-02-06", "agreed", "The $300 million loan for berths at Lamu Port was signed."),
        port(
            "p4", "2025-03-20", "underway", "Work on the berths at Lamu Port, with $300 million of the Bank, has begun."
        ),
    ]


def all_acts() -> list[Record]:
    tractors = "China will give Kenya tractors worth $20 million by June 2024."
    rails = "China Exim Bank signed a loan of $2 billion for the Voi railway."
    rollover = "Chinese banks will renew a credit line of $2.1 billion for Kenya, the treasury said."
    rival = "Kenya expects Chinese banks to renew the credit line of $2 billion."
    credit = {"status": "agreed"}
    return [
        *of_port(),
        report("gift", said(tractors, GIFT, "USD 2e7", status="pledged", dates=["2024-06"]), day="2024-01-15"),
        report("rail", said(rails, RAIL, "USD 2e9", projects=["rail"]), day="2024-03-01"),
        report("x", said(rollover, flow("rollover", "chn", "ken"), "USD 2.1e9", **credit), day="2025-06-03"),
        report("y", said(rival, flow("loan", "banks", "ken"), "USD 2e9", **credit), day=TODAY),
    ]


def known() -> Knowledge:
    """The knowledge folder of all these articles."""
    return resolve(all_acts(), Knowledge())
