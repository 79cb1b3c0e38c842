import { createReadStream, existsSync, readFileSync, realpathSync } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { isOwnHost } from './serve/own-host.mjs'
import { policiesOf } from './serve/policies.mjs'
import { readRange } from './serve/read-range.mjs'

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.map': 'application/json; charset=utf-8',
}

/**
 * Serves the built studio on this machine, to pages that ask for it by a name of this machine or by `host`. A taken port moves on to the
 * next one unless `strict`. `allow` are addresses beside https and this machine that models may be asked at. Files of the folder are
 * served and nothing else; no request ends the server.
 */
export async function serve({
  port = 4173,
  strict = false,
  host = 'localhost',
  allow = [],
  folder = fileURLToPath(new URL('../dist', import.meta.url)),
} = {}) {
  if (!existsSync(join(folder, 'index.html'))) throw new Error('There is no build to serve. Run `npm run build` first.')
  const site = { host, root: realpathSync(folder), policies: policiesOf(readFileSync(join(folder, 'index.html'), 'utf8'), allow) }
  const server = createServer((request, response) => {
    // A listener of its own for each: an error without one ends the process.
    response.on('error', () => undefined)
    answer(site, request, response).catch(error => {
      console.error(error)
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'The file could not be read.')
    })
  })
  return new Promise((listening, reject) => {
    const listen = candidate => {
      server.once('error', error => {
        if (error.code === 'EADDRINUSE' && !strict && candidate < port + 20) listen(candidate + 1)
        else reject(error)
      })
      server.listen(candidate, host, () => {
        const named = host.includes(':') ? `[${host}]` : host
        listening({
          url: `http://${named}:${server.address().port}`,
          close() {
            server.close()
            server.closeAllConnections()
          },
        })
      })
    }
    listen(port)
  })
}

async function answer({ host, root, policies }, request, response) {
  if (!isOwnHost(request.headers.host, host))
    return refuse(response, 421, 'This server answers to the name of this machine only. Open the address that npm start printed.')
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(response, 405, 'Only GET and HEAD are answered.', { allow: 'GET, HEAD' })
  const path = pathOf(request.url)
  if (path === undefined) return refuse(response, 400, 'This is no address of a file.')
  const file = await openInside(root, path)
  if (file === undefined) return refuse(response, 404, 'Not found')
  try {
    const { size } = await file.handle.stat()
    const range = readRange(request.headers.range, size)
    const headers = { ...headersOf(path, policies), 'accept-ranges': 'bytes' }
    if (range === 'unsatisfiable') return refuse(response, 416, 'The file is shorter than that.', { 'content-range': `bytes */${size}` })
    const { start, end } = range ?? { start: 0, end: size - 1 }
    response.writeHead(range ? 206 : 200, {
      ...headers,
      'content-length': end - start + 1,
      ...(range && { 'content-range': `bytes ${start}-${end}/${size}` }),
    })
    if (request.method === 'HEAD' || size === 0) return void response.end()
    await sent(createReadStream(file.path, { fd: file.handle, start, end, autoClose: false }), response)
  } finally {
    await file.handle.close()
  }
}

/** Resolves when all is sent, or when the other side has gone: then the file is closed, too. */
function sent(stream, response) {
  return new Promise(done => pipeline(stream, response, () => done()))
}

function refuse(response, status, sentence, headers = {}) {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers }).end(sentence)
}

/** The path below the folder; undefined for what is none, such as `%`, a null byte or a way up. */
function pathOf(url = '') {
  const [raw = ''] = url.split(/[?#]/)
  if (!raw.startsWith('/')) return undefined
  try {
    const parts = decodeURIComponent(raw)
      .split(/[/\\]/)
      .filter(part => part !== '')
    if (parts.some(part => part === '..' || part.includes('\0') || part.includes(':'))) return undefined
    return parts.filter(part => part !== '.').join('/') || 'index.html'
  } catch {
    return undefined
  }
}

/** Opens a file of the folder. Where it really lies decides, so a link that leads out of the folder is none of its files. */
async function openInside(root, path) {
  const real = await realpath(resolve(root, path)).catch(() => undefined)
  if (real === undefined || !real.startsWith(root + sep)) return undefined
  const handle = await open(real, 'r').catch(() => undefined)
  if (handle === undefined) return undefined
  if ((await handle.stat()).isFile()) return { path: real, handle }
  await handle.close()
  return undefined
}

function headersOf(path, { page, worker, code }) {
  const extension = extname(path)
  const policy = extension === '.html' ? page : /(?:^|\/)code\.worker-[^/]*\.js$/.test(path) ? code : worker
  return {
    'content-type': types[extension] ?? 'application/octet-stream',
    'cache-control': path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...(extension === '.html' || extension === '.js' ? { 'content-security-policy': policy } : {}),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      folder: { type: 'string' },
      host: { type: 'string' },
      allow: { type: 'string', multiple: true },
    },
  })
  const { url } = await serve({
    ...(values.port === undefined ? {} : { port: Number(values.port), strict: true }),
    ...(values.folder === undefined ? {} : { folder: resolve(values.folder) }),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.allow === undefined ? {} : { allow: values.allow }),
  })
  console.log(`DSPy Studio is at ${url}`)
}
