// Draws color.png and outline.png: a speech bubble with a tick, the decision that the bot asks for. node manifest/draw-icons.mjs
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const accent = [0x4f, 0x6b, 0xed];
const white = [255, 255, 255];
const samples = 8;

/** Distance to a rectangle with round corners; less than zero inside. */
function box(x, y, { left, top, right, bottom, corner }) {
  const dx = Math.abs(x - (left + right) / 2) - (right - left) / 2 + corner;
  const dy = Math.abs(y - (top + bottom) / 2) - (bottom - top) / 2 + corner;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner;
}

/** Distance to the nearest of the lines through the points. */
function line(x, y, points) {
  let nearest = Infinity;
  for (let at = 1; at < points.length; at++) {
    const [[ax, ay], [bx, by]] = [points[at - 1], points[at]];
    const [ux, uy] = [bx - ax, by - ay];
    const along = Math.min(1, Math.max(0, ((x - ax) * ux + (y - ay) * uy) / (ux * ux + uy * uy)));
    nearest = Math.min(nearest, Math.hypot(x - ax - along * ux, y - ay - along * uy));
  }
  return nearest;
}

/** Distance to a triangle; less than zero inside. */
function triangle(x, y, points) {
  const sides = points.map(([ax, ay], at) => {
    const [bx, by] = points[(at + 1) % 3];
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax);
  });
  const inside = sides.every(side => side >= 0) || sides.every(side => side <= 0);
  return line(x, y, [...points, points[0]]) * (inside ? -1 : 1);
}

// On a square of 32 by 32; the large icon leaves a margin around it.
const tick = [[11, 14.2], [14.6, 17.6], [21.2, 10.6]];
const bubble = (x, y) => Math.min(
  box(x, y, { left: 4, top: 5, right: 28, bottom: 23, corner: 5 }),
  triangle(x, y, [[9, 22], [9, 28.5], [16, 22]]));

function color(x, y) {
  const inBubble = bubble(x, y) <= 0 && line(x, y, tick) > 1.5;
  return [...(inBubble ? white : accent), 255];
}

function outline(x, y) {
  const distance = bubble(x, y);
  return [...white, (distance <= 0 && distance >= -2) || line(x, y, tick) <= 1.1 ? 255 : 0];
}

/** @param margin how much of the size stays free on each side. */
function draw(size, margin, paint) {
  const scale = 32 / (size * (1 - 2 * margin));
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const sum = [0, 0, 0, 0];
      for (let sample = 0; sample < samples * samples; sample++) {
        const x = (column + (sample % samples + 0.5) / samples - size * margin) * scale;
        const y = (row + (Math.floor(sample / samples) + 0.5) / samples - size * margin) * scale;
        paint(x, y).forEach((value, channel) => { sum[channel] += value; });
      }
      sum.forEach((value, channel) => {
        rows[row * (1 + size * 4) + 1 + column * 4 + channel] = Math.round(value / (samples * samples));
      });
    }
  }
  return png(size, rows);
}

function png(size, rows) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type, content) {
  const named = Buffer.concat([Buffer.from(type), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

writeFileSync(new URL('color.png', import.meta.url), draw(192, 0.14, color));
writeFileSync(new URL('outline.png', import.meta.url), draw(32, 0, outline));
