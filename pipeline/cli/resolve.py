"""The commands `corridor resolve`, `diff` and `match`: records as knowledge, what changed in it, what else lists it."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

from pipeline.atomic import whole_file
from pipeline.cli.console import ALERTS, SOME_FAILED, exit_if, located_records, notices, refuse, say, sound_records
from pipeline.cli.options import SecondReader, Today, day, day_or_folder, grouped, is_day
from pipeline.errors import ArticleError, number_of
from pipeline.knowledge.activities import NoActivity
from pipeline.knowledge.activity_files import read_all
from pipeline.knowledge.activity_matcher import match as candidates_of
from pipeline.knowledge.alerts import alerts, post, read_rules, require_address
from pipeline.knowledge.changes import Change, changes, ordered
from pipeline.knowledge.changes import since as first_reported
from pipeline.knowledge.decisions import Decision, idle, make_file, merged, read_decisions, read_matches, write_matches
from pipeline.knowledge.folder import Knowledge, of_folder, read, write
from pipeline.knowledge.judge import blocks, judge
from pipeline.knowledge.resolve import before
from pipeline.knowledge.resolve import resolve as resolved
from pipeline.llm.prompt import tokens_of
from pipeline.llm.read import METHOD
from pipeline.publish.integrity import defect
from pipeline.publish.report import changes as texts
from pipeline.records import STANDARD
from pipeline.seeds import table

NAMED = 5  # damaged rows that are named
Form = Literal["text", "json", "csv"]
To = Annotated[Form, Option(help="Form of the list of changes.")]
Html = Annotated[str | None, Option(help='Also write the page "What is new" to this HTML file.')]


@dataclass
class News:
    """Which changes are shown. Raises SetupError where the rules or the address are wrong, before anything is done."""

    alerts: Annotated[
        Path | None, Option(help="YAML rules: list only changes that meet one. Exit code 3 if there are any.")
    ] = None
    webhook: Annotated[
        str | None, Option(help="With --alerts: POST the alerts as JSON to this http(s) address, if there are any.")
    ] = None

    def __post_init__(self) -> None:
        refuse((self.webhook and not self.alerts, "--webhook sends alerts; name their rules with --alerts"))
        if self.webhook is not None:
            require_address(self.webhook)
        self._rules = read_rules(self.alerts) if self.alerts else None

    def show(
        self,
        changed: Sequence[Change],
        knowledge: Knowledge,
        to: Form = "text",
        html: str | None = None,
        out: str = STANDARD,
    ) -> int:
        """Writes the changes, or with rules the alerts among them, and if wanted a page. Returns the exit code."""
        shown = list(changed) if self._rules is None else list(alerts(changed, self._rules, knowledge))
        with whole_file(out) as file:
            if to == "csv":
                texts.write_csv(shown, file)
            elif to == "json":
                rows = [row.model_dump(mode="json") for row in shown]
                file.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
            else:
                file.write(texts.text(shown))
        if html:
            with whole_file(html) as file:
                file.write(texts.page(shown))
        say(number_of(len(shown), "change" if self._rules is None else "alert"))
        if self._rules is None or not shown:
            return 0
        failure = post(self.webhook, shown) if self.webhook else None
        if failure:
            say(failure)
        return SOME_FAILED if failure else ALERTS


@grouped
def resolve(
    records: Annotated[list[str], Argument(help="Records: files, run folders, or - for standard input.")],
    out: Annotated[Path, Option("-o", "--out", help="Knowledge folder, created or extended.")],
    *,
    since: Annotated[
        str | None,
        Option(
            callback=day_or_folder,
            help="Print what changed since a day (2025-06-01), since another knowledge folder, or, with the folder of "
            "-o, by these records.",
        ),
    ] = None,
    to: To = "text",
    html: Html = None,
    news: News,
    today: Today = None,
    reader: Annotated[
        Literal["llm"] | None,
        Option(help="llm: a language model says which acts that sums count are one act, parts, stages or none."),
    ] = None,
    second: SecondReader,
) -> None:
    """Gather the actors, projects and commitments of many articles under lasting ids.

    Ids in the folder do not change. Pairs that may be the same are written to proposals.jsonl; your decisions, in
    decisions.csv, are applied in every run. What a language model said (--reader llm) stays in judgements.jsonl.

    Example: corridor resolve records.jsonl -o knowledge
    """
    asked = html or news.alerts or news.webhook or today or to != "text"
    refuse((asked and not since, "--to, --html, --alerts, --webhook and --today are for changes; add --since"))
    other = since and not is_day(since) and Path(since).resolve() != out.resolve()
    old = of_folder(since) if since and other else None
    decisions, failed = read_decisions(out), list[ArticleError]()
    second.require_client() if reader else second.refuse_alone("--reader llm")
    known, now = gather(records, out, decisions, failed)
    whole = True
    if reader:
        now, whole = _judged(now, out, decisions, second)
    code = news.show(news_since(since, old or known, now, decisions, today), now, to, html) if since else 0
    exit_if(code, code)
    exit_if(failed or not whole)


def _judged(known: Knowledge, out: Path, decisions: Sequence[Decision], second: SecondReader) -> tuple[Knowledge, bool]:
    """The knowledge as a language model sees its sums, and whether all was asked. Writes the folder."""
    if second.dry_run:
        asked = list(blocks(known))
        tokens = number_of(sum(map(tokens_of, asked)), "token")
        say(f"{number_of(len(asked), 'call')} of about {tokens} would compare acts; nothing was asked")
        return known, True
    with second.asker(out) as asker:
        found = judge(known, asker, f"{METHOD}{asker.endpoint.model}")
        whole = second.summarize(asker, quiet=False, kept="sums stay as the rules have them")
        before = known.judgements if asker.ledger.unread or asker.ledger.left else []
    known.judgements = list(dict.fromkeys([*found, *before]))
    known = resolved([], known, decisions)
    write(known, out)
    say(f"{number_of(len(known.judgements), 'judgement')} on sums in {out}")
    return known, whole


def gather(
    records: list[str], out: Path, decisions: Sequence[Decision], failed: list[ArticleError]
) -> tuple[Knowledge, Knowledge]:
    """Adds records to a knowledge folder; returns what it said before and what it says now.

    Records that cannot be used are named and appended to `failed`. Raises SetupError where the folder is damaged or
    cannot be written.
    """
    known = read(out)
    located = chain.from_iterable(map(located_records, records))
    now = resolved(sound_records(located, failed, defect), known, decisions)
    write(now, out)
    make_file(out)
    for decision in idle(now.links, decisions):
        say(f"{out}: {decision.decision} {decision.one} {decision.other}: there is no such id; correct decisions.csv")
    counts = ", ".join(number_of(len(getattr(now, f"{name}s")), name) for name in ("actor", "project", "commitment"))
    undecided = sum(proposal.decided is None for proposal in now.proposals)
    say(
        f"{counts} of {number_of(len(now.articles), 'article')} in {out}; "
        f"{number_of(len(now.disagreements), 'disagreement')}, {number_of(undecided, 'proposal')} to decide"
    )
    return known, now


def news_since(
    since: str, old: Knowledge, now: Knowledge, decisions: Sequence[Decision], today: str | None
) -> list[Change]:
    """The changes since a day and on pages that have changed since the older state, or all since that state."""
    every = changes(old, now, today)
    if not is_day(since):
        return every
    later = first_reported(changes(before(now, since, decisions), now, today), since)
    return ordered([*later, *(change for change in every if change.revised)])


@grouped
def diff(
    old: Annotated[Path, Argument(help="Knowledge folder of before.")],
    new: Annotated[Path, Argument(help="Knowledge folder of now.")],
    *,
    to: To = "text",
    out: Annotated[str, Option("-o", "--out", help="File for the list; - for standard output.")] = "-",
    html: Html = None,
    since: Annotated[
        str | None, Option(callback=day, help="Only what was first reported on this day or later, such as 2025-06-01.")
    ] = None,
    news: News,
    today: Today = None,
) -> None:
    """List the commitments that are new, changed, contradicted, completed or overdue, with the words that say so.

    Example: corridor diff monday knowledge
    """
    now = of_folder(new)
    every = changes(of_folder(old), now, today)
    code = news.show(first_reported(every, since) if since else every, now, to, html, out)
    exit_if(code, code)


def match(
    knowledge: Annotated[
        str, Argument(help="Knowledge folder of `corridor resolve`; or records, which are resolved for this.")
    ],
    against: Annotated[
        list[Path], Option(help="List of activities: AidData or IATI as CSV, XLSX, JSONL or IATI XML; repeatable.")
    ],
    out: Annotated[
        Path, Option("-o", "--out", help="CSV to write; decisions in it are kept, new candidates are added.")
    ],
    ids: Annotated[
        Literal["iati", "aiddata", "other"] | None,
        Option(help="Whose ids the lists have.", show_default="by columns and form of ids"),
    ] = None,
    score: Annotated[
        float | None, Option(min=0, max=1, help="Lowest score of a candidate.", show_default="seeds/match.yaml")
    ] = None,
    most: Annotated[int, Option(min=1, help="Most candidates of a project or commitment.")] = 5,
) -> None:
    """Find the activities of AidData or IATI that projects and commitments of the news are, for a person to accept.

    Write accept or reject into the column `decision` and run it again as often as you like. `corridor export
    --knowledge KNOWLEDGE --matches FILE` writes the ids that were accepted.

    Example: corridor match knowledge --against activities.xml -o matches.csv
    """
    is_list = out.resolve() in {path.resolve() for path in against}
    refuse((is_list, f"{out}: is a list of activities; name another file with -o"))
    old = read_matches(out) if out.exists() else []
    failed, damaged, empty = list[ArticleError](), list[ArticleError](), 0
    is_folder = (Path(knowledge) / "links.jsonl").is_file()
    sound = sound_records(located_records(knowledge), failed, defect)
    known = read(Path(knowledge)) if is_folder else resolved(sound, Knowledge())

    def skip(error: ArticleError) -> None:
        nonlocal empty
        if isinstance(error, NoActivity):
            empty += 1
            return
        damaged.append(error)
        if len(damaged) <= NAMED:
            say(str(error))

    activities = read_all(against, notices(), skip, ids)
    if damaged[NAMED:]:
        say(f"and {number_of(len(damaged) - NAMED, 'more damaged row')}")
    if empty:
        say(f"{number_of(empty, 'row')} without an id or a title left out")
    refuse((not activities, f"{', '.join(map(str, against))}: no activity has an id and a title"))
    lowest = table("match.yaml")["propose"] if score is None else score
    rows = merged(old, candidates_of(known, activities, lowest, most), [str(path) for path in against])
    write_matches(rows, str(out))
    alive = {link.entity for link in known.links} | {link.given for link in known.links if link.given}
    decisions, subjects = Counter(row.decision for row in rows), list(dict.fromkeys(row.lasting_id for row in rows))
    if gone := [name for name in subjects if name not in alive]:
        lost = number_of(len(gone), "lasting id")
        say(f"{out}: {lost} with decisions not in this knowledge, such as {gone[0]}; kept")
    say(
        f"{number_of(len(rows), 'candidate')} for {number_of(len(subjects), 'lasting id')} among "
        f"{number_of(len(activities), 'activity', 'activities')} in {out}; "
        f"{decisions['accept']:,} accepted, {decisions['reject']:,} rejected, {decisions['']:,} to decide"
    )
    exit_if([*failed, *damaged])
