// Elements are made here and nowhere else, so text always goes in as text.

export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') element.className = value;
    else if (name === 'dataset') Object.assign(element.dataset, value);
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== 'role') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

export function avatar(who, size = '') {
  if (who.id === 'bot') return el('span', { class: `avatar bot ${size}`, 'aria-hidden': 'true' }, el('span', {}, 'AI'));
  const initials = who.name.split(' ').map(part => part[0]).join('').slice(0, 2);
  return el('span', { class: `avatar ${size}`, dataset: { tone: who.tone }, 'aria-hidden': 'true' }, initials);
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });

export function time(at) {
  const date = new Date(at);
  const text = date.toDateString() === new Date().toDateString() ? clock.format(date) : day.format(date);
  return el('time', { dateTime: at, title: date.toLocaleString() }, text);
}
