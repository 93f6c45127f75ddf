import { avatar, el } from './dom.js';
import { go, model, visiblePlaces } from './model.js';

export function drawRail(rail) {
  const places = visiblePlaces();
  const section = (title, items, image) => el('section', {},
    el('h2', {}, title),
    el('ul', {}, items.map(place => el('li', {}, entry(place, image(place))))));
  rail.replaceChildren(
    section('Chats', places.filter(place => place.kind !== 'channel'), place =>
      place.kind === 'personal' ? avatar(model.bot, 'small') : el('span', { class: 'avatar small group', 'aria-hidden': 'true' }, 'SD')),
    section(model.team.name, places.filter(place => place.kind === 'channel'), () => el('span', { class: 'hash', 'aria-hidden': 'true' }, '#')));
}

function entry(place, image) {
  const here = place.id === model.place.id;
  return el('button', {
    type: 'button',
    class: `entry${here ? ' here' : ''}${model.unread.has(place.id) ? ' unread' : ''}`,
    'aria-current': here ? 'page' : null,
    onclick: () => go(place.id),
  }, image, el('span', { class: 'entry-name' }, place.name), model.unread.has(place.id) && el('span', { class: 'dot', title: 'New messages' }));
}
