import type { SourceKind } from '@/engine/user-code/source-kind'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { engine } from '@/state/session/engine-client'

/** Why user code does not compile, a moment after the last key; undefined while it does. It is looked at in the code runner, never run. */
export function useSourceFault(source: string | undefined, kind: SourceKind): string | undefined {
  const [settled, setSettled] = useState(source)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(source), settleMs)
    return () => clearTimeout(timer)
  }, [source])
  const { data } = useQuery({
    queryKey: ['source-fault', kind, settled],
    queryFn: () => engine().checkSource(settled ?? '', kind),
    enabled: settled !== undefined && settled.trim() !== '',
    staleTime: Infinity,
    gcTime: 60_000,
  })
  // What was found about an older text says nothing of this one.
  return data && settled === source ? data.message : undefined
}

const settleMs = 400
