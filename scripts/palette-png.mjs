import { deflateSync, inflateSync } from 'node:zlib'

// Screens hold few colours: with a palette of 256 their pictures take a third of the space and look the same.

/** Rewrites a PNG of 8-bit RGB or RGBA, as Chromium makes them, with a palette. */
export function withPalette(png) {
  const { width, height, pixels } = decode(png)
  const { palette, indexOf } = choosePalette(pixels)
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = indexOf(pixels[y * width + x])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(colour => channels(colour)))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])
const exactColours = 128
const paletteSize = 256

/**
 * The commonest colours as they are. For the others the middles of small cubes of colour space, one at a time where most pixels are
 * furthest from what is there: a small coloured dot must not turn grey because grey is common.
 */
function choosePalette(pixels) {
  const counts = new Map()
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  const byCount = [...counts].toSorted((a, b) => b[1] - a[1])
  const palette = byCount.slice(0, byCount.length <= paletteSize ? paletteSize : exactColours).map(([colour]) => colour)
  const cubes = cubesOf(byCount.slice(palette.length))
  for (const cube of cubes) cube.far = Math.min(...palette.map(colour => distance(colour, cube.colour)))
  while (palette.length < paletteSize && cubes.length > 0) {
    const next = cubes.reduce((best, cube) => (cube.count * cube.far > best.count * best.far ? cube : best))
    if (next.far === 0) break
    palette.push(next.colour)
    for (const cube of cubes) cube.far = Math.min(cube.far, distance(next.colour, cube.colour))
  }
  const known = new Map(palette.map((colour, index) => [colour, index]))
  const indexOf = colour => {
    const found = known.get(colour)
    if (found !== undefined) return found
    const nearest = palette.reduce((best, other, index) => (distance(other, colour) < distance(palette[best], colour) ? index : best), 0)
    known.set(colour, nearest)
    return nearest
  }
  return { palette, indexOf }
}

function cubesOf(byCount) {
  const cubes = new Map()
  for (const [colour, count] of byCount) {
    const [r, g, b] = channels(colour)
    const key = ((r >> 4) << 8) | ((g >> 4) << 4) | (b >> 4)
    const sum = cubes.get(key) ?? [0, 0, 0, 0]
    cubes.set(key, [sum[0] + r * count, sum[1] + g * count, sum[2] + b * count, sum[3] + count])
  }
  return [...cubes.values()].map(([r, g, b, count]) => ({
    colour: (Math.round(r / count) << 16) | (Math.round(g / count) << 8) | Math.round(b / count),
    count,
    far: 0,
  }))
}

function distance(a, b) {
  const [r1, g1, b1] = channels(a)
  const [r2, g2, b2] = channels(b)
  return (r1 - r2) ** 2 * 3 + (g1 - g2) ** 2 * 4 + (b1 - b2) ** 2 * 2
}

function channels(colour) {
  return [colour >> 16, (colour >> 8) & 255, colour & 255]
}

/** Every pixel as one number, 0xRRGGBB. */
function decode(png) {
  const width = png.readUInt32BE(16)
  const height = png.readUInt32BE(20)
  const depth = png[24]
  const size = { 2: 3, 6: 4 }[png[25]]
  if (depth !== 8 || size === undefined) throw new Error('The picture is no PNG of 8-bit RGB or RGBA.')
  const parts = []
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  const data = inflateSync(Buffer.concat(parts))
  const stride = width * size
  const pixels = new Uint32Array(width * height)
  let before = Buffer.alloc(stride)
  for (let y = 0; y < height; y++) {
    const filter = data[y * (stride + 1)]
    const row = data.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1))
    for (let at = 0; at < stride; at++) {
      const left = at >= size ? row[at - size] : 0
      const corner = at >= size ? before[at - size] : 0
      row[at] += [0, left, before[at], (left + before[at]) >> 1, paeth(left, before[at], corner)][filter]
    }
    for (let x = 0; x < width; x++) pixels[y * width + x] = (row[x * size] << 16) | (row[x * size + 1] << 8) | row[x * size + 2]
    before = row
  }
  return { width, height, pixels }
}

function paeth(left, up, corner) {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

function crc32(bytes) {
  let value = 0xffffffff
  for (const byte of bytes) value = table[(value ^ byte) & 255] ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}
