import { ShieldAlert, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { keyProblem } from '@/engine/lm/keys/take-key'
import { useShownProject } from '@/state/document/shown-program'
import { allowToolHosts, saveSecret, useHasSecret, useToolHosts } from '@/state/session/tool-hosts'
import type { ToolReach as Reach } from '@/engine/tools/tool-kind'
import { Button } from '@/ui/button'
import { Checkbox } from '@/ui/checkbox'
import { FormField } from '@/ui/form-field'
import { TextInput } from '@/ui/text-input'
import { useTurns } from '@/ui/use-turns'

/** Where a tool goes: whether it may, and the secrets it takes along. */
export function ToolReach({ reach: { origin, secrets } }: { readonly reach: Reach }) {
  const projectId = useShownProject(project => project.id)
  const hosts = useToolHosts(projectId)
  const isAllowed = hosts?.includes(origin)
  return (
    <div role="group" aria-label={`Access to ${origin}`} className="tool-reach">
      <div className="tool-reach-line">
        {isAllowed === true ? (
          <ShieldCheck size={14} aria-hidden className="text-good-text" />
        ) : (
          <ShieldAlert size={14} aria-hidden className="text-warn-text" />
        )}
        <p>
          {isAllowed === true ? 'This project may contact' : 'This project may not contact yet:'} <code>{origin}</code>
        </p>
        {isAllowed !== undefined && (
          <Button size="sm" variant={isAllowed ? 'ghost' : 'primary'} onClick={() => void allowToolHosts(projectId, [origin], !isAllowed)}>
            {isAllowed ? 'Take back' : 'Allow'}
          </Button>
        )}
      </div>
      {secrets.map(name => (
        <SecretBox key={name} origin={origin} name={name} />
      ))}
    </div>
  )
}

function SecretBox({ origin, name }: { readonly origin: string; readonly name: string }) {
  const isSaved = useHasSecret(origin, name)
  const [secret, setSecret] = useState('')
  const [remember, setRemember] = useState(false)
  const problem = keyProblem(secret)
  const turns = useTurns()
  const save = async () => {
    const turn = turns.next()
    if (await saveSecret(origin, name, secret, remember)) turn.take(() => setSecret(''))()
  }
  return (
    <FormField
      label={`Secret ${name}`}
      aside={<span className="inspector-faint">{isSaved === true ? 'saved' : 'not saved'}</span>}
      help={`Kept with the keys of this browser and sent to ${origin} only. It is no part of the project.`}
      {...(problem === undefined ? {} : { error: problem })}
    >
      <div className="field-line">
        <TextInput
          type="password"
          mono
          label={`Secret ${name}`}
          value={secret}
          onChange={setSecret}
          placeholder={isSaved === true ? 'Type to replace it' : ''}
        />
        <Button size="sm" disabled={secret.trim() === '' || problem !== undefined} onClick={() => void save()}>
          Save
        </Button>
      </div>
      <Checkbox checked={remember} onChange={setRemember} label="Remember on this device" />
    </FormField>
  )
}
