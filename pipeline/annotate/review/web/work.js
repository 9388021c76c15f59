"use strict";
/* The article as its parts ask of it, and all decisions that they offer. */
{
  const { useMemo, useState, go, known, within, spoken, fieldsOf, put, everything } = corridor;

  /* Ids of parts that came with a decision. */
  function fresh(before, { record }) {
    const known = new Set(everything(before));
    return everything(record).find((id) => !known.has(id)) ?? null;
  }

  const upper = (text) => text[0].toUpperCase() + text.slice(1);

  function decisions({ desk, index, accepted, focus, within: values }) {
    const tell = (id) => spoken(known(desk.body.told, index), id);
    const say = (id) => upper(tell(id));
    const acceptAll = (ids, said) => desk.decide({ do: "accept_all", ids }, said);
    const accept = (id) => {
      const left = (values.get(id) ?? [id]).filter((one) => !accepted.has(one));
      if (!left.length) corridor.announce(`${say(id)} is accepted already.`);
      else if (left.length === 1) desk.decide({ do: "accept", id: left[0] }, `${say(id)} accepted`);
      else acceptAll(left, `${say(id)} accepted with all its values`);
      return true;
    };
    const remove = (id) => {
      desk.decide({ do: "remove", id }, `${say(id)} removed`);
      return true;
    };
    const set = (id, fields) =>
      Object.keys(fields).length ? desk.decide({ do: "set", id, fields }, `${say(id)} changed`) : accept(id);
    /* The id of what was added, null where it was not. */
    const add = async (what, fields) => {
      const before = desk.body.record;
      const body = await desk.decide({ do: "add", what, fields }, `${upper(what)} added`);
      const id = body && fresh(before, body);
      if (id) focus(id);
      return id;
    };
    const fill = async (commitment, slot, value) => {
      const id = `${commitment} ${slot} ${value}`;
      const body = await desk.decide(put(commitment, slot, value), `${say(id)} added`);
      if (body) focus(id);
      return body && id;
    };
    const merge = async (id, into) => {
      const body = await desk.decide({ do: "merge", id, into }, `${say(id)} is the same as ${tell(into)}`);
      if (body) focus(into);
      return body;
    };
    const addEntity = (of, name, kind, mentions = []) =>
      add(of.slice(0, -1), { name, ...(of === "actors" && { kind }), mentions });
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
    return { acceptAll, accept, remove, set, add, fill, merge, addEntity, addMention, relabel };
  }

  /* Which sentences tell of a commitment. */
  function telling({ desk, set }) {
    const of = (id) => desk.body.record.commitments.find((one) => one.id === id).evidence;
    const tell = (id, keep) =>
      set(id, {
        sentences: of(id)
          .filter(keep)
          .map(({ sentence }) => sentence),
      });
    const tellIn = (id, { start }) => {
      const number = desk.body.record.sentences.findLastIndex((one) => one.start <= start);
      return set(id, { sentences: [...of(id).map(({ sentence }) => sentence), number] });
    };
    return { tell, tellIn };
  }

  /* Undo, redo, the end of the review of an article. */
  function moves({ desk, name }) {
    const { body } = desk;
    const undo = () => body.can_undo && desk.decide({}, "The last decision is undone", "undo");
    const redo = () => body.can_redo && desk.decide({}, "It is done again", "redo");
    const onward = ({ next }) => go(next === null ? "#/" : corridor.articleAddress(next));
    const finish = async () => {
      if (desk.body.state === "finished") return onward(desk.body);
      const made = await desk.decide({ finished: true }, `${name} is finished`, "finish");
      if (made && !desk.trouble) onward(made);
      return made;
    };
    const reopen = () => desk.decide({ finished: false }, `${name} is open again`, "finish");
    return { undo, redo, finish, reopen };
  }

  function useWork(given) {
    const { desk, article, look, index, words, chosen, setChosen } = given;
    const { body } = desk;
    const [open, turn] = useState(null);
    const accepted = useMemo(() => new Set(body.accepted), [body]);
    const values = useMemo(() => within(body.told), [body]);
    const fields = useMemo(() => fieldsOf(index.choices), [index]);
    const raw = useMemo(() => new Map(body.record.commitments.map((one) => [one.id, one])), [body]);
    const base = { ...given, body, accepted, within: values };
    const made = decisions(base);
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
      ...telling({ desk, set: made.set }),
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
      spoken: (id) => spoken(article, id),
      isSettled: (id) => values.get(id).every((one) => accepted.has(one)),
    };
  }

  Object.assign(corridor, { useWork });
}
