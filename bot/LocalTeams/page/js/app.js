import * as api from './api.js';
import { composer } from './composer.js';
import { avatar, el } from './dom.js';
import { loadMarkdown } from './markdown.js';
import { drawMessage, drawMessages, lookAgain, showTyping, toNewestCard } from './messages.js';
import { become, go, load, model, on, put } from './model.js';
import { drawRail } from './rail.js';
import { startCards } from './render.js';
import { samplesMenu } from './samples.js';
import { startTheme } from './theme.js';

const at = id => document.getElementById(id);
const kept = 'local-teams-person';
const loaded = 150;
let following = 0;

function drawPlace() {
  const { place } = model;
  at('place').replaceChildren(
    place.kind === 'personal' ? avatar(model.bot) : el('span', { class: 'avatar group', 'aria-hidden': 'true' }, place.kind === 'channel' ? '#' : 'SD'),
    el('div', {}, el('h1', {}, place.name), el('p', {}, place.kind === 'channel' ? model.team.name : place.kind === 'groupChat' ? 'Group chat' : `Chat with ${model.me.name}`)),
    ...[samplesMenu()].filter(Boolean));
  document.title = `${place.name} – Local Teams`;
  const placeholder = place.kind === 'channel' ? 'Start a post' : place.kind === 'groupChat' ? 'Type a message' : 'Type a message, for example help';
  at('foot').replaceChildren(composer({ conversation: place.id, kind: place.kind, placeholder }));
  drawMessages(at('messages'));
}

function drawMe() {
  at('me').replaceChildren(avatar(model.me, 'small'));
  at('person').replaceChildren(...model.people.map(person =>
    el('option', { value: person.id, selected: person === model.me }, person.name)));
}

function toggleRail(open) {
  document.body.classList.toggle('rail-open', open);
  at('menu').setAttribute('aria-expanded', String(open));
}

function trouble(text) {
  at('trouble').hidden = !text;
  at('trouble').textContent = text;
}

function changed(change) {
  following = change.seq;
  if (change.message) put(change.message);
  if (change.kind === 'typing') showTyping(change.conversation);
  if (change.kind === 'view' && change.detail === model.me.id) lookAgain(change.message.id);
}

/** After a lost stream the server may have been restarted and count anew, so everything is read again. */
async function catchUp() {
  const state = await api.state(loaded);
  for (const conversation of state.conversations) for (const { message } of conversation.messages) put(message);
}

on((kind, detail) => {
  if (kind === 'me') drawMe();
  if (kind === 'me' || kind === 'place') {
    drawRail(at('rail'));
    drawPlace();
    toggleRail(false);
  }
  if (kind === 'place') history.replaceState(null, '', `#${encodeURIComponent(model.place.id)}`);
  if (kind === 'message') {
    drawMessage(detail.message);
    if (detail.isNew) drawRail(at('rail'));
  }
});

async function start() {
  const state = await api.state(loaded);
  load(state);
  following = state.seq;
  if (globalThis.AdaptiveCards) startCards();
  await loadMarkdown().catch(() => {});
  const asked = new URLSearchParams(location.search).get('person');
  model.me = model.people.find(person => person.id === (asked ?? localStorage.getItem(kept) ?? 'erik')) ?? model.people[0];
  startTheme(at('theme'), () => { if (model.place) drawPlace(); });
  drawMe();
  go(location.hash ? decodeURIComponent(location.hash.slice(1)) : model.places.find(place => place.name === 'Contoso')?.id);
  at('person').addEventListener('change', event => {
    localStorage.setItem(kept, event.target.value);
    become(event.target.value);
  });
  at('skip').addEventListener('click', toNewestCard);
  at('menu').addEventListener('click', () => toggleRail(!document.body.classList.contains('rail-open')));
  addEventListener('hashchange', () => go(decodeURIComponent(location.hash.slice(1))));
  const missing = model.missing.length === 0 ? '' :
    `Cards cannot be drawn: ${model.missing.join(', ')} missing. Install Node 20 or later and build again (the build runs npm ci in bot/LocalTeams).`;
  trouble(missing);
  let wasLost = false;
  const lost = why => {
    trouble(why ?? 'Local Teams does not answer. It is part of the bot: is the bot running? Trying again …');
    wasLost = true;
  };
  api.listen(following, changed, lost, () => {
    trouble(missing);
    if (wasLost) catchUp();
    wasLost = false;
  });
}

start().catch(problem => trouble(problem.message));
