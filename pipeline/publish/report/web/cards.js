"use strict";
/* The results for an article, one card each: every value is a button that shows its words in the text. */
{
  const { html, named, words, Sure } = corridor;

  /* A value and its confidence; `at`: offsets of its words, [start, end], or null; `look.to(at, button)` shows them. */
  function Value({ children, at, sure, look }) {
    const pressed = Boolean(at) && look.at?.[0] === at[0] && look.at?.[1] === at[1];
    const press = (event) => look.to(at, event.currentTarget);
    const name = html`<bdi>${children}</bdi>`;
    return html`<span class="valued">
      ${at ? html`<button type="button" class="value" aria-pressed=${pressed} onClick=${press}>${name}</button>` : name}
      <${Sure} of=${sure} />
    </span>`;
  }

  /* A line of a card: its name and its values; nothing if there are none. */
  function Slot({ name, children }) {
    if ([children].flat().filter(Boolean).length === 0) return null;
    return html`<div class="slot">
      <dt>${name}</dt>
      <dd>${children}</dd>
    </div>`;
  }

  /* A line with the values of a list: `each(one)` returns {at, sure, text}. */
  function Values({ name, of, each, look }) {
    return html`<${Slot} name=${name}>
      ${of.map((one, number) => {
        const { at, sure, text } = each(one, number);
        return html`<${Value} key=${number} at=${at} sure=${sure} look=${look}>${text}<//>`;
      })}
    <//>`;
  }

  /* The frame of every card, with the footer of an editing page. */
  function Card({ what, part, article, children, current }) {
    return html`<article class=${`card ${what}${current ? " current" : ""}`}>
      ${children}${corridor.actions(what, part, article)}
    </article>`;
  }

  /* The lines that actors and projects share: other names, and mentions. */
  function Named({ of, article, look }) {
    const mention = ({ start, end, confidence: sure }) => ({ at: [start, end], sure, text: article.slice(start, end) });
    return html`
      <${Values} name="also" of=${of.aliases} each=${(text) => ({ text })} />
      <${Values} name="named" of=${article.mentionsOf(of)} each=${mention} look=${look} />`;
  }

  function ActorCard({ actor, article, look, current }) {
    const first = article.firstOf(actor);
    const at = (place) => (text) => ({ at: place, text });
    const countries = [actor.country].filter(Boolean).map(article.country);
    return html`<${Card} what="actor" part=${actor} article=${article} current=${current}>
      <h3><${Value} at=${first} sure=${actor.confidence} look=${look}>${named(actor)}<//></h3>
      <dl>
        <${Values} name="kind" of=${[words(actor.kind)]} each=${at(first)} look=${look} />
        <${Values} name="country" of=${countries} each=${at(first)} look=${look} />
        <${Values} name="role" of=${[actor.role].filter(Boolean)} each=${at(article.roleOf(actor))} look=${look} />
        <${Named} of=${actor} article=${article} look=${look} />
      </dl>
    <//>`;
  }

  function ProjectCard({ project, article, look, current }) {
    const at = article.firstOf(project);
    const sector = ({ code, confidence }) => ({ at, sure: confidence, text: article.sector(code) });
    const plain = (text) => ({ at, text });
    return html`<${Card} what="project" part=${project} article=${article} current=${current}>
      <h3><${Value} at=${at} sure=${project.confidence} look=${look}>${named(project)}<//></h3>
      <dl>
        <${Values} name="kind" of=${[project.programme ? "programme" : "project"]} each=${plain} look=${look} />
        <${Values} name="country" of=${project.countries.map(article.country)} each=${plain} look=${look} />
        <${Values} name="sector" of=${project.sectors} each=${sector} look=${look} />
        <${Named} of=${project} article=${article} look=${look} />
      </dl>
    <//>`;
  }

  function RelationCard({ relation, article, look }) {
    const { start, end } = relation.evidence;
    const place = (id) => article.placeOf(id, [relation.evidence]);
    const party = (id) => html`<${Value} at=${place(id)} look=${look}>${article.nameOf(id)}<//>`;
    return html`<${Card} what="relation" part=${relation} article=${article}>
      <p>
        ${party(relation.subject)}
        <${Value} at=${[start, end]} sure=${relation.confidence} look=${look}>${words(relation.type)}<//>
        ${party(relation.object)}
      </p>
      <dl><${Slot} name="method">${relation.method}<//></dl>
    <//>`;
  }

  Object.assign(corridor, { Value, Values, Slot, Card, ActorCard, ProjectCard, RelationCard });
}
