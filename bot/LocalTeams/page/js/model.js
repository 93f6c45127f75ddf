// What the page knows: people, places, messages by place, who is looking, and where.

const listeners = new Set();

export const model = {
  people: [],
  places: [],
  messages: new Map(),
  unread: new Set(),
  missing: [],
  hint: null,
  samples: [],
  bot: { id: 'bot', name: '' },
  team: { name: '' },
  me: null,
  place: null,
};

export const on = listener => listeners.add(listener);

function tell(kind, detail) {
  for (const listener of listeners) listener(kind, detail);
}

export function load(state) {
  model.people = state.people.map((person, index) => ({ ...person, tone: String(index) }));
  model.bot = { id: 'bot', name: state.bot.name };
  model.team = state.team;
  model.missing = state.missing;
  model.hint = state.hint?.replaceAll('{address}', location.origin) ?? null;
  model.samples = state.samples;
  model.places = state.conversations.map(({ messages, ...place }) => place);
  for (const conversation of state.conversations) {
    model.messages.set(conversation.id, new Map(conversation.messages.map(({ message }) => [message.id, message])));
  }
}

export const visiblePlaces = () => model.places.filter(place => !place.owner || place.owner === model.me.id);

export const author = id => id === 'bot' ? model.bot : model.people.find(person => person.id === id);

export const messagesIn = place => [...model.messages.get(place.id).values()].sort((a, b) => Number(a.id) - Number(b.id));

/** Somebody can press something somewhere in the team: the first card has come. */
export const hasActed = () => [...model.messages.values()].some(messages => [...messages.values()].some(message => message.from === 'bot' && message.card?.actions?.length > 0));

export function become(personId) {
  model.me = model.people.find(person => person.id === personId) ?? model.people[0];
  if (model.place?.owner && model.place.owner !== model.me.id) {
    model.place = visiblePlaces().find(place => place.kind === 'personal');
  }
  tell('me');
}

export function go(placeId) {
  model.place = visiblePlaces().find(place => place.id === placeId) ?? visiblePlaces().find(place => place.kind === 'channel');
  model.unread.delete(model.place.id);
  tell('place');
}

export function put(message) {
  const known = model.messages.get(message.place);
  const before = known.get(message.id);
  if (before && before.version > message.version) return;
  known.set(message.id, message);
  if (!before && message.place !== model.place?.id && message.from !== model.me.id) model.unread.add(message.place);
  tell('message', { message, isNew: !before });
}
