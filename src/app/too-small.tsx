import { MonitorSmartphone } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMediaQuery } from './use-media-query'
import { EmptyState } from '@/ui/empty-state'

/** The workspace needs room for the canvas and its inspector; below that it says so instead of breaking. */
export function TooSmall({ children }: { readonly children: ReactNode }) {
  const isSmall = useMediaQuery('(max-width: 899px)')
  if (!isSmall) return children
  return (
    <EmptyState icon={<MonitorSmartphone />} title="This window is too small">
      The canvas and its inspector need at least 900 pixels. Widen the window or turn the device; your project is saved as it is.
    </EmptyState>
  )
}
