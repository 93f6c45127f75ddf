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
  if (response.status === 401) throw new Error(await response.text());
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Error(answer?.title ?? `Local Teams answered ${response.status}`);
  return answer;
}

export const state = last => ask(`/state?last=${last}`);
export const raise = id => ask('/samples', 'POST', { id });
export const say = (person, conversation, text) => ask(`/people/${person}/messages`, 'POST', { conversation, text });
export const edit = (person, conversation, messageId, text) => ask(`/people/${person}/messages`, 'PUT', { conversation, messageId, text });
export const click = (person, conversation, messageId, action) => ask(`/people/${person}/clicks`, 'POST', { conversation, messageId, action });
export const submitDialog = (person, conversation, messageId, data) => ask(`/people/${person}/dialogs`, 'POST', { conversation, messageId, data });
export const view = (person, message, refresh) =>
  ask(`/views?${new URLSearchParams({ person, conversation: message.conversation, messageId: message.id, refresh })}`);

/** Calls back for every change; `lost(why)` when the stream was lost, why being null while nobody answers, and `found()` when it is back. */
export function listen(after, changed, lost, found) {
  const stream = new EventSource(`${base}/events?after=${after}`);
  let last = after;
  stream.onmessage = event => {
    const change = JSON.parse(event.data);
    last = change.seq;
    changed(change);
  };
  stream.onopen = found;
  stream.onerror = async () => {
    lost(null);
    // Refused, it does not try again by itself; another tab that was opened anew lets this one in as well.
    if (stream.readyState !== EventSource.CLOSED) return;
    await ask('/switches').catch(problem => lost(problem instanceof NoAnswer ? null : problem.message));
    setTimeout(() => listen(last, changed, lost, found), 10_000);
  };
}
