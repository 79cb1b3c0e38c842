import { isGatewayStatus } from '../lm/sending/came-through'
import { addressUnder } from './openai/hosts'
import type { Fetch } from './base/host'

/**
 * Finds out whether anything answers at an address, at no cost: it asks for the list of models, without a key. In a browser the answer
 * cannot be read (that would need the server's permission), so any counts; elsewhere a gateway that reaches nobody does not.
 */
export async function isThere(fetch: Fetch, baseUrl: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { status } = await fetch(addressUnder(new URL(baseUrl), '/models'), {
      method: 'GET',
      mode: 'no-cors',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal,
    })
    return !isGatewayStatus(status)
  } catch {
    return false
  }
}
