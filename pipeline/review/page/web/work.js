"use strict";
/* The article and all decisions on it, for the parts of the page. */
{
  const { useMemo, useState, go, known, within, described, fieldsOf, put, offsetsIn, everything } = corridor;
  const { decisionsOf, progressOf, deciding, moveOn } = corridor;

  /* The id of the part that a decision added. */
  function fresh(before, { record }) {
    const known = new Set(everything(before));
    return everything(record).find((id) => !known.has(id)) ?? null;
  }

  const upper = (text) => text[0].toUpperCase() + text.slice(1);

  /* Whether the focus has not gone on to another card while a decision was saved. */
  function isStillAt(id) {
    const card = document.activeElement.closest(".panel .card");
    return card === null || card.dataset.id === id;
  }

  function edits({ session, index, accepted, focus, within: values }) {
    const describe = (id) => described(known(session.body.view, index), id);
    const name = (id) => upper(describe(id));
    const valued = (id) => corridor.valued(known(session.body.view, index), id);
    const acceptAll = (ids, message) => session.decide({ do: "accept_all", ids }, message);
    const decide = deciding({ session, name });
    const accept = (id) => {
      const left = (values.get(id) ?? [id]).filter((one) => !accepted.has(one));
      if (!left.length) corridor.announce(`${name(id)} is accepted already.`);
      else if (left.length === 1) session.decide({ do: "accept", id: left[0] }, `${name(id)} accepted`);
      else acceptAll(left, `${name(id)} accepted with all its values`);
      return true;
    };
    const remove = (id) => {
      session.decide({ do: "remove", id }, `${name(id)} removed`);
      return true;
    };
    /* A form that changed nothing accepts what it shows; a commitment is decided on as a whole. */
    const leave = (id) => (/^c\d+( |$)/.test(id) ? true : accept(id));
    const set = (id, fields) =>
      Object.keys(fields).length ? session.decide({ do: "set", id, fields }, `${name(id)} changed`) : leave(id);
    /* The id of what was added, null if it was not. */
    const added = async (what, fields) => {
      const before = session.body.record;
      const body = await session.decide({ do: "add", what, fields }, `${upper(what)} added`);
      return body && fresh(before, body);
    };
    const add = async (what, fields) => {
      const id = await added(what, fields);
      if (id) focus(id);
      return id;
    };
    const fill = async (commitment, slot, value) => {
      const id = `${commitment} ${slot} ${value}`;
      const body = await session.decide(put(commitment, slot, value), `${name(id)} added`);
      if (body && isStillAt(commitment)) focus(id);
      return body && id;
    };
    /* Puts another value in the place of one in a slot; its words too, which are offsets. */
    const replace = async (id, commitment, slot, value) => {
      const offsets = offsetsIn(value);
      const now = offsets ? { start: offsets[0], end: offsets[1] } : { value };
      const other = `${commitment} ${slot} ${value}`;
      const body = await session.decide({ do: "replace", id, ...now }, `${name(id)} replaced by ${valued(other)}`);
      if (body && isStillAt(commitment)) focus(other);
      return body;
    };
    const merge = async (id, into) => {
      const body = await session.decide({ do: "merge", id, into }, `${name(id)} merged into ${describe(into)}`);
      if (body) focus(into);
      return body;
    };
    /* The focus goes to what the new actor or project is for. */
    const addEntity = (of, fields, mentions = []) =>
      added(of.slice(0, -1), { ...fields, mentions });
    const addMention = (label, { start, end }, entity) =>
      add("mention", { label, start, end, ...(entity && { entity }) });
    const relabel = async (mention, label, entity) => {
      const fields = {
        ...(label !== mention.label && { label }),
        ...(entity !== undefined && entity !== mention.entity && { entity }),
      };
      const done = Object.keys(fields).length || entity !== undefined ? await set(mention.id, fields) : true;
      return done && mention.id;
    };
    return { acceptAll, decide, accept, remove, set, add, fill, replace, merge, addEntity, addMention, relabel };
  }

  /* Changes of the evidence sentences of a commitment. */
  function evidenceOf({ session, set }) {
    const of = (id) => session.body.record.commitments.find((one) => one.id === id).evidence;
    const keepEvidence = (id, keep) =>
      set(id, {
        sentences: of(id)
          .filter(keep)
          .map(({ sentence }) => sentence),
      });
    const addEvidence = (id, { start }) => {
      const number = session.body.record.sentences.findLastIndex((one) => one.start <= start);
      return set(id, { sentences: [...of(id).map(({ sentence }) => sentence), number] });
    };
    return { keepEvidence, addEvidence };
  }

  /* Undo, redo, finish and reopen. */
  function moves({ session, name }) {
    const { body } = session;
    const undo = () => body.can_undo && session.decide({}, "The last decision is undone", "undo");
    const redo = () => body.can_redo && session.decide({}, "The decision is redone", "redo");
    const onward = ({ next }) => go(next === null ? "#/" : corridor.articleAddress(next));
    const finish = async () => {
      if (session.body.state === "finished") return onward(session.body);
      const made = await session.decide({ finished: true }, `${name} is finished`, "finish");
      if (made && !session.trouble) onward(made);
      return made;
    };
    const reopen = () => session.decide({ finished: false }, `${name} is open again`, "finish");
    return { undo, redo, finish, reopen };
  }

  function useWork(given) {
    const { session, article, look, index, words, chosen, setChosen } = given;
    const { body } = session;
    const [open, turn] = useState(null);
    const decisions = decisionsOf(session);
    const progress = progressOf(body, decisions);
    const accepted = useMemo(() => new Set(body.accepted), [body]);
    const values = useMemo(() => within(body.view), [body]);
    const fields = useMemo(() => fieldsOf(index.choices), [index]);
    const raw = useMemo(() => new Map(body.record.commitments.map((one) => [one.id, one])), [body]);
    const base = { ...given, body, accepted, within: values };
    const made = edits(base);
    const move = ({ start, end }) => setChosen({ ...chosen, start, end, mention: null });
    const choose = ({ start, end }) => {
      const own = article.record.mentions.find((one) => one.start === start && one.end === end);
      setChosen({ start, end, mention: own?.id ?? null });
    };
    const chooseMention = (mention) => getSelection().isCollapsed && choose(mention);
    /* Chooses the first word after the mention that has the focus; `adding`: to add a commitment. */
    const begin = (adding) => () => {
      const from = article.record.mentions.find(({ id }) => id === document.activeElement.closest("mark")?.dataset.id);
      const first = words.find(({ start }) => start >= (from?.end ?? look.at?.[0] ?? 0));
      if (first) setChosen({ ...first, mention: null, adding });
    };
    return {
      ...base,
      ...made,
      ...evidenceOf({ session, set: made.set }),
      ...moves(given),
      choices: index.choices,
      fields,
      raw,
      tokens: words,
      open,
      turn,
      choose,
      move,
      chooseMention,
      mark: begin(false),
      addByWords: begin(true),
      decisions,
      progress,
      moveOn: (id) => moveOn(progress, id),
      described: (id) => described(article, id),
      valued: (id) => corridor.valued(article, id),
      isAccepted: (id) => values.get(id).every((one) => accepted.has(one)),
    };
  }

  Object.assign(corridor, { useWork });
}
