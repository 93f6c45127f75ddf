// Markdown as Teams has it. Raw HTML stays text, images are not part of it, links are checked by markdown-it.

const edge = { start: '\uE000', end: '\uE001' };
const escape = text => text.replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

let card = null;
let message = null;

export const isReady = () => card !== null;

export async function loadMarkdown() {
  const { default: MarkdownIt } = await import('/localteams/lib/markdown-it.js');
  const options = { html: false, breaks: false, linkify: false };
  card = openOutside(new MarkdownIt('zero', options).enable(['emphasis', 'list', 'link', 'escape', 'entity', 'newline']));
  message = openOutside(new MarkdownIt('default', { ...options, breaks: true }).disable('image'));
}

/** HTML of a card's text: bold, italic, lists and links. */
export const cardHtml = (text, mentions) => render(card, text, mentions);

/** HTML of a message's text: more of Markdown, but never HTML or images. */
export const messageHtml = (text, mentions) => render(message, text, mentions);

/** @param mentions the exact `<at>...</at>` texts that are mentions; any other stays as typed. */
function render(markdown, text, mentions) {
  const found = [...mentions.keys()];
  let source = text.replaceAll(edge.start, '').replaceAll(edge.end, '');
  found.forEach((at, index) => { source = source.replaceAll(at, `${edge.start}${index}${edge.end}`); });
  return markdown.render(source).replace(/\uE000(\d+)\uE001/g, (_, index) =>
    `<span class="mention">${escape(mentions.get(found[Number(index)]))}</span>`);
}

function openOutside(markdown) {
  markdown.renderer.rules.link_open = (tokens, index, options, env, self) => {
    tokens[index].attrSet('target', '_blank');
    tokens[index].attrSet('rel', 'noopener noreferrer');
    return self.renderToken(tokens, index, options);
  };
  return markdown;
}

/** The mentions of an activity or card: text to name. */
export const mentionsOf = entities => new Map((entities ?? [])
  .filter(entity => entity?.type === 'mention' && typeof entity.text === 'string' && typeof entity.mentioned?.name === 'string')
  .map(entity => [entity.text, entity.mentioned.name]));
