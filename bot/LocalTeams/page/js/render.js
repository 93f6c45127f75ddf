// Draws cards with the official renderer, wherever they stand.

import { el } from './dom.js';
import { hostConfig } from './hostconfig.js';
import { cardHtml, isReady, mentionsOf } from './markdown.js';
import { isDark } from './theme.js';

const mentions = new Map();

export function startCards() {
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    if (!isReady()) return;
    result.outputHtml = cardHtml(text, mentions);
    result.didProcess = true;
  };
}

const isNarrow = () => matchMedia('(width <= 760px)').matches;

/** @param press Called with the action as it is sent, and its button. */
export function draw(json, press) {
  if (!globalThis.AdaptiveCards) return withoutRenderer(json);
  for (const [text, name] of mentionsOf(json.msteams?.entities)) mentions.set(text, name);
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(hostConfig(isDark(), isNarrow()));
  card.onExecuteAction = action => {
    if (action instanceof AdaptiveCards.OpenUrlAction) open(action.url);
    else if (action instanceof AdaptiveCards.SubmitAction || action instanceof AdaptiveCards.ExecuteAction) press(wire(action, card), action.renderedElement);
  };
  card.onInlineCardExpanded = action => action.renderedElement?.scrollIntoView({ block: 'nearest' });
  try {
    card.parse(json);
    const drawn = card.render();
    drawn?.removeAttribute('tabindex'); // a stop where nothing can be pressed
    return drawn ? breakAtSpaces(drawn) : withoutRenderer(json);
  } catch (problem) {
    return el('p', { class: 'card-broken' }, `This card cannot be drawn: ${problem.message}`);
  }
}

/** Commands break between words, never at the hyphen of a parameter. */
function breakAtSpaces(drawn) {
  for (const run of drawn.querySelectorAll('.ac-textRun')) {
    if (/mono/i.test(run.style.fontFamily))
      run.replaceChildren(...run.textContent.split(/(\s+)/).map(part => (/\S/.test(part) ? el('span', { class: 'word' }, part) : part)));
  }
  return drawn;
}

/** The action as Teams sends it; the renderer has merged the inputs into the data, and empty ones are left out. */
function wire(action, card) {
  const data = { ...action.data };
  for (const input of card.getAllInputs(true)) if (input.id && data[input.id] === '') delete data[input.id];
  const sent = { type: action.getJsonTypeName(), title: action.title, data };
  if (action.id) sent.id = action.id;
  if (action.verb) sent.verb = action.verb;
  return sent;
}

function open(url) {
  if (/^https?:\/\//i.test(url ?? '')) window.open(url, '_blank', 'noopener,noreferrer');
}

function withoutRenderer(json) {
  return el('p', { class: 'card-broken' }, json.fallbackText ?? 'This card cannot be drawn: adaptivecards is missing.');
}
