import { QueryClientProvider } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { Route, Router } from 'wouter'
import { navigate, useHashLocation } from 'wouter/use-hash-location'
import type { Lm } from '@/engine/lm/lm'
import { chatOf } from '@/testing/chat-of'
import { paths, routes } from '@/state/session/paths'
import { closeProject, openProject } from '@/state/document/project-store'
import { queryClient, watchStorage } from '@/state/session/query-client'
import { useDatabase, write } from '@/storage/db'
import { evictCalls } from '@/storage/lm-calls'
import { simulatedLm } from '@/testing/simulated-lm'
import { moodyLm, storeToyProject, storeToyRun, type StoredRunOptions } from '@/testing/stored-run'
import { createQuickJsRunner } from '@/engine/user-code/quickjs'
import { agentStep, oneStep } from '@/testing/toy-programs'
import { render } from '@/ui/render-for-test'
import { TraceScreen } from './trace-screen'

let databases = 0
const program = oneStep('predict', { classify: { instructions: 'Name the colour.', demos: [] } })
const evaluation: StoredRunOptions['spec'] = { kind: 'evaluate', title: 'Evaluate val' }
const hasNumber = (number: number) => (text: string) => text.includes(`order ${number} for`)

beforeEach(async () => {
  databases += 1
  await page.viewport(1280, 900)
  watchStorage()
  queryClient.clear()
  await useDatabase(`trace-screen-${databases}`)
})
afterEach(closeProject)

async function draw(options: StoredRunOptions, index = 0, prepare: () => Promise<unknown> = () => Promise.resolve()) {
  await openProject(await storeToyProject(program))
  const record = await storeToyRun({ id: `run_${databases}`, program, ...options })
  await prepare()
  navigate(paths.trace(record.projectId, record.id, 0, index))
  await render(
    <QueryClientProvider client={queryClient}>
      <Router hook={useHashLocation}>
        <Route path={routes.trace}>
          {({ runId, batch, index: at }) => <TraceScreen runId={runId} batch={Number(batch)} index={Number(at)} />}
        </Route>
      </Router>
    </QueryClientProvider>,
  )
  return record
}

const step = () => page.getByRole('region', { name: 'Step 1: Classify' })

