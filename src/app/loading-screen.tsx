import { useEffect, useState } from 'react'
import { Spinner } from '@/ui/spinner'

/** Shown while a room or a project is fetched. Waits a moment first: a flash of a spinner is worse than none. */
export function LoadingScreen({ label }: { readonly label: string }) {
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200)
    return () => clearTimeout(timer)
  }, [])
  return <div className="flex h-full items-center justify-center text-faint">{isLate && <Spinner size={20} label={label} />}</div>
}
