import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { applyProgram } from '@/state/document/edits/apply'
import { allowEdits, closeProject, currentProject, edit, projectStore } from '@/state/document/project-store'
import { select } from '@/state/session/session-store'
import { database } from '@/storage/db'
import { getProject, rawProject } from '@/storage/projects'
import { emptyBrowser } from '@/testing/empty-browser'
import { foreignProjects, idOf } from '@/testing/foreign-projects'
import { storeToyProject, storeToyRun } from '@/testing/stored-run'
import { oneStep } from '@/testing/toy-programs'
import { toyProject } from '@/testing/toy-project'
import { render } from '@/ui/render-for-test'
import { App } from './app'

beforeEach(async () => {
  await emptyBrowser('foreign-projects')
  await page.viewport(1400, 900)
})
afterEach(async () => {
  await closeProject()
  location.hash = '#/'
})

const opening = foreignProjects.filter(({ fate }) => fate !== 'refused')
const refused = foreignProjects.filter(({ fate }) => fate === 'refused')

async function store(record: object): Promise<void> {
  await (await database()).put('projects', record as never) // As another version would have written it.
}

function visit(path: string): void {
  location.hash = `#${path}`
}

const heading = (name: string) => page.getByRole('button', { name: `Rename project ${name}` })

describe('the gallery', () => {
  it('lists projects of every foreign kind beside a good one, which opens', { timeout: 120_000 }, async () => {
    for (const { record } of foreignProjects) await store(record)
    await storeToyProject(oneStep())
    await render(<App />)
    for (const { name } of opening) {
      await expect.element(page.getByRole('link', { name: `Project with ${name}`, exact: true })).toBeInTheDocument()
    }
    for (const { name, words } of refused) {
      const row = page.getByRole('listitem').filter({ hasText: `Project with ${name}` })
      await expect.element(row).toHaveTextContent(words)
      await expect.element(row.getByRole('button', { name: 'Download' })).toBeInTheDocument()
    }
    await expect.element(page.getByRole('button', { name: /^Support-ticket triage/ })).toBeInTheDocument()
    expect(document.body.textContent).not.toContain('could not be shown')
    await userEvent.click(page.getByRole('link', { name: 'Toy', exact: true }))
    await expect.element(heading('Toy')).toBeInTheDocument()
  })

  it('deletes one that cannot be opened, and leaves the others', async () => {
    const [later, twice] = refused
    if (!later || !twice) throw new Error('two refused ones')
    await store(later.record)
    await store(twice.record)
    await render(<App />)
    const row = page.getByRole('listitem').filter({ hasText: `Project with ${later.name}` })
    await userEvent.click(row.getByRole('button', { name: 'Delete' }))
    await userEvent.click(page.getByRole('button', { name: 'Delete project' }))
    await expect.element(row).not.toBeInTheDocument()
    await expect.element(page.getByText(`Project with ${twice.name}`)).toBeInTheDocument()
    expect(await rawProject(idOf(later.name))).toBeUndefined()
  })
})

describe.each(opening)('a project with $name', ({ name, record, fate }) => {
  it('opens on every screen and loses nothing', { timeout: 120_000 }, async () => {
    await store(record)
    const id = idOf(name)
    await render(<App />)
    for (const screen of ['', '/data', '/compile', '/runs']) {
      visit(`/p/${id}${screen}`)
      await expect.element(heading(`Project with ${name}`)).toBeInTheDocument()
      // What is fetched and drawn late, too.
      await new Promise(resolve => setTimeout(resolve, 500))
      expect(`${screen} ${document.body.textContent}`).not.toContain('could not be shown')
      // The bar says so; a notice is for what somebody tried to change.
      expect(`${screen} ${document.body.textContent}`).not.toContain('This project is read-only')
    }
    visit(`/p/${id}`)
    await expect.element(page.getByRole('complementary', { name: 'Inspector' })).toBeInTheDocument()
    const [, step] = currentProject().graph.nodes
    select([step?.id ?? ''])
    const tabs = page.getByRole('complementary', { name: 'Inspector' }).getByRole('tab')
    await expect.element(tabs.first()).toBeInTheDocument()
    for (const tab of tabs.all()) {
      await userEvent.click(tab)
      await new Promise(resolve => setTimeout(resolve, 200))
      expect(`${tab.element().textContent} ${document.body.textContent}`).not.toContain('could not be shown')
    }
    expect(projectStore.getState().readOnly !== undefined).toBe(fate === 'read-only')
    allowEdits()
    edit('Rename', draft => void (draft.name = 'Changed'))
    await closeProject()
    expect(await getProject(id)).toEqual({ ...record, name: 'Changed', updatedAt: expect.any(Number) })
  })
})

