import { KeyRound, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { errorSentence } from '@/state/session/notices'
import { useKeys } from '@/state/session/queries'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { ConfirmDialog } from '@/ui/confirm-dialog'
import { ErrorBox } from '@/ui/error-box'
import { Spinner } from '@/ui/spinner'
import { AddKeyForm } from './add-key-form'
import { forgetAllKeys, forgetKey } from './settings-actions'

/** The keys this browser holds: for which address, and their last four characters. The keys themselves never reach the page. */
export function KeysSection() {
  const keys = useKeys()
  const [isAsking, setAsking] = useState(false)
  return (
    <div className="flex flex-col gap-4">
      <p className="text-soft">
        Models are set up in a project, under Compile; their keys are kept here, apart from every project. A key stays in this browser and
        is sent only to the address you saved it for. It is never part of an export, a trace, a run or an error message. By default a key is
        forgotten when the page is closed or reloaded; “remember” keeps it on this device, encrypted so that it cannot be read out of the
        profile as text.
      </p>
      {keys.isPending && <Spinner label="Reading keys" />}
      {keys.isError && (
        <ErrorBox title="The keys could not be listed" message={errorSentence(keys.error)} onRetry={() => void keys.refetch()} />
      )}
      {keys.data?.length === 0 && (
        <p className="flex items-center gap-2 rounded-lg border border-dashed border-line-strong px-4 py-4 text-soft">
          <KeyRound className="size-4 text-faint" aria-hidden="true" /> No keys. The Sandbox model and most local servers need none.
        </p>
      )}
      {keys.data && keys.data.length > 0 && (
        <>
          <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
            {keys.data.map(key => (
              <li key={key.origin} className="flex items-center gap-3 px-3 py-2">
                <KeyRound className="size-4 shrink-0 text-faint" aria-hidden="true" />
                <span className="min-w-0 flex-1 truncate font-medium">{key.origin}</span>
                <span className="font-mono text-sm text-soft">•••• {key.last4}</span>
                <Badge>{key.remembered ? 'Remembered on this device' : 'Until this page is left'}</Badge>
                <Button
                  size="sm"
                  variant="ghost"
                  aria-label={`Forget the key for ${key.origin}`}
                  onClick={() => void forgetKey(key.origin)}
                >
                  Forget
                </Button>
              </li>
            ))}
          </ul>
          <Button variant="danger" icon={<Trash2 />} className="self-start" onClick={() => setAsking(true)}>
            Forget all keys
          </Button>
        </>
      )}
      <AddKeyForm />
      <p className="text-sm text-faint">
        A malicious extension, malware, or someone using your unlocked browser can still use a key that is held here. Use one with a
        spending limit.
      </p>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Forget all keys?"
        action="Forget all keys"
        danger
        onConfirm={() => void forgetAllKeys()}
      >
        Models behind these addresses answer again once you enter their keys again.
      </ConfirmDialog>
    </div>
  )
}
