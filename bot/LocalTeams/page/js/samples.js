import * as api from './api.js';
import { el } from './dom.js';
import { model } from './model.js';

export const samplesHere = () => model.place?.kind === 'channel' ? model.samples.filter(sample => sample.channel === model.place.name) : [];

/** A button for each sample alert of this channel, with what to expect; null where there is none. */
export function sampleButtons() {
  const samples = samplesHere();
  if (samples.length === 0) return null;
  const said = el('p', { class: 'samples-said', role: 'status' });
  let raising = false;
  const raise = async sample => {
    if (raising) return; // not disabled: the focus would be lost
    raising = true;
    said.textContent = `Raising “${sample.title}” …`;
    try {
      await api.raise(sample.id);
      said.textContent = `“${sample.title}” is raised. Its card comes in a moment.`;
    } catch (problem) {
      said.textContent = problem.message;
    } finally {
      raising = false;
    }
  };
  return el('div', { class: 'samples-list' },
    el('p', {}, 'Simulated alerts, sent to the bot as a vendor sends them:'),
    el('ul', {}, samples.map(sample => el('li', {},
      el('button', { type: 'button', class: 'sample', onclick: () => raise(sample) }, el('strong', {}, sample.title), el('span', {}, ` – ${sample.expect}`))))),
    said);
}

addEventListener('click', event => {
  for (const menu of document.querySelectorAll('.samples[open]')) if (!menu.contains(event.target)) menu.open = false;
});

/** The same behind a button in the channel's header; null where there is none. */
export function samplesMenu() {
  const list = sampleButtons();
  if (!list) return null;
  const menu = el('details', { class: 'samples' }, el('summary', {}, 'Sample alerts'), list);
  menu.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });
  menu.addEventListener('focusout', event => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false; });
  return menu;
}
