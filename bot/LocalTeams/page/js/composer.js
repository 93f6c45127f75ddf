import * as api from './api.js';
import { el, icon } from './dom.js';
import { model } from './model.js';

const send = 'M3 3.5 17.5 10 3 16.5 5 10 3 3.5ZM5 10h7';

/** A box to type in. Where only mentions reach the bot, the mention is there already and can be taken out. */
export function composer({ conversation, kind, placeholder, done }) {
  const person = model.me.id;
  let mentions = kind !== 'personal';
  const chip = el('button', {
    type: 'button', class: 'chip', hidden: !mentions, title: 'Take the mention out',
    onclick: () => { mentions = false; chip.hidden = true; text.focus(); },
  }, `@${model.bot.name}`, el('span', { 'aria-hidden': 'true' }, '×'));
  const text = el('textarea', {
    rows: 1, placeholder, 'aria-label': placeholder,
    oninput: grow,
    onkeydown: event => { if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); } },
  });
  const problem = el('p', { class: 'composer-problem', role: 'alert', hidden: true });
  const form = el('form', { class: 'composer', onsubmit: event => { event.preventDefault(); submit(); } },
    el('div', { class: 'composer-line' }, chip, text, el('button', { class: 'icon-button send', ariaLabel: 'Send' }, icon(send))), problem);

  function grow() {
    text.style.height = 'auto';
    text.style.height = `${Math.min(text.scrollHeight, 180)}px`;
  }

  async function submit() {
    const typed = text.value.trim();
    if (!typed) return;
    text.value = '';
    grow();
    problem.hidden = true;
    try {
      const sending = api.say(person, conversation, mentions ? `@${model.bot.name} ${typed}` : typed);
      done?.();
      await sending;
    } catch (failure) {
      problem.hidden = false;
      problem.textContent = failure.message;
      text.value = typed;
      grow();
    }
  }

  form.focusText = () => text.focus();
  return form;
}
