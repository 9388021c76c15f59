"use strict";
/* An actor or project, found by its name or made new. Nobody is made from an unknown name without being asked for. */
{
  const { html, useState, Form, Picker, fieldsOfNear } = corridor;

  const EMPTY = {
    actors: (name) => ({ name, kind: null, country: null }),
    projects: (name) => ({ name, programme: false }),
  };
  const nounOf = (of) => of.slice(0, -1);

  /* The actors or projects of the article, as a picker takes them. */
  const entitiesOf = (work, of) => work.article.record[of].map(({ id, name, name_en: english, aliases }) => [id, name, [english ?? "", ...aliases]]);

  /* Asks whether a name is that of a new actor or project, and of what kind. */
  function Create({ work, of, name, save, close }) {
    const noun = nounOf(of);
    const known = EMPTY[of](name);
    const fields = work.fields[noun].filter((field) => field.name in known);
    return html`<${Form}
      name=${`Create new ${noun} “${name}”?`}
      titled
      fields=${fields}
      before=${known}
      first=${of === "actors" ? "select" : "button.primary"}
      save=${save}
      button=${`Create ${noun}`}
      close=${close}
    />`;
  }

  /* `done(id, found)` is called with the id of what was chosen; `found`: it was in the article already. The field closes
     at once, so that the next key is not typed into it; a decision that cannot be made is reported. */
  function EntityPicker({ work, of, label, without = [], start, auto, done, close }) {
    const [creating, setCreating] = useState(null);
    const add = async (fields) => {
      const id = await work.addEntity(of, fields);
      return id && done(id, false);
    };
    const choose = ({ value, known, create }) => {
      if (create) return setCreating(create);
      close();
      return known ? add(fieldsOfNear(of, known)) : done(value, true);
    };
    if (creating !== null)
      return html`<${Create} work=${work} of=${of} name=${creating} save=${add} close=${close} />`;
    return html`<${Picker}
      article=${work.name}
      label=${label}
      of=${entitiesOf(work, of)}
      remote=${of}
      without=${without}
      start=${start}
      auto=${auto}
      choose=${choose}
    />`;
  }

  Object.assign(corridor, { EntityPicker, entitiesOf, nounOf });
}
