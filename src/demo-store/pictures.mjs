// Generated product pictures: small, the same for the same id, and pleasant enough for a screenshot.
import { deflateSync } from 'node:zlib';
import { colours } from './wording.mjs';

const SHAPES = {
  tee: '<path d="M36 34 58 24q12 12 24 0l22 10 12 20-16 8-6-8v52H46V54l-6 8-16-8z"/>',
  bag: '<rect x="40" y="46" width="60" height="66" rx="12"/><path d="M54 46v-8a16 16 0 0 1 32 0v8" fill="none" stroke-width="7"/><rect x="50" y="78" width="40" height="24" rx="6" opacity=".35" fill="#fff"/>',
  bowl: '<path d="M28 66h84l-8 36a12 12 0 0 1-12 10H48a12 12 0 0 1-12-10z"/><circle cx="54" cy="58" r="9"/><circle cx="72" cy="52" r="11"/><circle cx="89" cy="59" r="8"/>',
  mug: '<rect x="38" y="42" width="52" height="66" rx="10"/><path d="M90 56h12a14 14 0 0 1 0 36H90" fill="none" stroke-width="8"/><rect x="46" y="52" width="8" height="46" rx="4" opacity=".3" fill="#fff"/>',
};

function hash(text) {
  let h = 2166136261;
  for (let k = 0; k < text.length; k++) h = Math.imul(h ^ text.charCodeAt(k), 16777619);
  return (h ^ (h >>> 13)) >>> 0;
}

const channels = hex => [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
const darken = (hex, part) => `#${channels(hex).map(c => Math.round(c * (1 - part)).toString(16).padStart(2, '0')).join('')}`;
const lighten = (hex, part) => `#${channels(hex).map(c => Math.round(c + (255 - c) * part).toString(16).padStart(2, '0')).join('')}`;

function palette(id) {
  const h = hash(id);
  return { h, main: colours[h % colours.length][1], second: colours[(h >>> 7) % colours.length][1] };
}

export function svgPicture(id, icon) {
  const { h, main, second } = palette(id);
  const shape = SHAPES[icon] ?? SHAPES[Object.keys(SHAPES)[h % 4]];
  const turn = h % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 140 140" width="560" height="560"><defs><linearGradient id="g" gradientTransform="rotate(${turn % 90})"><stop stop-color="${lighten(second, 0.86)}"/><stop offset="1" stop-color="${lighten(main, 0.7)}"/></linearGradient></defs>`
    + `<rect width="140" height="140" fill="url(#g)"/><circle cx="${30 + h % 80}" cy="${26 + (h >>> 5) % 88}" r="${34 + (h >>> 9) % 26}" fill="${lighten(second, 0.55)}" opacity=".45"/>`
    + `<ellipse cx="70" cy="118" rx="38" ry="6" fill="#000" opacity=".09"/><g fill="${main}" stroke="${darken(main, 0.12)}" transform="rotate(${(h >>> 11) % 9 - 4} 70 70)">${shape}</g></svg>`;
}

/** A square PNG: a soft gradient with a band. */
export function pngPicture(id, size = 160) {
  const { h, main, second } = palette(id);
  const from = channels(lighten(main, 0.75)), to = channels(lighten(second, 0.5)), band = channels(main);
  const raw = Buffer.alloc((size * 3 + 1) * size);
  for (let y = 0, at = 0; y < size; y++) {
    raw[at++] = 0;
    for (let x = 0; x < size; x++) {
      const t = (x + y) / (2 * size);
      const inside = Math.hypot(x - size / 2, y - size / 2) < size * (0.25 + h % 10 / 100);
      for (let c = 0; c < 3; c++) raw[at++] = inside ? band[c] : Math.round(from[c] + (to[c] - from[c]) * t);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0); header.writeUInt32BE(size, 4); header[8] = 8; header[9] = 2;
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header), chunk('IDAT', deflateSync(raw)), chunk('IEND', Buffer.alloc(0))]);
}

const crcTable = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  let crc = 0xffffffff;
  for (let k = 4; k < 8 + data.length; k++) crc = crcTable[(crc ^ out[k]) & 255] ^ (crc >>> 8);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 8 + data.length);
  return out;
}
