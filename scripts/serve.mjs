import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

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

/** Serves the built studio on localhost. A taken port moves on to the next one unless `strict`. */
export function serve({ port = 4173, strict = false, folder = fileURLToPath(new URL('../dist', import.meta.url)) } = {}) {
  if (!existsSync(join(folder, 'index.html'))) throw new Error('There is no build to serve. Run `npm run build` first.')
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)).replace(/^([/\\]|\.\.)+/, '')
    const file = join(folder, path === '' || path === '.' ? 'index.html' : path)
    if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found')
      return
    }
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'cache-control': path.startsWith('assets') ? 'public, max-age=31536000, immutable' : 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "frame-ancestors 'none'",
    })
    createReadStream(file).pipe(response)
  })
  return new Promise((listening, reject) => {
    const listen = candidate => {
      server.once('error', error => {
        if (error.code === 'EADDRINUSE' && !strict && candidate < port + 20) listen(candidate + 1)
        else reject(error)
      })
      server.listen(candidate, 'localhost', () => listening({ url: `http://localhost:${candidate}`, close: () => server.close() }))
    }
    listen(port)
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { port: { type: 'string' }, folder: { type: 'string' } } })
  const { url } = await serve({
    ...(values.port === undefined ? {} : { port: Number(values.port), strict: true }),
    ...(values.folder === undefined ? {} : { folder: resolve(values.folder) }),
  })
  console.log(`DSPy Studio is at ${url}`)
}