it('shows the exact messages, the raw answer and what was read from it', async () => {
  await draw({ spec: evaluation })
  await expect.element(step().getByText('Name the colour.')).toBeVisible()
  await expect
    .element(
      step()
        .getByText(/^\[\[ ## text ## \]\]\s+order 1000 for/)
        .last(),
    )
    .toBeVisible()
  await expect.element(step().getByText('Raw answer', { exact: false })).toBeVisible()
  await expect.element(step().getByText('paid')).toBeVisible()
  await expect.element(page.getByRole('table').getByRole('cell').first()).toHaveTextContent(/red|green|blue/)
})

it('shows a fallback request beside the answer that could not be read, as text and never as markup', async () => {
  await draw({ spec: evaluation, lm: moodyLm({ unreadable: hasNumber(1001) }) }, 1)
  await expect.element(page.getByRole('article')).toHaveTextContent(/2 requests.*1 asked again in JSON/)
  await expect.element(step().getByText('1 fallback request')).toBeVisible()
  const first = step().getByRole('button', { name: /^Request 1 of 2/ })
  await expect.element(first).toHaveTextContent('Chat')
  await expect.element(first).toHaveTextContent('not readable')
  await expect.element(step().getByText('Asked again as JSON schema.')).toBeVisible()
  await expect.element(step().getByRole('button', { name: /^Fallback request 2 of 2/ })).toHaveTextContent('JSON schema')
  await userEvent.click(first)
  await expect.element(step().getByText('Surely <b>red</b>, <img src=x onerror=alert(1)>')).toBeVisible()
  expect(document.querySelector('article b, article img[src]')).toBeNull()
})

it('shows what the metric asked the judge beside its reasons, apart from the steps', async () => {
  const metric = { kind: 'rubric-judge', params: { criteria: 'The colour is right.' } }
  await draw({ spec: { ...evaluation, metric } })
  const section = page.getByRole('region', { name: 'Metric' })
  await expect.element(section.getByText(/^The judge gave [25] on a scale from 1 to 5\./)).toBeVisible()
  await expect.element(page.getByRole('article')).toHaveTextContent(/2 requests.*1 to the judge/)
  const steps = page.getByRole('list', { name: 'Steps in order' })
  expect(steps.getByRole('region', { name: /^Step/ }).elements()).toHaveLength(1)
  await userEvent.click(section.getByRole('tree', { name: 'What the metric asked' }).getByText('Score', { exact: true }))
  await userEvent.click(section.getByRole('button', { name: /^Request/ }))
  await expect.element(section.getByText('The colour is right.', { exact: false })).toBeVisible()
})

it('shows thoughts folded and apart from the answer, and says that an answer was cut off', async () => {
  const good = simulatedLm()
  const lm: Lm = {
    ...good,
    async generate(request, call) {
      const answer = await good.generate(request, call)
      const parts = [{ type: 'reasoning', text: 'Perhaps green?' } as const, { type: 'text', text: answer.text } as const]
      return { ...answer, parts, finish: 'length' }
    },
  }
  await draw({ spec: evaluation, lm })
  await expect.element(step().getByText('cut off', { exact: true })).toBeVisible()
  // One cause is said once: at the top, where the step and its request only point to it.
  await expect.element(page.getByRole('alert').getByText('Raise max tokens', { exact: false })).toBeVisible()
  expect(page.getByText('Raise max tokens', { exact: false }).elements()).toHaveLength(1)
  await expect.element(step().getByText('Failed: see the error above.').first()).toBeVisible()
  const request = step().getByRole('button', { name: /^Request/ })
  if (request.element().getAttribute('aria-expanded') === 'false') await userEvent.click(request)
  await expect.element(step().getByText('· cut off at the token limit')).toBeVisible()
  await expect.element(step().getByText('Perhaps green?')).not.toBeVisible()
  await userEvent.click(step().getByText('Thoughts', { exact: false }))
  await expect.element(step().getByText('Perhaps green?')).toBeVisible()
})

it('shows the thoughts in an answer stored by an earlier version', async () => {
  await draw({ spec: evaluation, lm: simulatedLm() }, 0, async () => {
    await write(['lmCalls'], 'relaxed', async transaction => {
      const store = transaction.objectStore('lmCalls')
      for (const call of await store.getAll()) {
        const { text, usage, ms } = call.response
        await store.put({ ...call, response: { text: `<think>Perhaps green?</think>\n${text}`, finishReason: 'stop', usage, ms } })
      }
    })
  })
  await expect.element(step().getByText('· ended by itself')).toBeVisible()
  await userEvent.click(step().getByText('Thoughts', { exact: false }))
  await expect.element(step().getByText('Perhaps green?', { exact: true })).toBeVisible()
})

it('says when an answer is no longer in the call cache', async () => {
  await draw({ spec: evaluation }, 0, () => evictCalls(Number.MAX_SAFE_INTEGER))
  await expect.element(step().getByText('This answer is no longer in the call cache', { exact: false })).toBeVisible()
  await expect.element(step().getByText(/^(red|green|blue)$/)).toBeVisible()
})

it('searches and filters the rollouts of the run, and J and K walk what is left', async () => {
  await draw({ spec: evaluation, lm: moodyLm({ unreadable: text => hasNumber(1001)(text) || hasNumber(1004)(text) }) })
  const list = page.getByRole('grid', { name: 'Traces' })
  await expect.element(list).toHaveAttribute('aria-rowcount', '13')
  await userEvent.click(page.getByRole('button', { name: 'Filters' }))
  await userEvent.click(page.getByLabelText('Only with a fallback request'))
  await userEvent.keyboard('{Escape}')
  await expect.element(list).toHaveAttribute('aria-rowcount', '3')
  await userEvent.keyboard('j')
  await expect.poll(() => location.hash).toMatch(/\/0\/1$/)
  await userEvent.keyboard('j')
  await expect.poll(() => location.hash).toMatch(/\/0\/4$/)
  await expect.element(page.getByText('2 of 2', { exact: true })).toBeVisible()
  await userEvent.keyboard('k')
  await expect.poll(() => location.hash).toMatch(/\/0\/1$/)
  await userEvent.fill(page.getByLabelText('Search traces'), 'order 1004')
  await expect.element(list).toHaveAttribute('aria-rowcount', '2')
})

it('tells a failed row, and that no answer was stored for it', async () => {
  await draw({ spec: evaluation, lm: moodyLm({ unreached: hasNumber(1002) }) }, 2)
  await expect.element(page.getByRole('alert').getByText('Provider not reached')).toBeVisible()
  await expect.element(page.getByText('it is left out of the mean', { exact: false })).toBeVisible()
  await expect.element(step().getByText('No answer came', { exact: false })).toBeVisible()
})

it('keeps rows of the test split sealed', async () => {
  const ref = { hash: '', count: 0 }
  await draw({ spec: { ...evaluation, data: { split: 'test', train: ref, val: ref } } })
  await expect.element(page.getByText('These rows are sealed')).toBeVisible()
  expect(document.body.textContent).not.toContain('order 1000')
})

it('says where there is no trace', async () => {
  await draw({ spec: evaluation }, 99)
  await expect.element(page.getByText('There is no trace here')).toBeVisible()
})

it('folds what a step with many calls did below it, and says so where it ended at a bound', async () => {
  const runner = await createQuickJsRunner()
  const agent = agentStep({}, { max_iters: 1 })
  await draw({ spec: { ...evaluation, graph: agent.graph, state: agent.state }, runner })
  const did = step().getByRole('tree', { name: 'What Classify did' })
  await expect.element(did).toBeVisible()
  const turn = did.getByRole('treeitem').first()
  await expect.element(turn.getByText('Read from the answer')).not.toBeInTheDocument()
  await userEvent.click(turn.getByText('Classify · react').first())
  await expect.element(turn.getByText('Read from the answer')).toBeVisible()
  await userEvent.keyboard('{ArrowLeft}{ArrowDown}{ArrowRight}')
  await expect.element(turn.getByText('Read from the answer')).not.toBeInTheDocument()
  const tool = did.getByRole('treeitem', { name: /^Tool/ })
  await expect.element(tool.getByText('Returned')).toBeVisible()
  await expect.element(step().getByText(/This step asks no model/)).not.toBeInTheDocument()
  runner.dispose()
})

it('says at the row and at the step that it ran out of steps', async () => {
  const runner = await createQuickJsRunner()
  // A model that never finishes: every turn looks the word up again.
  const restless: Lm = {
    ...simulatedLm(),
    async generate(request, call) {
      const isTurn = chatOf(request).messages[0]?.content.includes('`next_tool_name`') === true
      const answer = await simulatedLm().generate(request, call)
      const text = '[[ ## next_thought ## ]]\nOn.\n\n[[ ## next_tool_name ## ]]\nlookup\n\n[[ ## next_tool_args ## ]]\n{"word": "zorp"}'
      return isTurn ? { ...answer, text } : answer
    },
  }
  const agent = agentStep({}, { max_iters: 2 })
  await draw({ spec: { ...evaluation, graph: agent.graph, state: agent.state }, runner, lm: restless })
  await expect.element(step().getByText(/It reached its most steps/)).toBeVisible()
  // The trajectory is turns that unfold, not JSON.
  const turns = step().getByRole('list', { name: 'Trajectory' }).first()
  expect(turns.element().children).toHaveLength(2)
  await userEvent.click(turns.getByRole('group').first().getByText('→'))
  await expect.element(turns.getByText('Result', { exact: true }).first()).toBeVisible()
  await expect.element(page.getByText('"thought_0"')).not.toBeInTheDocument()
  await expect.element(page.getByRole('heading', { level: 2 }).getByText('out of steps')).toBeVisible()
  const list = page.getByRole('grid', { name: 'Traces' })
  await userEvent.click(page.getByRole('button', { name: 'Filters' }))
  await userEvent.click(page.getByRole('combobox', { name: 'Ended at a bound' }))
  await userEvent.click(page.getByRole('option', { name: 'Out of steps' }))
  await userEvent.keyboard('{Escape}')
  await expect.element(page.getByRole('button', { name: 'Filters, 1 set' })).toBeVisible()
  await expect.element(list).toHaveAttribute('aria-rowcount', '13')
  runner.dispose()
})
