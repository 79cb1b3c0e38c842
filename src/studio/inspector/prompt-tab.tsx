import { useProject } from '@/state/document/project-store'
import { useShownPath, useShownProject } from '@/state/document/shown-program'
import { useMemo, useState } from 'react'
import { Copy } from 'lucide-react'
import { adapterFor } from '@/engine/adapters/registry'
import type { StepNode } from '@/engine/program/program'
import { pathWithin } from '@/engine/program/bodies'
import { predictorsOfNode } from '@/engine/graph/predictors'
import type { Message } from '@/engine/lm/parts'
import { promptsFor } from '@/engine/graph/prompt'
import type { PlannedRequest } from '@/engine/modules/predict'
import { errorSentence } from '@/state/session/notices'
import { formatName } from '@/state/runs/request-format'
import { Button } from '@/ui/button'
import { ContentView } from '@/ui/content-view'
import { Menu } from '@/ui/menu'
import { PanelSection } from '@/ui/panel'
import { Segmented } from '@/ui/segmented'
import { toast } from '@/ui/toast'
import { ToolOffers } from '@/ui/tool-offers'
import { useActiveRow } from './active-row'
import { inputSources } from './demo-from-row'
import { estimateTokens, madeByStep, messagesAsCurl, messagesAsJson, messagesAsText, placeholders, placeholderValues } from './prompt-text'
import { useRowRun } from './row-run'

/** The exact messages a row would send: nothing here is a summary. */
export function PromptTab({ node }: { node: StepNode }) {
  const predictors = useShownProject(project => predictorsOfNode(project.graph, node.id))
  const [chosen, setChosen] = useState(predictors[0]?.id ?? '')
  const predictorId = predictors.some(predictor => predictor.id === chosen) ? chosen : (predictors[0]?.id ?? '')
  return (
    <>
      {predictors.length > 1 && (
        <PanelSection>
          <Segmented
            size="sm"
            label="Predictor"
            value={predictorId}
            onChange={setChosen}
            options={predictors.map(({ id, key, slotTitle }) => ({ value: id, label: slotTitle || key || 'main' }))}
          />
        </PanelSection>
      )}
      <Prompt node={node} predictorId={predictorId} />
    </>
  )
}

function Prompt({ node, predictorId }: { node: StepNode; predictorId: string }) {
  const graph = useShownProject(project => project.graph)
  const state = useShownProject(project => project.state)
  const models = useShownProject(project => project.models)
  const taskId = useShownProject(project => project.roles.task)
  const active = useActiveRow()
  const run = useRowRun()
  // Values of another row's run must not be mixed in.
  const nodes = run && (run.exampleId === undefined || run.exampleId === active?.id || active === undefined) ? run.nodes : undefined
  const whole = useProject(project => project.graph)
  const step = pathWithin(useShownPath(), node.id)
  const sources = useMemo(() => inputSources(whole, step, { example: active?.example, nodes }), [whole, step, active, nodes])
  const missing = Object.entries(sources).flatMap(([name, source]) => ('missing' in source ? [`${name} (${source.missing})`] : []))
  const model = models.find(each => each.id === (state[predictorId]?.lm ?? taskId))
  const made = useMemo(() => {
    try {
      const program = { graph, state }
      const made = madeByStep(program, predictorId)
      const [first, ...later] = promptsFor(program, predictorId, { ...placeholderValues(sources), ...placeholders(made) }, model)
      if (first === undefined) throw new Error('a predictor sends a request')
      return { first, later, madeInputs: made }
    } catch (error) {
      return { reason: errorSentence(error) }
    }
  }, [graph, state, predictorId, sources, model])
  if ('reason' in made) return <p className="inspector-problems">{made.reason}</p>
  const { first, later, madeInputs } = made
  const { messages } = first
  return (
    <PanelSection
      title={
        <>
          {adapterFor(graph, node).title} adapter · {messages.length} messages · about {estimateTokens(messages)} tokens
        </>
      }
      actions={
        <Menu
          align="end"
          trigger={
            <Button size="sm" variant="ghost" icon={<Copy />}>
              Copy
            </Button>
          }
          items={[
            { id: 'json', label: 'As messages JSON', onSelect: () => void copy(messagesAsJson(messages)) },
            { id: 'text', label: 'As text', onSelect: () => void copy(messagesAsText(messages)) },
            {
              id: 'curl',
              label: 'As curl',
              hint: 'The key stays a variable',
              onSelect: async () => copy(await messagesAsCurl(first, model)),
            },
          ]}
        />
      }
    >
      {madeInputs.length > 0 && (
        <p className="inspector-faint">The step itself fills {madeInputs.join(', ')} while it runs; here they stand as placeholders.</p>
      )}
      <p className="inspector-faint">{active ? `For row ${active.number}.` : 'No row chosen: inputs show as placeholders.'}</p>
      {state[predictorId]?.nearest?.embedder !== undefined && (
        <p className="prompt-note">
          A run picks these demos by embeddings. Here they are picked by the words they share, so others may be shown.
        </p>
      )}
      {missing.length > 0 && active && (
        <p className="prompt-note">
          Not known yet: {missing.join(', ')}. Run this row once and the prompt shows what the steps before this one really gave.
        </p>
      )}
      <Request request={first} label="Messages" />
      {later.map(request => (
        <LaterRequest key={request.format} request={request} />
      ))}
    </PanelSection>
  )
}

/** A prompt can be long: what is sent only now and then is drawn once it is opened. */
function LaterRequest({ request }: { request: PlannedRequest }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="prompt-later" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>
        {request.reads
          ? `Then the fields are read out of the answer: ${formatName(request.format)}`
          : `Where the answer cannot be read, it is asked for again: ${formatName(request.format)}`}
      </summary>
      {isOpen && <Request request={request} label={`Messages, ${formatName(request.format)}`} />}
    </details>
  )
}

function Request({ request: { messages, responseFormat, tools }, label }: { request: PlannedRequest; label: string }) {
  return (
    <>
      <ol className="prompt-messages" aria-label={label}>
        {messages.map((message, index) => (
          <MessageBlock key={index} message={message} />
        ))}
      </ol>
      {tools && <ToolOffers tools={tools} />}
      {responseFormat && (
        <p className="inspector-faint">
          Sent with the response format {responseFormat.type}
          {responseFormat.type === 'json_schema' && ', or json_object at a model that takes no schema'}.
        </p>
      )}
      {responseFormat?.type === 'json_schema' && (
        <details className="prompt-later">
          <summary>JSON schema</summary>
          <pre className="raw-completion">{JSON.stringify(responseFormat.schema, undefined, 2)}</pre>
        </details>
      )}
    </>
  )
}

function MessageBlock({ message }: { message: Message }) {
  return (
    <li className="prompt-message" data-role={message.role}>
      <h4>{message.role}</h4>
      <ContentView content={message.content} />
    </li>
  )
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast({ title: 'Copied', tone: 'good' })
  } catch {
    toast({ title: 'The browser did not let us write to the clipboard', tone: 'warn' })
  }
}
