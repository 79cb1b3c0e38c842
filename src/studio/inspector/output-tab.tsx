import { ErrorText, SaidErrors } from '@/ui/error-text'
import { useShownPath, useShownProject } from '@/state/document/shown-program'
import { pathWithin } from '@/engine/program/bodies'
import type { Json } from '@/lib/json'
import type { Values } from '@/engine/base/example'
import type { ProgramGraph, ProgramNode } from '@/engine/program/program'
import { isOutputNode } from '@/engine/program/ends'
import { isStepNode } from '@/engine/modules/registry'
import { stopWords } from '@/engine/trace/stops'
import { bodySpan, spanTree, type SpanBranch } from '@/state/runs/span-tree'
import type { Span, SpanCall } from '@/engine/trace/span'
import { useNodeStatus } from '@/state/runs/live/live-runs'
import { answerCalls, answerText, isQuestion } from '@/state/runs/answer-text'
import { formatName } from '@/state/runs/request-format'
import { useCall } from '@/state/session/queries'
import type { RunId } from '@/storage/records'
import { paths } from '@/state/session/paths'
import { goTo } from '@/state/session/navigation'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { ContentView } from '@/ui/content-view'
import { EmptyState } from '@/ui/empty-state'
import { ErrorBox } from '@/ui/error-box'
import { formatMs } from '@/ui/format'
import { PanelSection } from '@/ui/panel'
import { Spinner } from '@/ui/spinner'
import { useRowRun, type RowRun } from './row-run'
import { StreamSections } from './stream-sections'
import { ValuesList } from './values-list'

/** What this node took and gave in the last run of one row, with the raw completion and what it cost. */
export function OutputTab({ node }: { node: ProgramNode }) {
  const path = pathWithin(useShownPath(), node.id)
  const status = useNodeStatus(path)
  const run = useRowRun()
  if (!run)
    return (
      <EmptyState title="Not run yet">
        Run a row, with the button above or Ctrl+Enter, and what this node returned is shown here.
      </EmptyState>
    )
  const spans = run.rollout?.trace.filter(span => span.node === path || span.node.startsWith(`${path}/`)) ?? []
  const branches = spanTree(spans)
  const isWork = isStepNode(node)
  const failure = status.status === 'stopped' ? undefined : status.error
  const error = failure ?? branches.find(({ span }) => span.error)?.span.error
  return (
    <>
      {status.status === 'stale' && (
        <p className="prompt-note">The program changed since this run. Run the row again to see what it gives now.</p>
      )}
      {status.status === 'running' && (
        <p className="inspector-waiting">
          <Spinner /> Running
        </p>
      )}
      {status.stream && <StreamSections stream={status.stream} />}
      {isWork && status.status === 'waiting' && <p className="inspector-waiting">Waiting for the steps before it.</p>}
      {status.status === 'stopped' && !status.stream && <p className="inspector-waiting">The run was stopped before this step answered.</p>}
      {isWork && status.status === 'not-taken' && <p className="inspector-waiting">Not taken: a Branch went another way for this row.</p>}
      {isWork && status.status === 'skipped' && <p className="inspector-waiting">The run did not reach this step.</p>}
      {error && (
        <PanelSection>
          <ErrorBox title={`${node.name} failed`} message={error.message} {...(error.facts?.text ? { detail: error.facts.text } : {})} />
        </PanelSection>
      )}
      {!isWork && <ProgramValues node={node} run={run} />}
      <SaidErrors message={error?.message}>
        {branches.map((branch, index) => (
          <BranchView key={index} runId={run.runId} branch={branch} />
        ))}
      </SaidErrors>
      {spans.length === 0 && status.outputs && isWork && (
        <PanelSection title="Outputs">
          <ValuesList values={status.outputs} />
        </PanelSection>
      )}
      <WholeTrace run={run} />
    </>
  )
}

