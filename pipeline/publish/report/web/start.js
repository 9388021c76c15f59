"use strict";
/* Renders the page, after the scripts of other packages. */
corridor.render(corridor.html`<${corridor.App} title=${document.title} />`, document.getElementById("page"));
