// Makes a screenshot small: at most 256 colours, which pages of text have nearly anyway. PNG in, PNG out.
import { deflateSync, inflateSync } from 'node:zlib';

const HEAD = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const TABLE = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc(data) {
  let c = 0xffffffff;
  for (const byte of data) c = TABLE[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

function paeth(a, b, c) {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

function decoded(png) {
  let at = 8;
  const data = [];
  let head;
  while (at < png.length) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    if (type === 'IHDR') head = png.subarray(at + 8, at + 8 + length);
    if (type === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const [width, height, size] = [head.readUInt32BE(0), head.readUInt32BE(4), head[9] === 6 ? 4 : 3];
  const raw = inflateSync(Buffer.concat(data));
  const row = width * size;
  const pixels = Buffer.alloc(row * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (row + 1)];
    for (let x = 0; x < row; x += 1) {
      const left = x >= size ? pixels[y * row + x - size] : 0;
      const up = y ? pixels[(y - 1) * row + x] : 0;
      const corner = y && x >= size ? pixels[(y - 1) * row + x - size] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      pixels[y * row + x] = raw[y * (row + 1) + 1 + x] + guess;
    }
  }
  return { width, height, size, pixels };
}

// The most frequent colours are kept; each other becomes the nearest of them.
function chosen(counts) {
  const colours = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const kept = colours.slice(0, 256);
  const index = new Map(kept.map((colour, n) => [colour, n]));
  for (const colour of colours.slice(256)) {
    const far = (other) =>
      ((colour >> 16) - (other >> 16)) ** 2 + (((colour >> 8) & 255) - ((other >> 8) & 255)) ** 2 + ((colour & 255) - (other & 255)) ** 2;
    let best = 0;
    for (let n = 1; n < kept.length; n += 1) if (far(kept[n]) < far(kept[best])) best = n;
    index.set(colour, best);
  }
  return { kept, index };
}

export function palette(png) {
  const { width, height, size, pixels } = decoded(png);
  const counts = new Map();
  const colours = new Uint32Array(width * height);
  for (let n = 0; n < colours.length; n += 1) {
    const colour = (pixels[n * size] << 16) | (pixels[n * size + 1] << 8) | pixels[n * size + 2];
    colours[n] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const { kept, index } = chosen(counts);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = index.get(colours[y * width + x]);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(kept.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const body = deflateSync(rows, { level: 9, memLevel: 9 });
  return Buffer.concat([HEAD, chunk('IHDR', head), chunk('PLTE', table), chunk('IDAT', body), chunk('IEND', Buffer.alloc(0))]);
}
