import type { LiveKeys } from '../../lm/keys/live-keys'
import type { Clock } from '../../base/clock'
import type { BlobStore } from '../../blobs/blob-store'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** What a provider may use of the place it runs in. */
export interface ProviderHost {
  readonly fetch: Fetch
  readonly clock: Clock
  /** The key saved for exactly this origin, or undefined. Asked before each request, so keep it in memory. */
  readonly authorize: (origin: string) => Promise<string | undefined>
  /** The keys that are taken out of what comes back, where other parts of the host use them as well. */
  readonly keys?: LiveKeys
  /** Where the files lie that messages name. */
  readonly blobs?: Pick<BlobStore, 'get'>
  /** Most requests at once to an endpoint where the user set none. */
  readonly defaultConcurrency?: number
  /**
   * Most connections to one address over plain HTTP: six in a browser. What a user allows beyond that would line up inside the
   * browser, where neither a pause nor a cap reaches it.
   */
  readonly plainHttpConnections?: number
}
