import { useQuery } from '@tanstack/react-query'
import { secretPlace } from '@/engine/tools/secret-place'
import { engine } from './engine-client'
import { notifyError } from './notices'
import { useKeys } from './queries'
import { invalidate, queryKeys } from './query-client'
import { saveKey } from './save-key'

/** The addresses that the tools of a project may contact; undefined until they are known. */
export function useToolHosts(projectId: string): readonly string[] | undefined {
  return useQuery({ queryKey: queryKeys.toolHosts(projectId), queryFn: () => engine().toolHosts(projectId) }).data
}

/** Lets the tools of a project contact some addresses, or no longer. It holds at once, also for runs under way. */
export async function allowToolHosts(projectId: string, origins: readonly string[], isAllowed: boolean): Promise<void> {
  try {
    const others = (await engine().toolHosts(projectId)).filter(origin => !origins.includes(origin))
    await engine().allowToolHosts(projectId, isAllowed ? [...others, ...origins] : others)
  } catch (error) {
    notifyError('What the tools may contact was not changed', error)
  }
  invalidate(queryKeys.toolHosts(projectId))
}

/** Whether a secret is saved under this name for this origin; undefined until that is known. */
export function useHasSecret(origin: string, name: string): boolean | undefined {
  const { data } = useKeys()
  return data?.some(key => key.origin === secretPlace(origin, name))
}

/** Keeps a secret for one origin; false when it was refused. */
export function saveSecret(origin: string, name: string, secret: string, remember: boolean): Promise<boolean> {
  return saveKey(secretPlace(origin, name), secret, remember)
}
