"""An article under review, its files, and how its review goes on with a newer record.

Journal, decisions, draft and gold are files of their own, and a process can end between writing any two. The journal
decides: the others are made to match it. Gold that was changed outside the review is never overwritten.

A newer record matters where it reopens what was accepted. In the same text only the reopened commitments take the new
values; all else stays as the reviewer left it. In another text the review goes on from the new record, and takes over
every decision that still holds, with the corrected values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.errors import ArticleError
from pipeline.gold.check import problems
from pipeline.gold.folder import as_gold
from pipeline.publish.report.article import article as view
from pipeline.record import Commitment, Record, digest
from pipeline.review.accepted.carrying import Compared, Stated, carried, compare, gone_from, matches, text_changes
from pipeline.review.accepted.decisions import (
    ACCEPTED,
    COLUMNS,
    DECISIONS,
    Row,
    changed,
    clipped,
    name_of,
    row_of,
    rows_of,
)
from pipeline.review.edits.progress import (
    Base,
    Decision,
    Progress,
    Step,
    accepted,
    after,
    agreed,
    based_on,
    decided,
    notes,
    renewed,
)
from pipeline.review.edits.working import Refused, Signature, State, Verdict, part_of, rests_on
from pipeline.review.page import journal
from pipeline.review.page.folder import DRAFTS, GOLD, REVIEW, Folder, digest_of

SAME_TEXT = "the records hold new values of what you accepted: those commitments show them and are to be decided again"
OTHER_TEXT = (
    "the records hold another text of this article: the review goes on with it. Decisions that still hold are kept; "
    "corrections of mentions, names and relations are not"
)


@dataclass
class Article:
    """`written`: digests of the files that were written, by line of the journal; `notes`: messages for the reviewer.

    `pending`: lines that the journal gets before the next decision.
    """

    progress: Progress
    written: list[journal.Digests]
    pending: list[journal.Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.progress.base.record.article.id

    def body(self) -> dict[str, Any]:
        """What a page shows; `notes`: what the gold cannot hold, and what the reviewer should check."""
        progress, state = self.progress, self.progress.state
        seen, decisions = view(state.record), {row.commitment: row for row in decided(progress.base, state)}
        for row in seen["commitments"]:
            one = decisions.get(row["id"])
            made = {"decision": name_of(one), "by": one.reviewer, "at": one.time} if one and one.decision else None
            row.update(decision=made, reopened=one and one.reopened)
        return {
            "record": state.record.model_dump(mode="json", by_alias=True),
            "view": seen,
            "accepted": sorted(state.accepted),
            "version": progress.version,
            "can_undo": progress.can_undo,
            "can_redo": progress.can_redo,
            "state": progress.status,
            "notes": [*self.notes, *notes(state.kept)],
        }

    def decide(self, folder: Folder, decision: Decision, signature: Signature) -> None:
        """Makes a decision, which is on disk when this returns.

        Raises Refused if it cannot be made, ArticleError if the gold was changed outside the review, OSError if it
        cannot be saved.
        """
        self._require_own(folder)
        self._keep(folder, after(self.progress, decision, signature), decision, signature)

    def agree(self, folder: Folder, at: float, time: str) -> None:
        """Accepts the rows of this `row_confidence` by agreement, and no others; raises as `decide`."""
        self._require_own(folder)
        made = agreed(self.progress, at, time)
        if made.steps != self.progress.steps:
            self._keep(folder, made, {"do": journal.AGREE, "at": at}, Signature(at=time))

    def _keep(self, folder: Folder, made: Progress, decision: Decision, signature: Signature) -> None:
        files, path = _files(made), folder.file(REVIEW, self.id)
        line = {"version": made.version, "time": signature.at, "reviewer": signature.by, **decision, **_digests(files)}
        is_new = not path.exists()
        journal.append(path, *self.pending, line)
        self.progress, self.pending, self.written = made, [], [*self.written, journal.digests(line)]
        if is_new:
            folder.sync(path.parent)
        self._write(folder, files)

    def renew(self, record: Record) -> bool:
        """Goes on from a newer record, with the next decision, if that reopens something; whether it does.

        Raises ArticleError where the record is damaged.
        """
        step, found = renewal(Step(self.progress.base, self.progress.state), record)
        if step is None:
            return False
        self.progress, self.notes = renewed(self.progress, step), found
        line = {"version": self.progress.version, **journal.renewal(step), **_digests(_files(self.progress))}
        self.pending.append(line)
        return True

    def recover(self, folder: Folder) -> None:
        """Makes the other files match the journal. Raises ArticleError if the gold was changed outside the review."""
        self._require_own(folder)
        if self.progress.version and not is_consistent(folder, self.id, self.progress.finished, self.written[-1]):
            self._write(folder, _files(self.progress))

    def _require_own(self, folder: Folder) -> None:
        path = folder.file(GOLD, self.id)
        known = (line["gold"] for line in self.written)
        if digest_of(path) not in (None, *known, digest(_gold(self.progress))):
            moved = f"move {folder.file(REVIEW, self.id)} away to continue from it"
            raise ArticleError(str(path), f"was changed outside the review; {moved}")

    def _write(self, folder: Folder, files: Files) -> None:
        """Writes the line of articles.jsonl before the gold and a draft after it: no draft is ever read as gold."""
        if self.progress.finished:
            folder.put_row(self.progress.base.record)
        for part, text in files.items():
            path = folder.file(part, self.id)
            if text is None:
                path.unlink(missing_ok=True)
            elif digest_of(path) != digest(text):
                folder.put(path, text)


Files = dict[str, str | None]  # texts by the part of the folder, in the order of writing; None for no file


def _files(progress: Progress) -> Files:
    """The files of an article. Raises Refused if its gold is not valid."""
    rows, gold = decided(progress.base, progress.state), _gold(progress)
    record = accepted(progress.state, rows)
    return {
        DECISIONS: "".join(row.to_json() + "\n" for row in rows) or None,
        ACCEPTED: record.to_json() + "\n" if record else None,
        GOLD: gold if progress.finished else None,
        DRAFTS: None if progress.finished else gold,
    }


def _gold(progress: Progress) -> str:
    """The gold of the present state. Raises Refused if it is not valid."""
    if wrong := problems(progress.state.record):
        raise Refused(wrong[0])
    return as_gold(progress.state.kept).to_json() + "\n"


def _digests(files: Files) -> dict[str, str]:
    """The digests of a line of the journal."""
    texts = {GOLD: files[GOLD] or files[DRAFTS], DECISIONS: files[DECISIONS], ACCEPTED: files[ACCEPTED]}
    return {name: digest(text) for name, text in texts.items() if text is not None}


def is_consistent(folder: Folder, name: str, finished: bool, written: journal.Digests) -> bool:
    """Whether the files of an article match digests of the journal."""
    part, other = (GOLD, DRAFTS) if finished else (DRAFTS, GOLD)
    now = {GOLD: folder.file(part, name), **{part: folder.file(part, name) for part in (DECISIONS, ACCEPTED)}}
    return {part: digest_of(path) for part, path in now.items()} == written and not folder.file(other, name).exists()


def renewal(step: Step, record: Record) -> tuple[Step | None, list[str]]:
    """How the review goes on with a newer record, and messages for the reviewer; None if that reopens nothing.

    Raises ArticleError where the record is damaged.
    """
    article = record.article
    compared = compare(decided(*step), article.text, article.sha256, rows_of(record))
    if not any(one.changes and one.reopened for one in compared):
        return None, []
    new = based_on(record)
    if article.sha256 == step.state.record.article.sha256:
        made, messages = _in_same_text(step, record, compared), [SAME_TEXT]
    else:
        made, messages = _in_other_text(new, step.state, compared)
    if wrong := problems(made.state.record):
        raise ArticleError(article.id, f"the new record cannot be reviewed: {wrong[0]}; extract it again")
    return made, messages


def _in_same_text(step: Step, record: Record, compared: list[Compared]) -> Step:
    state, target = step.state, step.state.record
    verdicts, ticks = dict(state.verdicts), state.accepted
    for one in compared:
        name, reason = one.decided.commitment, one.reopened
        if not one.changes or reason is None:
            continue
        if one.commitment:
            target = _with_new_values(target, name, record, part_of(record, one.commitment), one.decided.before)
        verdicts[name] = state.verdicts[name]._replace(decision=None, reopened=reason)
        ticks = frozenset(tick for tick in ticks if tick != name and not tick.startswith(f"{name} "))
    own, new = rows_of(state.record), rows_of(record)
    stated = [[Stated(record.article.sha256, row) for row in rows.values()] for rows in (own, new)]
    seen = {name: list(new.values())[n] for name, n in zip(own, matches(*stated), strict=True) if n is not None}
    return Step(replace(step.base, record=record, seen=seen), State(target, ticks, verdicts))


def _with_new_values(target: Record, name: str, record: Record, now: Commitment, before: Row | None) -> Record:
    """The target with the new values of a commitment; a field that is as before stays as a person left it."""
    whole = carried(target, record, now, name)
    if whole is None:
        return target
    row, own = row_of(record, now), part_of(target, name)
    same = [column.field for column in COLUMNS if before is not None and column.of(row) == column.of(before)]
    merged = part_of(whole, name).model_copy(update={column: getattr(own, column) for column in same})
    left = [merged if one.id == name else one for one in whole.commitments]
    return whole.model_copy(update={"commitments": left})


def _in_other_text(base: Base, state: State, compared: Sequence[Compared]) -> tuple[Step, list[str]]:
    target, verdicts, ticked, messages = base.record, dict[str, Verdict](), list[str](), [OTHER_TEXT]
    seen, article = dict(base.rows), base.record.article
    for one in compared:
        was, name = one.decided, one.commitment
        holds = not one.changes and not one.reopened
        if not holds and was.decision in ("rejected", "unsure"):
            continue  # to be decided on again
        if holds or name is None:
            whole = carried(target, state.record, part_of(state.record, was.commitment), name)
            if whole is None:
                changes = "; ".join(one.changes)
                messages.append(f"{was.decision or 'reopened'}: {clipped(was.row.trigger.text)}: {changes}")
                continue
            name = name or whole.commitments[-1].id
            target = whole
        verdict = state.verdicts[was.commitment]
        if holds:
            ticked += [name] if state.verdicts[was.commitment].agreement is None else []
        else:
            now = row_of(target, part_of(target, name))
            gone = gone_from(was, article.text, article.sha256)
            why = "; ".join([*changed(now, was.row), *text_changes(now, gone)]) or one.reopened
            verdict = verdict._replace(decision=None, reopened=why)
        verdicts[name] = verdict
        if was.before is None:
            seen.pop(name, None)
    ticks = {tick for name in ticked for tick in rests_on(target, part_of(target, name))}
    return Step(replace(base, seen=seen), State(target, frozenset(ticks), verdicts)), messages
