"use strict";
/* Looks up parts of a record: by id, by offsets, and names by code. */
{
  const { slicer, length } = corridor;

  function known(record, index) {
    const by = (parts) => new Map(parts.map((part) => [part.id, part]));
    const [actors, projects, mentions] = [by(record.actors), by(record.projects), by(record.mentions)];
    const slice = slicer(record.article.text);
    const part = (id) => actors.get(id) ?? projects.get(id);
    const mentionsOf = ({ mentions: ids }) => ids.map((id) => mentions.get(id)).filter(Boolean);
    const starts = record.article.pages ?? [];
    const at = (mention) => (mention ? [mention.start, mention.end] : null);
    const sectors = new Map(
      [...record.projects.flatMap((project) => project.sectors), ...record.sectors].map(({ code, confidence }) => [
        code,
        confidence,
      ]),
    );
    return {
      record,
      slice,
      mentionsOf,
      /* The page on which a character stands, as "p. 3"; null where pages are not known. */
      pageOf: (offset) => {
        const page = starts.filter((start) => start <= offset).length;
        return page ? `p. ${page}` : null;
      },
      size: length(record.article.text),
      firstOf: (one) => at(mentionsOf(one)[0]),
      roleOf: (actor) =>
        at(
          record.mentions.find((one) => one.label === "ROLE" && slice(one.start, one.end) === actor.role) ??
            mentionsOf(actor)[0],
        ),
      /* Where an actor, project or mention is named: in the evidence if possible, else first. */
      placeOf: (id, near) => {
        const all = part(id) ? mentionsOf(part(id)) : [mentions.get(id)].filter(Boolean);
        return at(all.find((one) => near.some(({ start, end }) => start <= one.start && one.end <= end)) ?? all[0]);
      },
      nameOf: (id) => (part(id) ? corridor.named(part(id)) : mentions.has(id) ? slice(...at(mentions.get(id))) : id),
      sureOf: (id) => part(id)?.confidence,
      sureOfSector: (code) => sectors.get(code),
      sector: (code) => index.sectors[code] ?? code,
      country: (code) => index.countries[code] ?? code,
    };
  }

  corridor.known = known;
}
