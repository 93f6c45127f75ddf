import * as api from './api.js';
import { cardFrame } from './cards.js';
import { composer } from './composer.js';
import { avatar, el, time } from './dom.js';
import { isReady, mentionsOf, messageHtml } from './markdown.js';
import { author, hasActed, messagesIn, model } from './model.js';
import { sampleButtons } from './samples.js';

const shown = new Map();
let list = null;

/** Draws the current place anew. */
export function drawMessages(element) {
  list = element;
  shown.clear();
  list.className = `messages ${model.place.kind}`;
  const inner = el('div', { class: 'column' });
  list.replaceChildren(inner);
  const messages = messagesIn(model.place);
  if (messages.length === 0) inner.append(empty());
  for (const message of messages) add(message);
  if (model.place.kind === 'channel' && model.hint && !hasActed()) inner.append(hint());
  toNewest();
}

/** How far the newest card's top is above the list's; 0 for messages without a card. */
function aboveList() {
  const row = [...shown.values()].at(-1);
  return row?.querySelector('.card') ? list.getBoundingClientRect().top - (row.closest('.post') ?? row).getBoundingClientRect().top : 0;
}

const isAtNewest = () => list.scrollHeight - list.scrollTop - list.clientHeight < 120 || Math.abs(aboveList()) < 2;

/** To the bottom, but never past the top of the newest card: its title is what is read first. */
function toNewest() {
  list.scrollTop = list.scrollHeight;
  const above = aboveList();
  if (above > 0) list.scrollTop -= above;
}

/** Draws a new or changed message where it belongs, keeping the reader at the bottom if that is where they were. */
export function drawMessage(message) {
  if (message.place !== model.place.id) return;
  const atNewest = isAtNewest();
  const row = shown.get(message.id);
  if (row) row.update(message);
  else add(message);
  if (atNewest) toNewest();
}

/** Puts the reader at the newest card, wherever they are on the page. */
export function toNewestCard() {
  const card = [...list.querySelectorAll('.card')].at(-1);
  card?.scrollIntoView({ block: 'start' });
  card?.focus({ preventScroll: true });
}

export function showTyping(conversation) {
  if (!conversation.startsWith(model.place.id)) return;
  list.querySelector('.typing')?.remove();
  const typing = el('div', { class: 'typing', role: 'status' }, `${model.bot.name} is typing`, el('i'), el('i'), el('i'));
  list.firstElementChild.append(typing);
  setTimeout(() => typing.remove(), 6000);
}

/** Somebody (or another window) was given a card of their own. */
export const lookAgain = messageId => shown.get(messageId)?.querySelector('.card')?.look();

function add(message) {
  const column = list.firstElementChild;
  column.querySelector('.empty')?.remove();
  if (message.card?.actions?.length > 0) column.querySelector('.hint')?.remove();
  if (message.from === 'bot') column.querySelector('.typing')?.remove();
  const row = messageRow(message);
  shown.set(message.id, row);
  if (model.place.kind !== 'channel') column.append(row);
  else if (message.root === message.id) column.append(post(message, row));
  else (column.querySelector(`[data-post="${CSS.escape(message.root)}"] .replies`) ?? column).append(row);
}

function post(message, row) {
  const answer = el('button', { type: 'button', class: 'reply', onclick: () => {
    const box = composer({ conversation: message.conversation, kind: 'channel', placeholder: 'Reply', done: () => box.replaceWith(answer) });
    answer.replaceWith(box);
    box.focusText();
  } }, 'Reply');
  return el('div', { class: 'post', dataset: { post: message.id } }, row, el('div', { class: 'replies' }), answer);
}

function messageRow(message) {
  const who = author(message.from);
  const mine = message.from === model.me.id;
  const content = el('div', { class: 'content' });
  const state = el('span', { class: 'state' });
  const tools = el('span', { class: 'tools' });
  const row = el('div', { class: `row${mine ? ' mine' : ''}${message.from === 'bot' ? ' from-bot' : ''}`, dataset: { message: message.id } },
    avatar(who),
    el('div', { class: 'bubble' },
      el('div', { class: 'head' }, el('strong', {}, who.name), message.from === 'bot' && el('span', { class: 'tag' }, 'App'), time(message.at), state, tools),
      content));
  let frame = null;

  row.update = changed => {
    message = changed;
    const isAi = (changed.entities ?? []).some(entity => entity.additionalType?.includes?.('AIGeneratedContent'));
    state.textContent = [changed.editedAt && !changed.deleted && !changed.card ? 'Edited' : '', isAi ? 'AI generated' : ''].filter(Boolean).join(' · ');
    if (changed.card && frame) {
      frame.update(changed);
    } else {
      frame = changed.card ? cardFrame(changed) : null;
      content.replaceChildren(...(frame ? [frame] : words(changed)));
    }
    tools.replaceChildren(...buttons(changed, mine, frame, content));
    row.querySelector('.not-delivered')?.remove();
    if (changed.trouble) row.querySelector('.bubble').append(el('p', { class: 'not-delivered' }, `Not delivered. ${changed.trouble}`));
  };
  row.update(message);
  return row;
}

function words(message) {
  if (message.deleted) return [el('p', { class: 'deleted' }, 'This message has been deleted.')];
  const parts = [];
  if (message.text && message.format === 'markdown' && isReady()) {
    const text = el('div', { class: 'text' });
    text.innerHTML = messageHtml(message.text, mentionsOf(message.entities)); // markdown-it with html: false
    parts.push(text);
  } else if (message.text) {
    parts.push(plain(message.text));
  }
  for (const type of message.unsupported ?? []) parts.push(el('p', { class: 'deleted' }, `Attachment not shown here: ${type}`));
  return parts;
}

function plain(text) {
  const at = `@${model.bot.name}`;
  const line = el('p', { class: 'text typed' });
  text.split(at).forEach((part, index) => {
    if (index > 0) line.append(el('span', { class: 'mention' }, model.bot.name));
    line.append(part);
  });
  return line;
}

function buttons(message, mine, frame, content) {
  if (message.card?.refresh?.action) return [el('button', { type: 'button', onclick: () => frame.look(true) }, 'Refresh card')];
  if (!mine || message.deleted) return [];
  return [el('button', { type: 'button', onclick: () => editing(message, content) }, 'Edit')];
}

function editing(message, content) {
  const before = [...content.childNodes];
  const text = el('textarea', { rows: 2, value: message.text, ariaLabel: 'Edit message' });
  const back = () => content.replaceChildren(...before);
  content.replaceChildren(el('form', { class: 'edit', onsubmit: async event => {
    event.preventDefault();
    back();
    if (text.value.trim() && text.value !== message.text) await api.edit(message.from, message.conversation, message.id, text.value.trim());
  } }, text, el('div', { class: 'edit-buttons' }, el('button', { type: 'button', onclick: back }, 'Cancel'), el('button', { class: 'primary' }, 'Save'))));
  text.focus();
}

/** How to get a first card, for whoever has just started. */
function hint() {
  const copy = el('button', { type: 'button', onclick: async () => {
    await navigator.clipboard.writeText(model.hint);
    copy.textContent = 'Copied';
  } }, 'Copy');
  return el('aside', { class: 'hint' },
    el('p', {}, 'No alert yet. Raise one, and its card appears in its client’s channel.'),
    sampleButtons(),
    el('p', {}, 'Or from a terminal:'),
    el('pre', {}, model.hint),
    copy);
}

function empty() {
  const hint = model.place.kind === 'personal'
    ? `This is your chat with ${model.bot.name}. Type help to see what it can do.`
    : 'Nothing here yet.';
  return el('p', { class: 'empty' }, hint);
}
