import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Json, JsonObject } from '../src/lib/json'
import { startFakeOpenAi, type FakeOpenAi, type FakeRequest } from './fake-openai'
import { startMcpServer } from './mcp-server'
import { expectAccessible } from './pages/axe'
import { inspector, node, select } from './pages/canvas'
import { importProject, remoteProject } from './pages/runs'
import { choose, goTo, saved, topBar } from './pages/studio'
import { expect, test } from './pages/test'

let model: FakeOpenAi
test.afterEach(() => model.close())

test('an HTTP tool of a foreign project contacts nothing before it is allowed, and takes its secret from the key store', async ({
  page,
}) => {
  const asked: { url: string; key: string | undefined }[] = []
  const api = await startApi((url, key) => {
    asked.push({ url, key })
    return { colour: 'blue', key }
  })
  model = await startFakeOpenAi({ answer: request => agent(request, 'find_colour', { word: 'zorp & co' }) })
  try {
    const { origin } = api
    await importProject(
      page,
      agentProject(model.url, {
        kind: 'http',
        name: 'find_colour',
        desc: 'Finds the colour of a word.',
        args: [{ name: 'word', type: { kind: 'str' }, desc: '' }],
        url: `${origin}/colours?of={word}`,
        headers: [{ name: 'X-Key', value: '{secret:COLOURS}' }],
      }),
    )
    const bar = page.getByRole('status').filter({ hasText: 'Nothing is sent there until you allow it' })
    await expect(bar).toContainText(origin)

    await test.step('refuses to run', async () => {
      await topBar(page).getByRole('button', { name: 'Run row' }).click()
      await expect(page.getByText('is not allowed to contact').first()).toBeVisible()
      expect(asked).toEqual([])
      expect(model.requests).toHaveLength(0)
    })

    await test.step('asks for the secret once it is allowed', async () => {
      await bar.getByRole('button', { name: 'Allow' }).click()
      await expect(bar).toBeHidden()
      await select(page, 'Classify')
      await inspector(page).getByRole('tab', { name: 'Settings' }).click()
      const access = inspector(page).getByRole('group', { name: `Access to ${origin}` })
      await expect(access).toContainText('may contact')
      await access.getByLabel('Secret COLOURS').last().fill('colour-secret-4711')
      await access.getByRole('button', { name: 'Save' }).click()
      await expect(access.getByText('saved', { exact: true })).toBeVisible()
    })

    await test.step('tries it, and shows no secret that comes back', async () => {
      const form = inspector(page).getByRole('form', { name: 'Try find_colour' })
      await form.getByRole('textbox', { name: 'word' }).fill('a/b')
      await form.getByRole('button', { name: 'Try' }).click()
      await expect(form.getByText('Returned')).toBeVisible()
      await expect(form).toContainText('key removed')
      expect(asked).toEqual([{ url: '/colours?of=a%2Fb', key: 'colour-secret-4711' }])
      await expectAccessible(page)
    })

    await test.step('runs, and tells the model what came back', async () => {
      await topBar(page).getByRole('button', { name: 'Run row' }).click()
      await expect(node(page, 'Classify').getByText('Done')).toBeVisible()
      expect(asked.at(-1)?.url).toBe('/colours?of=zorp%20%26%20co')
      expect(model.requests.at(-1)?.text).toContain('blue')
      expect(model.requests.some(({ text }) => text.includes('colour-secret-4711'))).toBe(false)
    })
  } finally {
    api.server.close()
  }
})

