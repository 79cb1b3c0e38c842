import { describe, expect, it } from 'vitest'
import { pairsIn } from './evidence'
import type { ChatBody } from './task'
import { respond } from './respond'

const ticket = 'I was charged twice, where is my refund for the invoice?'
const labels = "Literal['identity', 'zeta', 'quality']"

/** A prompt as chat adapters lay it out; `words` are sentences that no reader may depend on. */
function prompt(options: { instructions?: string; demos?: readonly [string, string][]; words?: string; text?: string } = {}): ChatBody {
  const { instructions = 'Route the ticket.', demos = [], words = 'Fields', text = ticket } = options
  const system = [
    `${words}:\n1. \`ticket\` (str):\n${words}:\n1. \`reasoning\` (str):\n2. \`category\` (${labels}):`,
    '[[ ## ticket ## ]]\n{ticket}',
    '[[ ## reasoning ## ]]\n{reasoning}',
    '[[ ## category ## ]]\n{category}',
    `[[ ## completed ## ]]\n${words}: \n        ${instructions.replaceAll('\n', '\n        ')}`,
  ].join('\n\n')
  const shown = demos.flatMap(([input, label]) => [
    { role: 'user', content: `[[ ## ticket ## ]]\n${input}` },
    { role: 'assistant', content: `[[ ## reasoning ## ]]\nSo.\n\n[[ ## category ## ]]\n${label}\n\n[[ ## completed ## ]]\n` },
  ])
  const reminder = `${words} \`[[ ## reasoning ## ]]\`, then \`[[ ## category ## ]]\`, then \`[[ ## completed ## ]]\`.`
  return {
    model: 'simulated-1',
    messages: [{ role: 'system', content: system }, ...shown, { role: 'user', content: `[[ ## ticket ## ]]\n${text}\n\n${reminder}` }],
  }
}

/** How many of ten models answer `zeta`. */
function zetas(body: ChatBody): number {
  const models = Array.from({ length: 10 }, (_, seed) => `simulated-${seed}`)
  return models.filter(model => respond({ ...body, model }, 0).includes('[[ ## category ## ]]\nzeta')).length
}

describe('the simulated LM', () => {
  it('gives the same answer to the same request, whatever the frame around it says', () => {
    expect(respond(prompt(), 0)).toBe(respond(prompt(), 3))
    expect(respond(prompt({ words: 'Your input fields are' }), 0)).toBe(respond(prompt(), 0))
  })

  it('takes further samples of a request for other answers only above temperature 0', () => {
    const samples = Array.from({ length: 12 }, (_, sample) => respond({ ...prompt(), temperature: 1.4 }, sample))
    expect(new Set(samples).size).toBeGreaterThan(1)
  })

  it('learns a label that it cannot know from a like demo', () => {
    const demos: [string, string][] = [['The invoice was charged again, please refund the payment.', 'zeta']]
    expect(zetas(prompt())).toBeLessThan(5)
    expect(zetas(prompt({ demos }))).toBeGreaterThan(8)
  })

  it('learns the same label from a rule in the instructions', () => {
    expect(zetas(prompt({ instructions: 'Route the ticket.\nInvoices, refunds and charges are for zeta.' }))).toBeGreaterThan(6)
  })

  it('writes rules from failures in free text, and keeps those it finds', () => {
    const text = [
      'This is the instruction:\n```\nRoute the ticket.\n- `identity`: password.\n```',
      '# Example 1\n## Inputs\n### ticket\nThe invoice was charged twice this month.\n## Outputs\n### category\nquality\n## Feedback\nExpected zeta, got quality.',
      '# Example 2\n## Inputs\n### ticket\nThe export drops every second row of my table.\n## Outputs\n### category\nquality\n## Feedback\nScore 1.0.',
    ].join('\n\n')
    const written = respond({ model: 'simulated-1', messages: [{ role: 'user', content: text }] }, 0)
    expect(written).toMatch(/^```\n[\s\S]*\n```$/)
    expect(written).toContain('- `identity`: password.')
    expect(written).toMatch(/- `zeta`: .*(?:invoice|charged)/)
    expect(written).toContain('- `quality`:')
  })

  it('solves a problem of several steps by a demo of the same kind', () => {
    const system =
      '1. `problem` (str):\n1. `reasoning` (str):\n2. `answer` (float):\n\n[[ ## problem ## ]]\n{problem}\n\nTask: \n        Solve it.'
    const ask = (content: string) => ({ role: 'user', content: `[[ ## problem ## ]]\n${content}` })
    const demo = {
      role: 'assistant',
      content: '[[ ## reasoning ## ]]\n((14 * 22) - 198) = 110\n\n[[ ## answer ## ]]\n110\n\n[[ ## completed ## ]]\n',
    }
    const messages = [
      { role: 'system', content: system },
      ask('A cinema has 14 rows of 22 seats. 198 seats are sold. How many seats stay empty?'),
      demo,
      ask(
        'A hall has 10 rows of 30 seats. 120 seats are sold. How many seats stay empty?\n\nNow `[[ ## answer ## ]]`, `[[ ## completed ## ]]`.',
      ),
    ]
    expect(respond({ model: 'simulated-1', messages }, 0)).toContain('[[ ## answer ## ]]\n180')
  })

  it('answers in JSON where the request asks for it', () => {
    const body = { ...prompt(), response_format: { type: 'json_object' } }
    expect(JSON.parse(respond(body, 0))).toHaveProperty('category')
  })
})

describe('pairsIn', () => {
  it.each([
    [
      'lines',
      'ticket: The trial ended and money left.\ncategory: billing\n\nticket: Locked out after many attempts.\ncategory: identity\n\nA remark.',
    ],
    [
      'Python literals',
      "[Example({'category': 'billing', 'ticket': 'The trial ended and money left.'}), Example({'category': 'identity', 'ticket': 'Locked out after many attempts.'})]",
    ],
    [
      'JSON',
      '[{"ticket": "The trial ended and money left.", "category": "billing"}, {"ticket": "Locked out after many attempts.", "category": "identity"}]',
    ],
  ])('finds worked examples in %s', (_, evidence) => {
    expect(pairsIn(evidence)).toEqual([
      { text: 'The trial ended and money left.', answer: 'billing' },
      { text: 'Locked out after many attempts.', answer: 'identity' },
    ])
  })
})
