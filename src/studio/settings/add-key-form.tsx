import { useState, type FormEvent } from 'react'
import { Button } from '@/ui/button'
import { Checkbox } from '@/ui/checkbox'
import { FormField } from '@/ui/form-field'
import { TextInput } from '@/ui/text-input'
import { keyProblem } from '@/engine/lm/keys/take-key'
import { saveKey } from '@/state/session/save-key'
import { originOf } from './settings-actions'
import { useTurns } from '@/ui/use-turns'

export function AddKeyForm() {
  const [address, setAddress] = useState('')
  const [key, setKey] = useState('')
  const [remember, setRemember] = useState(false)
  const origin = originOf(address)
  const problem = keyProblem(key)
  const isReady = origin !== undefined && problem === undefined && key.trim() !== ''
  const turns = useTurns()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!isReady) return
    const turn = turns.next()
    if (!(await saveKey(origin, key, remember))) return
    turn.take(() => {
      // Another one may be typed by now.
      setAddress(now => (now === address ? '' : now))
      setKey(now => (now === key ? '' : now))
      setRemember(false)
    })()
  }
  return (
    <form onSubmit={event => void submit(event)} className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4">
      <h3 className="text-base font-semibold">Add a key</h3>
      <div className="grid gap-3 sm:grid-cols-2">
        <FormField
          label="Address of the provider"
          help={origin === undefined ? 'Its base URL, such as https://api.openai.com/v1' : `Sent to ${origin} only.`}
          error={
            address !== '' && origin === undefined ? 'Write a full address that starts with https:// (or http://localhost).' : undefined
          }
        >
          <TextInput value={address} onChange={setAddress} placeholder="https://api.openai.com/v1" inputMode="url" />
        </FormField>
        <FormField label="Key" error={problem}>
          <TextInput type="password" value={key} onChange={setKey} autoComplete="off" mono />
        </FormField>
      </div>
      <div className="flex items-center justify-between gap-3">
        <Checkbox checked={remember} onChange={setRemember} label="Remember on this device" />
        <Button type="submit" variant="primary" disabled={!isReady}>
          Save key
        </Button>
      </div>
    </form>
  )
}