function ProgramValues({ node, run }: { node: ProgramNode; run: RowRun }) {
  const graph = useShownProject(project => project.graph)
  const within = useShownPath()
  const isOutput = isOutputNode(node)
  const body = within === undefined ? undefined : bodySpan(run.rollout?.trace ?? [], within)
  const ownValues = isOutput ? run.rollout?.prediction : broughtBy(graph, node, run)
  const values = within === undefined ? ownValues : isOutput ? body?.outputs : body?.inputs
  if (!values) return <p className="inspector-waiting">{run.isRunning ? 'Running.' : 'The run ended before this.'}</p>
  const source = within === undefined ? 'The row brought' : 'The step was given'
  return (
    <PanelSection title={isOutput ? 'The program returned' : source}>
      <ValuesList values={values} order={node.fields.map(field => field.name)} />
    </PanelSection>
  )
}

/** What an Input gave, as the steps it is wired to took it: the run keeps no span for it. */
function broughtBy(graph: ProgramGraph, node: ProgramNode, run: RowRun): Values | undefined {
  const values: Record<string, Json> = {}
  for (const edge of graph.edges) {
    const field = edge.from.node === node.id ? node.fields.find(each => each.id === edge.from.field) : undefined
    const target = graph.nodes.find(each => each.id === edge.to.node)?.fields.find(each => each.id === edge.to.field)
    const taken = target && run.rollout?.trace.find(span => span.node === edge.to.node)?.inputs[target.name]
    if (field && taken !== undefined) values[field.name] = taken
  }
  return run.rollout ? values : undefined
}

/** A step, and folded below it what it did on its way. */
function BranchView({ runId, branch: { span, children } }: { runId: RunId; branch: SpanBranch }) {
  return (
    <>
      {span.stopped !== undefined && <p className="prompt-note">{stopWords[span.stopped]}</p>}
      <SpanView runId={runId} span={span} />
      {children.map((child, index) => (
        <PanelSection key={index} title={`${child.span.name} · ${formatMs(child.span.ms)}`} defaultOpen={false}>
          {child.span.error && (
            <p className="inspector-problems">
              <ErrorText message={child.span.error.message} />
            </p>
          )}
          <BranchView runId={runId} branch={child} />
        </PanelSection>
      ))}
    </>
  )
}

function SpanView({ runId, span }: { runId: RunId; span: Span }) {
  const questions = span.calls.filter(isQuestion)
  return (
    <>
      {span.outputs && (
        <PanelSection title={`Outputs · ${formatMs(span.ms)}`}>
          <ValuesList values={span.outputs} />
        </PanelSection>
      )}
      <PanelSection title="Inputs" defaultOpen={span.outputs === undefined}>
        <ValuesList values={span.inputs} />
      </PanelSection>
      {span.calls.map(call => (
        <CallView key={call.key} runId={runId} call={call} number={questions.length > 1 ? questions.indexOf(call) + 1 : undefined} />
      ))}
    </>
  )
}

function CallView({ runId, call, number }: { runId: RunId; call: SpanCall; number: number | undefined }) {
  const { data } = useCall(runId, call.key)
  const text = data ? answerText(data) : data === null ? 'This answer is no longer in the call store.' : 'Reading…'
  const { inputTokens, outputTokens, estimated } = call.usage
  const completion =
    number === undefined
      ? 'Raw completion'
      : `Raw completion ${number} (${formatName(call.format)}${call.reads ? ', reads the answer' : ''})`
  const title = isQuestion(call) ? completion : 'Embeddings that picked the demos'
  return (
    <PanelSection title={title} {...(!isQuestion(call) && { defaultOpen: false })}>
      <p className="call-facts">
        <Badge>{call.model}</Badge>
        <Badge tone={call.cached ? 'good' : 'neutral'}>{call.cached ? 'cached' : formatMs(call.ms)}</Badge>
        <Badge>
          {estimated ? 'about ' : ''}
          {inputTokens} in, {outputTokens} out
        </Badge>
      </p>
      {call.error && (
        <p className="field-problem">
          <ErrorText message={call.error.message} />
        </p>
      )}
      {text !== '' && <pre className="raw-completion">{text}</pre>}
      <ContentView content={data ? answerCalls(data) : []} />
    </PanelSection>
  )
}

function WholeTrace({ run }: { run: RowRun }) {
  const projectId = useShownProject(project => project.id)
  if (run.isRunning) return null
  return (
    <PanelSection>
      <Button size="sm" variant="ghost" onClick={() => goTo(paths.run(projectId, run.runId))}>
        Open the whole run
      </Button>
    </PanelSection>
  )
}
