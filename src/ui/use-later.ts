import { startTransition, useEffect, useState } from 'react'

/**
 * Where `isCostly`, false for the first drawing: what depends on it is drawn afterwards, in slices between which the page answers. Decided
 * once, when the component is first drawn.
 */
export function useLater(isCostly: boolean): boolean {
  const [isNow, setIsNow] = useState(!isCostly)
  useEffect(() => startTransition(() => setIsNow(true)), [])
  return isNow
}
