import { connect } from 'node:net'
import { EngineError } from '@/engine/base/errors'
import { isLoopbackHost } from '@/engine/providers/openai/hosts'
import { traitsOf } from '@/engine/providers/registry'
import { modelsOf } from '@/engine/run/plan/models-of'
import type { RunModels } from '@/engine/record/spec'

/**
 * Knocks at the address of every model before a run, without a request: a server that is not there is told at once, instead of
 * after the retries that a bad moment deserves. Throws `lm-network`.
 */
export async function checkReachable(models: RunModels): Promise<void> {
  const urls = modelsOf(models).flatMap(model =>
    traitsOf(model).addressed && model.baseUrl !== undefined && URL.canParse(model.baseUrl) ? [new URL(model.baseUrl)] : [],
  )
  const hosts = new Map(urls.map(url => [url.host, url]))
  await Promise.all([...hosts.values()].map(knock))
}

function knock(url: URL): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: patienceMs })
    const end = (): void => {
      socket.destroy()
      resolve()
    }
    socket.once('connect', end)
    // Slow is not gone: the run's own patience decides.
    socket.once('timeout', end)
    socket.once('error', error => {
      const code = 'code' in error ? String(error.code) : error.message
      // A name may resolve again in a moment, a port on this machine that refuses does not answer by itself.
      const advice = isLoopbackHost(url.hostname) ? 'Start the server, or correct the address.' : 'Check the connection and the address.'
      reject(new EngineError('lm-network', `There is no answer from ${url.host} (${code}). ${advice}`, { host: url.host }))
    })
  })
}

const patienceMs = 5000