test('a tool of an MCP server is chosen from its list, tried, and used by a ReAct step', async ({ page }) => {
  const mountains = await startMcpServer()
  model = await startFakeOpenAi({ answer: request => agent(request, 'get_height', { mountain: 'Fuji' }) })
  try {
    const { origin } = new URL(mountains.url)
    await importProject(page, agentProject(model.url))
    await select(page, 'Classify')
    await inspector(page).getByRole('tab', { name: 'Settings' }).click()
    const tools = inspector(page)
    await tools.getByRole('button', { name: 'Add tool' }).click()
    await choose(tools.getByRole('combobox', { name: 'Kind' }), 'MCP')
    await tools.getByRole('textbox', { name: 'Server' }).fill(mountains.url)
    await tools.getByRole('button', { name: 'Ask for its tools' }).click()
    await expect(tools.getByText('is not allowed to contact')).toBeVisible()
    expect(mountains.requests).toBe(0)
    await tools
      .getByRole('group', { name: `Access to ${origin}` })
      .getByRole('button', { name: 'Allow' })
      .click()
    await tools.getByRole('button', { name: 'Ask for its tools' }).click()
    await expect(tools.getByText('2 tools found.')).toBeVisible()
    await choose(tools.getByRole('combobox', { name: 'Tool of the server' }), /^get-height/)
    await expect(tools.getByRole('textbox', { name: 'Name of argument 1' })).toHaveValue('mountain')
    await expect(tools.getByRole('textbox', { name: 'Description', exact: true })).toHaveValue('The height of a mountain in metres.')

    const form = tools.getByRole('form', { name: 'Try get_height' })
    await form.getByRole('textbox', { name: /^mountain/ }).fill('Denali')
    await form.getByRole('button', { name: 'Try' }).click()
    await expect(form).toContainText('Denali: 6190')

    await saved(page)
    await topBar(page).getByRole('button', { name: 'Run row' }).click()
    await expect(node(page, 'Classify').getByText('Done')).toBeVisible()
    expect(mountains.calls.map(({ args }) => args['mountain'])).toEqual(['Denali', 'Fuji'])
    expect(model.requests.at(-1)?.text).toContain('Fuji: 3776')

    await test.step('answers from fixed answers in an evaluation', async () => {
      await choose(tools.getByRole('combobox', { name: 'Fixed answers' }), /^In evaluations/)
      await tools.getByRole('textbox', { name: 'Fixed answer 1', exact: true }).fill('about 3800')
      await saved(page)
      await goTo(page, 'Compile')
      await page
        .getByRole('button', { name: /^Evaluate/ })
        .first()
        .click()
      await expect.poll(() => model.requests.at(-1)?.text ?? '').toContain('about 3800')
      expect(mountains.calls).toHaveLength(2)
    })
  } finally {
    mountains.close()
  }
})

/** Rows of words and colours, answered by an agent. */
function agentProject(url: string, tool?: JsonObject): ReturnType<typeof remoteProject> {
  const file = remoteProject(url, { rows: 12 })
  const tools: readonly Json[] = tool === undefined ? [] : [tool]
  const nodes = file.project.graph.nodes.map(one =>
    one.kind === 'signature' ? { ...one, module: 'react', moduleParams: { tools, max_iters: 4 } } : one,
  )
  return { ...file, project: { ...file.project, state: {}, graph: { ...file.project.graph, nodes } } }
}

/** Calls the tool once, then is done. */
function agent({ messages, text }: FakeRequest, tool: string, args: JsonObject): string {
  const said = messages.map(({ content }) => content).join('\n')
  if (!said.includes('next_tool_name')) return sections({ reasoning: 'Seen.', label: 'fruit' })
  if (text.includes('observation_0')) return sections({ next_thought: 'Done.', next_tool_name: 'finish', next_tool_args: '{}' })
  return sections({ next_thought: 'Look.', next_tool_name: tool, next_tool_args: JSON.stringify(args) })
}

function sections(values: Readonly<Record<string, string>>): string {
  return [...Object.entries(values).map(([name, value]) => `[[ ## ${name} ## ]]\n${value}`), '[[ ## completed ## ]]'].join('\n\n')
}

/** An API with leave for web pages. */
async function startApi(
  answer: (url: string, key: string | undefined) => unknown,
): Promise<{ readonly origin: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', '*')
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    const key = request.headers['x-key']
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer(request.url ?? '', typeof key === 'string' ? key : undefined)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // It listens on a port.
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, server }
}
