import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { announce } from './announcer'
import { Button } from './button'
import { useTurns } from './use-turns'

/** Puts a text on the clipboard and says so. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: () => string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle')
  const turns = useTurns()
  const copy = async () => {
    const turn = turns.next()
    try {
      await navigator.clipboard.writeText(text())
      turn.take(setState)('copied')
      announce('Copied')
    } catch {
      turn.take(setState)('refused')
    }
  }
  return (
    <Button
      size="sm"
      variant="ghost"
      icon={state === 'copied' ? <Check /> : <Copy />}
      onClick={() => void copy()}
      onBlur={() => {
        turns.end()
        setState('idle')
      }}
    >
      {state === 'copied' ? 'Copied' : state === 'refused' ? 'Not allowed by the browser' : label}
    </Button>
  )
}