it.each(foreignProjects.filter(({ fate }) => fate === 'read-only'))(
  'shows a project with $name read-only, says why, and is changed when its user wants it',
  async ({ name, record: known, words }) => {
    // One that nobody has allowed to be changed yet.
    const record = { ...known, id: `${idOf(name)}_again` }
    await store(record)
    visit(`/p/${record.id}`)
    await render(<App />)
    await expect.element(page.getByRole('status').filter({ hasText: 'Read-only' })).toHaveTextContent(words)
    edit('Rename', draft => void (draft.name = 'Changed'))
    await expect(applyProgram({ graph: currentProject().graph, state: {} }, { note: 'Applied' })).rejects.toMatchObject({
      code: 'project-newer',
    })
    expect(currentProject()).toEqual(record)
    for (const name of ['Undo', 'Redo']) {
      const why = `${name}: this project is read-only, the bar below says why.`
      await expect.element(page.getByTitle(why).getByRole('button', { name: why })).toBeDisabled()
    }
    await userEvent.click(page.getByRole('button', { name: 'Allow changes' }))
    edit('Rename', draft => void (draft.name = 'Changed'))
    await expect.element(heading('Changed')).toBeInTheDocument()
  },
)

it('says why a project is not opened from its address, and leads back', async () => {
  const later = foreignProjects.find(({ name }) => name === 'a later version')
  if (!later) throw new Error('a later version')
  await store(later.record)
  visit(`/p/${idOf(later.name)}`)
  await render(<App />)
  await expect.element(page.getByRole('alert')).toHaveTextContent('made by a newer version')
  await userEvent.click(page.getByRole('button', { name: 'Go to the gallery' }))
  await expect.element(page.getByText('Your projects')).toBeInTheDocument()
})

describe('the runs page', () => {
  it('shows a run of each foreign make beside a good one, and opens those that can be read', { timeout: 120_000 }, async () => {
    const projectId = await storeToyProject(oneStep())
    const good = await storeToyRun({ id: 'run_good', val: 4 })
    const { spec } = good
    const runs: readonly (readonly [id: string, record: object, words: RegExp | undefined])[] = [
      [
        'run_optimizer',
        { ...good, kind: 'compile', spec: { ...spec, kind: 'compile', optimizer: { id: 'evolve', params: { x: 1 } } } },
        undefined,
      ],
      ['run_metric', { ...good, spec: { ...spec, metric: { kind: 'bleu', params: {} } } }, undefined],
      [
        'run_module',
        {
          ...good,
          spec: {
            ...spec,
            graph: { ...spec.graph, nodes: spec.graph.nodes.map(node => (node.kind === 'signature' ? { ...node, module: 'x' } : node)) },
          },
        },
        undefined,
      ],
      [
        'run_provider',
        {
          ...good,
          title: 'Of a provider',
          spec: { ...spec, models: { ...spec.models, task: { ...spec.models.task, provider: 'gopher' } } },
        },
        undefined,
      ],
      ['run_later', { ...good, title: 'Of a later version', spec: { ...spec, schemaVersion: 9 } }, /spec\.schemaVersion/],
      ['run_broken', { id: 'run_broken', title: 'Nearly empty', projectId, createdAt: 5 }, /cannot be read/],
    ]
    for (const [id, record] of runs) await (await database()).put('runs', { ...record, id } as never)
    await render(<App />)
    visit(`/p/${projectId}/runs`)
    const table = page.getByRole('grid', { name: 'Runs' })
    await expect.element(table).toHaveAttribute('aria-rowcount', '6')
    const broken = page.getByRole('list', { name: 'Runs that cannot be shown' })
    for (const words of runs.flatMap(([, , one]) => one ?? [])) await expect.element(broken).toHaveTextContent(words)
    expect(document.body.textContent).not.toContain('could not be shown')
    for (const id of ['run_good', ...runs.filter(([, , words]) => !words).map(([one]) => one)]) {
      visit(`/p/${projectId}/runs/${id}`)
      await expect
        .element(page.getByRole('heading', { level: 1, name: id === 'run_provider' ? 'Of a provider' : good.title }))
        .toBeInTheDocument()
      await new Promise(resolve => setTimeout(resolve, 500))
      expect(`${id} ${document.body.textContent}`).not.toContain('could not be shown')
      visit(`/p/${projectId}/runs`)
      await expect.element(table).toBeInTheDocument()
    }
    visit(`/p/${projectId}/runs/run_later`)
    await expect.element(page.getByRole('alert')).toHaveTextContent('The record of this run is damaged')
  })
})

it('keeps a good project’s screens whatever lies beside it', async () => {
  for (const { record } of foreignProjects) await store(record)
  await store({ ...toyProject(), datasetId: undefined })
  await render(<App />)
  for (const screen of ['', '/data', '/compile', '/runs']) {
    visit(`/p/project_toy${screen}`)
    await expect.element(heading('Toy')).toBeInTheDocument()
    expect(projectStore.getState().readOnly).toBeUndefined()
  }
})
