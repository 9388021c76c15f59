"use strict";
/* The data in the page itself, packed by data.py: blocks of JSON, compressed, in base64. */
{
  async function unpacked(name) {
    const block = document.querySelector(`script[data-name="${name}"]`);
    const bytes = Uint8Array.from(atob(block.textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  }

  function inlined() {
    const blocks = new Map();
    let loaded = null;
    const block = (number) => {
      if (!blocks.has(number)) blocks.set(number, unpacked(`articles-${number}`));
      return blocks.get(number);
    };
    const index = () => (loaded ??= unpacked("index"));

    /* The record of an article; undefined if there is none. */
    async function article(number) {
      const { block_size: size, articles } = await index();
      if (!(number in articles)) return undefined;
      return (await block(Math.floor(number / size)))[number % size];
    }

    /* The numbers of the articles whose text has all the words. */
    async function search(words) {
      const found = new Set();
      const { block_size: size, articles } = await index();
      for (let first = 0; first < articles.length; first += size) {
        const records = await block(first / size);
        records.forEach((record, place) => {
          const text = corridor.plain(record.article.text);
          if (words.every((word) => text.includes(word))) found.add(first + place);
        });
      }
      return found;
    }

    const opened = (name) => () => {
      if (!blocks.has(name)) blocks.set(name, unpacked(name));
      return blocks.get(name);
    };
    const [projects, progress, map, news] = ["projects", "progress", "map", "news"].map(opened);

    return { index, article, search, projects, progress, map, news };
  }

  corridor.source = inlined();
}
