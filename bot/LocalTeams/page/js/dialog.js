import * as api from './api.js';
import { avatar, el, icon } from './dom.js';
import { model } from './model.js';
import { draw } from './render.js';

const cross = 'M5 5l10 10M15 5 5 15';
const inputs = 'input:not([type="hidden"]), select, textarea';

/**
 * A dialog over the page, as Teams opens one for a button: nothing behind it can be reached, Escape closes it, and the focus goes back to
 * where it was. What was typed is gone when it closes.
 * @param outcome A form, or a sentence in its place.
 * @param submit Sends what was filled in and returns what came of it.
 */
export function openDialog(outcome, submit) {
  const title = el('h2', { id: 'dialog-title' });
  const content = el('div', { class: 'dialog-content' });
  const notice = el('div', { class: 'card-notice', role: 'alert', hidden: true });
  const dialog = el('dialog', { class: 'dialog', 'aria-labelledby': 'dialog-title', onclose: () => dialog.remove() },
    el('header', {}, avatar(model.bot, 'small'), title,
      el('button', { type: 'button', class: 'icon-button', ariaLabel: 'Close', onclick: () => dialog.close() }, icon(cross))),
    content, notice);

  const tell = (kind, text, again) => {
    notice.hidden = !text;
    notice.dataset.kind = kind;
    notice.replaceChildren(text ?? '');
    if (again) notice.append(' ', el('button', { type: 'button', class: 'again', onclick: again }, 'Try again'));
  };

  const show = shown => {
    if (shown.kind === 'dialog') form(shown.dialog);
    else if (shown.kind === 'said') sentence(shown.text);
    else if (shown.kind === 'closed') dialog.close();
    else tell(shown.kind, shown.text);
  };

  const form = ({ title: named, card }) => {
    title.textContent = named;
    content.replaceChildren(el('div', { class: 'card' }, el('div', { class: 'card-body' }, draw(card, press))));
    content.scrollTop = 0;
    content.querySelector(inputs)?.focus({ preventScroll: true });
  };

  const sentence = text => {
    if (!title.textContent) title.textContent = model.bot.name;
    const close = el('button', { type: 'button', class: 'dialog-close', onclick: () => dialog.close() }, 'Close');
    content.replaceChildren(el('p', { class: 'dialog-said' }, text), close);
    close.focus();
  };

  const press = async (action, button) => {
    // As in Teams: nothing but a submit leaves a dialog.
    if (action.type !== 'Action.Submit') return tell('error', `${action.type} does not work in a dialog.`);
    tell('', '');
    const card = content.firstElementChild;
    card.classList.add('busy');
    button?.classList.add('pressed');
    try {
      const came = await submit(action.data);
      if (dialog.open) show(came);
    } catch (problem) {
      tell('error', problem.message, problem instanceof api.NoAnswer ? () => press(action, button) : null);
    } finally {
      card.classList.remove('busy');
      button?.classList.remove('pressed');
    }
  };

  document.body.append(dialog);
  dialog.showModal();
  show(outcome);
}
