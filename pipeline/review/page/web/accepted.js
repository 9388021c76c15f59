"use strict";
/* The ids of everything that can be accepted or removed, as in ids.py. */
{
  /* Slots of a commitment in the order of a card, with their labels. */
  const SLOTS = new Map([
    ["by", "by"],
    ["with", "with"],
    ["to", "to"],
    ["projects", "on"],
    ["amounts", "how much"],
    ["dates", "when"],
    ["sectors", "sector"],
    ["attributed_to", "said by"],
  ]);

  const offsets = ({ start, end }) => `${start}:${end}`;
  const relationId = ({ subject, type, object }) => `${subject} ${type} ${object}`;
  const slotId = (commitment, slot, value) =>
    `${commitment} ${slot} ${typeof value === "string" ? value : offsets(value)}`;
  const inSlot = (commitment, slot) => [commitment[slot]].flat().filter(Boolean);
  const slotIds = (commitment) =>
    [...SLOTS.keys()].flatMap((slot) => inSlot(commitment, slot).map((value) => slotId(commitment.id, slot, value)));

  /* The ids of a card with all its values, which a tick on the card accepts. */
  function within(record) {
    return new Map([
      ...record.commitments.map((one) => [one.id, [one.id, ...slotIds(one)]]),
      ...[...record.actors, ...record.projects].map((one) => [one.id, [one.id, ...one.mentions]]),
      ...record.relations.map((one) => [relationId(one), [relationId(one)]]),
    ]);
  }

  const everything = (record) => [
    ...new Set(["article", ...record.mentions.map(({ id }) => id), ...[...within(record).values()].flat()]),
  ];

  Object.assign(corridor, { SLOTS, relationId, slotId, inSlot, within, everything });
}
