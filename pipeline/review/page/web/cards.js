"use strict";
/* What was read out of an article, a card each: every value is a button that leads to its words. */
{
  const { html, words, Sure } = corridor;

  /* A value; `at` is the place of its words, [start, end], or null where there is none. `look.to(at)` points at it. */
  function Value({ children, at, sure, look, own = true }) {
    if (!at) return html`<span class="value unfound"><bdi>${children}</bdi></span> ${own && html`<${Sure} of=${sure} />`}`;
    const pressed = look.at?.[0] === at[0] && look.at?.[1] === at[1];
    return html`<button type="button" class="value" aria-pressed=${pressed} onClick=${(event) => look.to(at, event.currentTarget)}><bdi>${children}</bdi></button>
      ${own && html`<${Sure} of=${sure} />`}`;
  }

  /* A line of a card: its name and its values. */
  function Slot({ name, children }) {
    if ([children].flat().filter(Boolean).length === 0) return null;
    return html`<div class="slot"><dt>${name}</dt><dd>${children}</dd></div>`;
  }

  /* The places where an actor or a project is named, as buttons with their words. */
  function Places({ mentions, article, look }) {
    return mentions.map((mention) => html`<${Value} key=${mention.start} at=${[mention.start, mention.end]} sure=${mention.confidence} look=${look}>${article.slice(mention.start, mention.end)}<//> `);
  }

  function Card({ what, part, article, children, id, current }) {
    return html`<article class=${`card ${what}${current ? " current" : ""}`} data-card=${id}>
      ${children}${corridor.actions(what, part, article)}
    </article>`;
  }

  function ActorCard({ actor, article, look, current }) {
    const mentions = article.mentionsOf(actor);
    const first = article.firstOf(actor);
    return html`<${Card} what="actor" part=${actor} article=${article} id=${actor.id} current=${current}>
      <h3><${Value} at=${first} sure=${actor.confidence} look=${look}>${actor.name}<//></h3>
      <dl>
        <${Slot} name="kind"><${Value} at=${first} look=${look}>${words(actor.kind)}<//><//>
        ${actor.country && html`<${Slot} name="country"><${Value} at=${first} look=${look}>${article.country(actor.country)}<//><//>`}
        ${actor.role && html`<${Slot} name="role"><${Value} at=${article.roleOf(actor)} look=${look}>${actor.role}<//><//>`}
        ${actor.aliases.length > 0 && html`<${Slot} name="also">${actor.aliases.join(", ")}<//>`}
        ${mentions.length > 0 && html`<${Slot} name="named"><${Places} mentions=${mentions} article=${article} look=${look} /><//>`}
      </dl>
    <//>`;
  }

  function ProjectCard({ project, article, look, current }) {
    const mentions = article.mentionsOf(project);
    const first = article.firstOf(project);
    return html`<${Card} what="project" part=${project} article=${article} id=${project.id} current=${current}>
      <h3><${Value} at=${first} sure=${project.confidence} look=${look}>${project.name}<//></h3>
      <dl>
        <${Slot} name="kind"><${Value} at=${first} look=${look}>${project.programme ? "programme" : "project"}<//><//>
        <${Slot} name="country">${project.countries.map((code) => html`<${Value} key=${code} at=${first} look=${look}>${article.country(code)}<//> `)}<//>
        <${Slot} name="sector">${project.sectors.map(({ code, confidence }) => html`<${Value} key=${code} at=${first} sure=${confidence} look=${look}>${article.sector(code)}<//> `)}<//>
        ${project.aliases.length > 0 && html`<${Slot} name="also">${project.aliases.join(", ")}<//>`}
        ${mentions.length > 0 && html`<${Slot} name="named"><${Places} mentions=${mentions} article=${article} look=${look} /><//>`}
      </dl>
    <//>`;
  }

  function RelationCard({ relation, article, look }) {
    const near = [relation.evidence];
    const end = (id) => html`<${Value} at=${article.placeOf(id, near)} look=${look}>${article.nameOf(id)}<//>`;
    return html`<${Card} what="relation" part=${relation} article=${article}>
      <p>${end(relation.subject)} <${Value} at=${[relation.evidence.start, relation.evidence.end]} look=${look}>${words(relation.type)}<//> ${end(relation.object)} <${Sure} of=${relation.confidence} /></p>
      <p class="method">${relation.method}</p>
    <//>`;
  }

  Object.assign(corridor, { Value, Slot, Card, ActorCard, ProjectCard, RelationCard });
}
