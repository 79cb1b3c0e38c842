import { createRoot, type Root } from 'react-dom/client'
import { QueryClientProvider } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { blankProject } from '@/state/document/blank-project'
import { openProject } from '@/state/document/project-store'
import { queryClient } from '@/state/session/query-client'
import { putProject } from '@/storage/projects'
import type { RunEstimate } from '@/worker/api'
import { EstimateTable } from './estimate-table'
import '@/ui/tokens.css'

let root: Root | undefined
beforeEach(async () => {
  const id = `project_${crypto.randomUUID()}`
  await putProject(blankProject(id, 'Estimate test', Date.now()))
  await openProject(id)
})
afterEach(() => {
  root?.unmount()
  document.body.replaceChildren()
})

function show(again: RunEstimate['again']): void {
  const host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
  const total = { low: 10, expected: 20, high: 30 }
  const estimate: RunEstimate = {
    calls: [{ purpose: 'evaluate', ...total }],
    total,
    again,
    train: 5,
    val: 10,
    bytes: { expected: 1, high: 1 },
  }
  root.render(
    <QueryClientProvider client={queryClient}>
      <EstimateTable estimate={estimate} isPending={false} />
    </QueryClientProvider>,
  )
}

const again = page.getByRole('row', { name: /^Asked again in JSON, on top/ })

it('shows what may be asked again apart from the sum of all calls', async () => {
  show({ expected: 4, high: 30 })
  await expect.element(again).toHaveTextContent('Asked again in JSON, on top0430')
  await expect.element(page.getByRole('row', { name: /^All/ })).toHaveTextContent('All102030')
})

it('says that the likely number is unknown before it was measured', async () => {
  show({ high: 30 })
  await expect.element(again).toHaveTextContent('Asked again in JSON, on top0unknown30')
})

it('leaves the line out where nothing is asked again', async () => {
  show({ expected: 0, high: 0 })
  await expect.element(page.getByRole('row', { name: /^All/ })).toBeVisible()
  await expect.element(again).not.toBeInTheDocument()
})
