import { useEffect, useState } from 'react'
import { notifyError } from '@/state/session/notices'
import { onSessionEvent, type SessionEvent } from '@/state/session/session-events'
import type { WhenShown } from '@/ui/when-shown'
import { useTurns } from '@/ui/use-turns'

export interface AskedDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}

interface AskedDialogOptions {
  readonly event: SessionEvent
  /** For the notice where its code does not come: "The search". */
  readonly name: string
  readonly dialog: WhenShown<AskedDialogProps>
}

/** A dialog of the whole studio that opens when it is asked for. Its code is loaded then. */
export function AskedDialog({ event, name, dialog: Dialog }: AskedDialogOptions) {
  const [isLoaded, setLoaded] = useState(false)
  const [isOpen, setOpen] = useState(false)
  const turns = useTurns()
  useEffect(
    () =>
      onSessionEvent(event, () => {
        Dialog.load().then(
          turns.next().take(() => {
            setLoaded(true)
            setOpen(true)
          }),
          (error: unknown) => notifyError(`${name} could not be opened`, error),
        )
      }),
    [event, name, Dialog, turns],
  )
  return isLoaded && <Dialog open={isOpen} onOpenChange={setOpen} />
}
