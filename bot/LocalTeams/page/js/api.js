const base = '/localteams/api';

/** Nobody answered, so nothing can be said of what became of it. */
export class NoAnswer extends Error {
  constructor() { super('The bot does not answer. Is it running?'); }
}

async function ask(path, method = 'GET', body) {
  const response = await fetch(base + path, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body ? JSON.stringify(body) : undefined,
  }).catch(() => { throw new NoAnswer(); });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Error(answer?.title ?? `Local Teams answered ${response.status}`);
  return answer;
}

export const state = last => ask(`/state?last=${last}`);
export const raise = id => ask('/samples', 'POST', { id });
export const say = (person, conversation, text) => ask(`/people/${person}/messages`, 'POST', { conversation, text });
export const edit = (person, conversation, messageId, text) => ask(`/people/${person}/messages`, 'PUT', { conversation, messageId, text });
export const click = (person, conversation, messageId, action) => ask(`/people/${person}/clicks`, 'POST', { conversation, messageId, action });
export const view = (person, message, refresh) =>
  ask(`/views?${new URLSearchParams({ person, conversation: message.conversation, messageId: message.id, refresh })}`);

/** Calls back for every change; when the stream was lost, `lost(true)`, and `lost(false)` when it is back. */
export function listen(after, changed, lost) {
  const stream = new EventSource(`${base}/events?after=${after}`);
  stream.onmessage = event => changed(JSON.parse(event.data));
  stream.onopen = () => lost(false);
  stream.onerror = () => lost(true);
}
