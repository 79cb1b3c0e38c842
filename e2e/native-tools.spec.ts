import type { ProjectFile } from '../src/engine/project/project'
import { agentAnswer } from './fake-agent'
import { startFakeOpenAi } from './fake-openai'
import { expectAccessible } from './pages/axe'
import { inspector, node, select } from './pages/canvas'
import { importProject, remoteProject } from './pages/runs'
import { saved, topBar } from './pages/studio'
import { expect, test } from './pages/test'

test('an agent calls its tools through the API of a model, which shows what it did', async ({ page }) => {
  const server = await startFakeOpenAi({ answer: agentAnswer })
  try {
    await importProject(page, agentProject(server.url))
    await test.step('where the program says so', async () => {
      await inspector(page).getByRole('switch', { name: 'Call tools through the model’s API' }).click()
      await saved(page)
    })

    await test.step('sends tools, calls and results as the API has them, also in pieces', async () => {
      await select(page, 'Classify')
      await topBar(page).getByRole('button', { name: 'Run row' }).click()
      await expect(node(page, 'Classify').getByText('Done')).toBeVisible()
      const { body } = server.requests[1] ?? {}
      expect(body).toMatchObject({ stream: true, tools: [{ function: { name: 'lookup' } }, { function: { name: 'submit' } }] })
      const [, , called, result] = Object(body).messages
      expect(called).toMatchObject({ role: 'assistant', tool_calls: [{ id: 'call-1', function: { name: 'lookup' } }] })
      expect(result).toMatchObject({ role: 'tool', tool_call_id: 'call-1', name: 'lookup', content: 'fruit' })
    })

    await test.step('shows the turns, and each request with its calls', async () => {
      await inspector(page).getByRole('tab', { name: 'Output' }).click()
      const turns = inspector(page).getByRole('list', { name: 'Trajectory' }).first()
      await expect(turns.getByRole('listitem').first()).toContainText('lookup')
      await turns.getByText('lookup').first().click()
      await expect(turns.getByText('Result', { exact: true }).first()).toBeVisible()
      await inspector(page).getByRole('button', { name: 'Open the whole run' }).click()
      const tree = page.getByRole('tree', { name: 'What Classify did' })
      await tree.getByRole('treeitem', { name: /react/ }).last().click()
      await page
        .getByRole('button', { name: /^Request/ })
        .last()
        .click()
      await expect(page.getByText('Offers 2 tools: lookup, submit').last()).toBeVisible()
      await expect(page.getByText('Calls submit').last()).toBeVisible()
      await expectAccessible(page)
    })
  } finally {
    await server.close()
  }
})

/** One agent with one tool, which knows the label. */
function agentProject(url: string): ProjectFile {
  const file = remoteProject(url, { rows: 10 })
  const { graph } = file.project
  const lookup = {
    name: 'lookup',
    desc: 'The label of a word.',
    args: [{ name: 'word', type: { kind: 'str' }, desc: '' }],
    source: "return 'fruit'",
  }
  const nodes = graph.nodes.map(each =>
    each.kind === 'signature' ? { ...each, module: 'react-v2', moduleParams: { tools: [lookup] } } : each,
  )
  return { ...file, project: { ...file.project, graph: { ...graph, nodes } } }
}
