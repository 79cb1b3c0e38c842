import { useEffect, useState } from 'react'
import { createTurns, type Turns } from '@/lib/turns'

/** Turns of a component: what is under way when it goes is not waited for. */
export function useTurns(): Turns {
  const [turns] = useState(createTurns)
  useEffect(() => () => turns.end(), [turns])
  return turns
}
