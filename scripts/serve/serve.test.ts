import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve, type LocalServer } from '../serve.mjs'

const page = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'; connect-src 'self' https: http://localhost:*" />`
const large = 8 * 1024 * 1024

let folder = ''
let server: LocalServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dspy-studio-serve-'))
  const site = join(folder, 'dist')
  mkdirSync(join(site, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'private.txt'), 'not for pages')
  writeFileSync(join(site, 'index.html'), page)
  writeFileSync(join(site, 'empty.js'), '')
  writeFileSync(join(site, 'assets/engine.worker-1.js'), 'engine')
  writeFileSync(join(site, 'assets/code.worker-1.js'), 'user code')
  writeFileSync(join(site, 'assets/large.js'), Buffer.alloc(large, 97))
  symlinkSync(join(folder, 'private.txt'), join(site, 'link.txt'))
  server = await serve({ port: 0, folder: site, allow: ['http://192.168.1.5:11434'] })
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('the local server', () => {
  it('sends files of the build with their type and policy', async () => {
    const index = await ask('/')
    expect(index).toMatchObject({ status: 200, body: page })
    expect(index.headers).toContain("frame-ancestors 'none'")
    expect(index.headers).toContain('no-cache')
    expect((await ask('/assets/engine.worker-1.js')).headers).toMatch(/max-age=31536000, immutable/)
    expect(await ask('/empty.js')).toMatchObject({ status: 200, body: '' })
    expect(await ask('/index.html', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect(await ask('/index.html', { method: 'POST' })).toMatchObject({ status: 405 })
  })

  it('keeps the worker to the addresses of the page and those allowed, and the user’s code to nothing but its own files', async () => {
    const worker = (await ask('/assets/engine.worker-1.js')).headers
    expect(worker).toContain("connect-src 'self' https: http://localhost:* http://192.168.1.5:11434")
    const userCode = (await ask('/assets/code.worker-1.js')).headers
    expect(userCode).toContain("default-src 'none'")
    expect(userCode).toContain("connect-src 'self'\r\n")
  })

  it.each(['javascript:alert(1)', 'not an address', "http://a; script-src 'unsafe-inline'", ''])(
    'refuses %j as an allowed address',
    async allow => {
      await expect(serve({ port: 0, folder: join(folder, 'dist'), allow: [allow] })).rejects.toThrow(/--allow takes addresses/)
    },
  )

  it('sends part of a file where a part is asked for', async () => {
    const range = (value: string) => ask('/index.html', { headers: { range: value } })
    expect(await range('bytes=0-4')).toMatchObject({ status: 206, body: page.slice(0, 5) })
    expect(await range('bytes=-4')).toMatchObject({ status: 206, body: page.slice(-4) })
    expect(await range('bytes=5-')).toMatchObject({ status: 206, body: page.slice(5) })
    expect(await range(`bytes=${page.length}-`)).toMatchObject({ status: 416 })
    for (const odd of ['bytes=', 'bytes=5-2', 'lines=1-2', 'bytes=0-1,4-5']) expect(await range(odd)).toMatchObject({ status: 200 })
  })

  it('stays up whatever the address, and never leaves the folder', async () => {
    const odd = ['/%', '//', '///', '/%00', '/%c0%ae', '/..', '/../private.txt', '/%2e%2e/private.txt', '/..%5cprivate.txt', '/link.txt']
    for (const path of [...odd, '/assets', '/assets/', '*', 'http://', 'index.html', `/${'a'.repeat(6000)}`]) {
      const { body, status } = await ask(path)
      expect({ path, isPrivate: body.includes('not for pages') }).toEqual({ path, isPrivate: false })
      expect(status).toBeGreaterThanOrEqual(200)
    }
    expect(await ask('/')).toMatchObject({ status: 200 })
  })

  it('stays up through requests of any shape', async () => {
    const path = fc.stringMatching(/^\/[!-~]{0,40}$/)
    await fc.assert(
      fc.asyncProperty(path, fc.stringMatching(/^[ -~]{0,20}$/), async (url, range) => {
        const { status } = await ask(url, { headers: { range } })
        expect([200, 206, 400, 404, 416]).toContain(status)
      }),
      { numRuns: 200 },
    )
    await talk('no request at all\r\n\r\n')
    await talk('GET / HTTP/1.1\r\n\r\n')
    expect(await ask('/')).toMatchObject({ status: 200 })
  })

  it('answers to names of this machine only', async () => {
    for (const host of ['localhost:4173', 'localhost', '127.0.0.1', '[::1]:80', 'studio.localhost'])
      expect({ host, ...(await ask('/', { headers: { host } })) }).toMatchObject({ host, status: 200 })
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'localhost@evil', 'localhost:x'])
      expect({ host, ...(await ask('/', { headers: { host } })) }).toMatchObject({ host, status: 421 })
    expect((await ask('/', { headers: { host: 'evil.example' } })).body).not.toContain(page)
  })

  it.runIf(process.platform === 'linux')('closes files whose download was given up', { timeout: 30_000 }, async () => {
    const open = (): number => readdirSync('/proc/self/fd').length
    await ask('/')
    const before = open()
    for (let at = 0; at < 40; at++) await giveUp('/assets/large.js')
    await expect.poll(open, { timeout: 10_000 }).toBeLessThan(before + 10)
    expect(await ask('/')).toMatchObject({ status: 200 })
  })
})

interface Answer {
  readonly status: number
  readonly headers: string
  readonly body: string
}

interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Asks over a socket of its own: a client of Node would put right, or refuse to send, the very addresses that matter here. */
async function ask(path: string, { method = 'GET', headers = {} }: Ask = {}): Promise<Answer> {
  const lines = Object.entries({ host: 'localhost', connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}`)
  const text = await talk(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  const end = text.indexOf('\r\n\r\n')
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), headers: `${text.slice(0, end)}\r\n`, body: text.slice(end + 4) }
}

function talk(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(new URL(server.url).port), 'localhost', () => socket.write(request))
    socket.setEncoding('utf8')
    socket.on('data', chunk => (text += chunk))
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })
}

/** Reads the start of a file and hangs up. */
function giveUp(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), 'localhost', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`),
    )
    socket.once('data', () => socket.resetAndDestroy())
    socket.on('close', () => resolve())
    socket.on('error', reject)
  })
}
