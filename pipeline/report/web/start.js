"use strict";
/* Draws the page; comes after the scripts of others. */
corridor.render(corridor.html`<${corridor.App} title=${document.title} />`, document.getElementById("page"));
