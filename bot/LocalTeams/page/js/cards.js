import * as api from './api.js';
import { el } from './dom.js';
import { hostConfig } from './hostconfig.js';
import { cardHtml, isReady, mentionsOf } from './markdown.js';
import { model } from './model.js';
import { isDark } from './theme.js';

const mentions = new Map();
const visible = new IntersectionObserver(entries => {
  for (const entry of entries) if (entry.isIntersecting) entry.target.look?.();
}, { rootMargin: '80px' });

export function startCards() {
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    if (!isReady()) return;
    result.outputHtml = cardHtml(text, mentions);
    result.didProcess = true;
  };
}

/** A message's card as the current person sees it: shown at once, asked for again when it comes into view or the message was edited. */
export function cardFrame(message) {
  const body = el('div', { class: 'card-body' });
  const notice = el('div', { class: 'card-notice', role: 'status', hidden: true });
  const frame = el('article', { class: 'card', tabIndex: -1 }, body, notice);
  const person = model.me.id;
  let shown = '';
  let newest = 0;

  const tell = (kind, text, again) => {
    notice.hidden = !text;
    notice.dataset.kind = kind;
    notice.replaceChildren(text ?? '');
    if (again) notice.append(' ', el('button', { type: 'button', class: 'again', onclick: again }, 'Try again'));
    if (text) notice.scrollIntoView({ block: 'nearest' });
  };

  const show = json => {
    const text = JSON.stringify(json);
    if (text === shown) return;
    shown = text;
    const wasInside = body.contains(document.activeElement);
    frame.classList.toggle('wide', json?.msteams?.width === 'Full');
    frame.setAttribute('aria-label', json?.fallbackText ?? message.summary ?? 'Card');
    body.replaceChildren(draw(json, press));
    // The button that was pressed is gone; whoever pressed it is still at this card.
    if (wasInside) frame.focus({ preventScroll: true });
  };

  const look = async (refresh = false) => {
    try {
      const seen = await api.view(person, message, refresh);
      // An answer may be overtaken on its way by that to a later look.
      if (seen.look < newest) return;
      newest = seen.look;
      if (seen.card && seen.version >= message.version) show(seen.card);
    } catch (problem) {
      show(message.card);
      tell('error', problem.message, () => { tell('', ''); look(refresh); });
    }
  };

  const press = async (action, button) => {
    tell('', '');
    frame.classList.add('busy');
    button?.classList.add('pressed');
    try {
      const outcome = await api.click(person, message.conversation, message.id, action);
      if (outcome.card) show(outcome.card);
      tell(outcome.kind, outcome.kind === 'card' ? '' : outcome.text);
    } catch (problem) {
      // Pressed again, the bot decides anew: what was done meanwhile is not done twice.
      tell('error', problem.message, problem instanceof api.NoAnswer ? () => press(action, button) : null);
    } finally {
      frame.classList.remove('busy');
      button?.classList.remove('pressed');
    }
  };

  // Somebody with a card of their own would otherwise see everybody's flash by before theirs is back.
  frame.update = async changed => {
    message = changed;
    const late = setTimeout(() => show(changed.card), 400);
    await look();
    clearTimeout(late);
  };
  frame.look = look;
  show(message.card);
  visible.observe(frame);
  return frame;
}

const isNarrow = () => matchMedia('(width <= 760px)').matches;

function draw(json, press) {
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
