import type { ToolHost } from '@/engine/tools/tool-kind'
import { secretPlace } from '@/engine/tools/secret-place'
import { allowedToolHosts } from '@/storage/tool-hosts'
import type { Services } from './services'

/** What the tools of a project may use. What the user has allowed is looked up at each call: it may be taken back while a run goes on. */
export function toolHostFor({ clock, keys, liveKeys }: Pick<Services, 'clock' | 'keys' | 'liveKeys'>, projectId: string): ToolHost {
  return {
    fetch: (url, init) => fetch(url, init),
    clock,
    allows: async origin => (await allowedToolHosts(projectId)).includes(origin),
    secret: (origin, name) => keys.authorize(secretPlace(origin, name)),
    keys: liveKeys,
    sessions: new Map(),
  }
}
