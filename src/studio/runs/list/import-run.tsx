import { FileUp } from 'lucide-react'
import { useRef, useState } from 'react'
import { importRunFile } from '@/state/runs/actions/run-record-commands'
import { Button } from '@/ui/button'
import { useTurns } from '@/ui/use-turns'

/** Takes a run from a file that was exported before, here or elsewhere. */
export function ImportRun() {
  const input = useRef<HTMLInputElement>(null)
  const [isReading, setReading] = useState(false)
  const turns = useTurns()
  const read = async (file: File | undefined) => {
    if (file === undefined) return
    const turn = turns.next()
    setReading(true)
    await importRunFile(file)
    turn.take(setReading)(false)
  }
  return (
    <>
      <Button variant="ghost" icon={<FileUp />} loading={isReading} onClick={() => input.current?.click()}>
        Import run
      </Button>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        aria-label="Run file"
        hidden
        onChange={event => {
          void read(event.target.files?.[0])
          // The same file may be chosen again.
          event.target.value = ''
        }}
      />
    </>
  )
}
