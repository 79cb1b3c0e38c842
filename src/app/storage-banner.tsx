import { useEffect, useState } from 'react'
import { onStorageState, type StorageState } from '@/storage/change-notices'
import { Button } from '@/ui/button'

/** Says when another version of the studio has the storage, and what to do. */
export function StorageBanner() {
  const [state, setState] = useState<StorageState>('open')
  useEffect(() => onStorageState(setState), [])
  if (state === 'open') return null
  return (
    <div role="alert" className="flex items-center gap-3 border-b border-line bg-warn-soft px-4 py-1.5 text-warn-text">
      <p className="flex-1">{sentences[state]}</p>
      <Button size="sm" onClick={() => window.location.reload()}>
        Reload
      </Button>
    </div>
  )
}

const sentences = {
  blocked: 'Another tab runs an older version of DSPy Studio. Close that tab to go on here.',
  outdated: 'A newer version of DSPy Studio is open in another tab. This tab saves nothing more until it is reloaded.',
}
