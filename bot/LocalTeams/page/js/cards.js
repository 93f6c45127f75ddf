import * as api from './api.js';
import { openDialog } from './dialog.js';
import { el } from './dom.js';
import { model } from './model.js';
import { draw } from './render.js';

const visible = new IntersectionObserver(entries => {
  for (const entry of entries) if (entry.isIntersecting) entry.target.look?.();
}, { rootMargin: '80px' });

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
      if (outcome.kind === 'dialog' || outcome.kind === 'said') {
        openDialog(outcome, data => api.submitDialog(person, message.conversation, message.id, data));
        return;
      }
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
