"use strict";
/* Descriptions of ids in words, for labels of buttons and messages. */
{
  const { SLOTS, words, relationId } = corridor;
  const LONG = 60;

  const short = (text) => (text.length > LONG ? `${text.slice(0, LONG)} …` : text);
  const quoted = (text) => `“${short(text)}”`;

  function described(article, id) {
    const { mentions, actors, projects, commitments, relations } = article.record;
    if (id === "article") return "sectors of the article";
    const of = (parts) => parts.find((part) => part.id === id);
    const mention = of(mentions);
    if (mention) return `${words(mention.label)} ${quoted(article.slice(mention.start, mention.end))}`;
    const entity = of(actors) ?? of(projects);
    if (entity) return short(entity.name);
    if (of(commitments)) return `commitment ${id}`;
    const relation = relations.find((one) => relationId(one) === id);
    return relation ? related(article, relation) : inSlot(article, id);
  }

  const related = (article, { subject, type, object }) =>
    [article.nameOf(subject), words(type), article.nameOf(object)].map(short).join(" ");

  /* The value in a slot by its id: "c4 by a1" -> the name of a1. */
  function valued(article, id) {
    const [, slot, ...rest] = id.split(" ");
    const value = rest.join(" ");
    const offsets = value
      .match(/^(\d+):(\d+)$/)
      ?.slice(1)
      .map(Number);
    const text = offsets ? article.slice(...offsets) : slot === "sectors" ? article.sector(value) : article.nameOf(value);
    return short(text);
  }

  function inSlot(article, id) {
    const [commitment, slot] = id.split(" ");
    return `${SLOTS.get(slot)} ${valued(article, id)} of ${commitment}`;
  }

  Object.assign(corridor, { described, valued, quoted });
}
