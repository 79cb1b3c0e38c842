import { useMutation } from '@tanstack/react-query'
import { isSameJson } from '@/lib/three-way-merge'

export interface Attempt<A, T> {
  readonly isPending: boolean
  /** Of the last attempt, as long as its subject is still the one on the screen. */
  readonly data: T | undefined
  readonly error: Error | null
  /** The last attempt was of something else than is on the screen now. */
  readonly isOutdated: boolean
  start(given: A): void
}

/**
 * Something that is tried out on demand, such as a connection. Its result belongs to the subject as it was when the attempt began: it is
 * never shown beside another one, however late it comes. Of two attempts the later one counts.
 */
export function useAttempt<A = void, T = unknown>(subject: unknown, work: (given: A) => Promise<T>): Attempt<A, T> {
  const { mutate, data, error, isPending, variables } = useMutation({
    mutationFn: ({ given }: { readonly given: A; readonly of: unknown }) => work(given),
  })
  const isOfIt = variables !== undefined && isSameJson(variables.of, subject)
  return {
    isPending,
    data: isOfIt ? data : undefined,
    error: isOfIt ? error : null,
    isOutdated: !isOfIt && !isPending && variables !== undefined,
    start: given => mutate({ given, of: subject }),
  }
}
