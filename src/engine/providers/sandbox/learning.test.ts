import { describe, expect, it } from 'vitest'
import supportTickets from '@/templates/support-tickets.json'
import wordProblems from '@/templates/word-problems.json'
import { accuracy, ask, bootstrapped, demosOf, signature, type LabelledRow } from './ask.fixture'
import { withReasoning } from '@/engine/modules/chain-of-thought'
import { libraryDesk, libraryLine } from './library-desk.fixture'

const desk = signature(libraryLine, 'Send the question to a desk.')
const shown = libraryDesk.slice(0, 16)
const heldOut = libraryDesk.slice(16)

describe('on a task that no template knows', () => {
  const bare = accuracy(withReasoning(desk), 'desk', heldOut)

  it('gets better with demos', () => {
    expect(accuracy(withReasoning(desk), 'desk', heldOut, { demos: demosOf(shown, 'desk') })).toBeGreaterThan(bare + 0.2)
    expect(accuracy(desk, 'desk', heldOut, { demos: demosOf(shown, 'desk') })).toBeGreaterThan(accuracy(desk, 'desk', heldOut) + 0.2)
  })

  it('is not harmed by demos of some labels only', () => {
    const some = shown.filter(row => row.label === 'front' || row.label === 'house').slice(0, 4)
    expect(accuracy(withReasoning(desk), 'desk', heldOut, { demos: demosOf(some, 'desk') })).toBeGreaterThanOrEqual(bare - 0.1)
  })

  it('applies rules of the instructions', () => {
    const rules =
      'Use front for loans, cards, fines and returns. Use house for repairs, heating, lamps and leaks.\n- archive: old maps, letters, records\n- events: talks, concerts, workshops, tickets'
    expect(accuracy(withReasoning(signature(libraryLine, rules)), 'desk', heldOut)).toBeGreaterThan(bare + 0.2)
  })

  it('writes an instruction from examples that helps when it is read back', () => {
    const writer = signature('basic_instruction, examples -> proposed_instruction', 'Write a better instruction.')
    const examples = shown.map(row => `Question: ${String(row.inputs['question'])}\nDesk: ${row.label}`).join('\n\n')
    const written = String(ask(writer, { basic_instruction: desk.instructions, examples })['proposed_instruction'])
    expect(written).toContain('`archive`')
    expect(accuracy(withReasoning(signature(libraryLine, written)), 'desk', heldOut)).toBeGreaterThan(bare + 0.1)
  })
})

describe('on rows held out from the templates', () => {
  const tickets: LabelledRow[] = supportTickets.map(([ticket = '', category = '']) => ({ inputs: { ticket }, label: category }))
  const teams = [...new Set(tickets.map(row => row.label))]
  const triage = signature(`ticket -> category: Literal[${teams.map(team => `'${team}'`).join(', ')}]`, 'Decide which team should act.')
  const problems: LabelledRow[] = wordProblems.map(([problem, answer]) => ({ inputs: { problem: String(problem) }, label: Number(answer) }))
  const solving = signature('problem -> answer: float', 'Solve the problem.')

  it('gains from demos, and more after reasoning', () => {
    const [train, test] = [tickets.slice(0, 24), tickets.slice(24)]
    const demos = demosOf(train, 'category')
    const reasoned = accuracy(withReasoning(triage), 'category', test, { demos })
    expect(reasoned).toBeGreaterThan(accuracy(withReasoning(triage), 'category', test) + 0.08)
    expect(reasoned).toBeGreaterThan(accuracy(triage, 'category', test, { demos }))
  })

  it('takes one step without reasoning and several with it', () => {
    const [train, test] = [problems.slice(0, 24), problems.slice(24)]
    const demos = demosOf(train, 'answer')
    const reasoned = accuracy(withReasoning(solving), 'answer', test, { demos })
    expect(reasoned).toBeGreaterThan(accuracy(withReasoning(solving), 'answer', test) + 0.15)
    expect(reasoned).toBeGreaterThan(accuracy(solving, 'answer', test, { demos }) + 0.15)
  })

  it('shows its working, and learns from the working that demos show', () => {
    const [train, test] = [problems.slice(0, 24), problems.slice(24)]
    const got = ask(withReasoning(solving), { problem: 'Each crate holds 6 jars. How many jars do 4 crates hold?' })
    expect(got).toMatchObject({ answer: 24, reasoning: expect.stringContaining('6 * 4 = 24') })
    const schooled = accuracy(withReasoning(solving), 'answer', test, { demos: bootstrapped(withReasoning(solving), 'answer', train) })
    expect(schooled).toBeGreaterThan(accuracy(withReasoning(solving), 'answer', test) + 0.15)
  })
})

describe('on small everyday tasks without demos', () => {
  it.each([
    ["text -> label: Literal['spam', 'ham']", { text: 'Congratulations, you won a free prize! Claim your bonus now.' }, { label: 'spam' }],
    ["review -> mood: Literal['positive', 'negative']", { review: 'The film was not good, I hated the plot.' }, { mood: 'negative' }],
    ["review -> mood: Literal['positive', 'negative']", { review: 'A lovely evening with a brilliant cast.' }, { mood: 'positive' }],
    ['text -> miles: float', { text: 'Convert 10 km to miles' }, { miles: 6.2137 }],
    ['question -> answer', { question: 'What is 12 * (3 + 4)?' }, { answer: '84' }],
    [
      'context, question -> answer',
      { context: 'Ida was born in Oslo. She moved to Rome in 1891. She won a prize.', question: 'Where did she move in 1891?' },
      { answer: 'She moved to Rome in 1891.' },
    ],
  ])('%s', (line, inputs, outputs) => {
    expect(ask(signature(line, ''), inputs)).toEqual(outputs)
  })

  it('fits a line through pairs of numbers', () => {
    const demos = [
      { celsius: 0, fahrenheit: 32 },
      { celsius: 10, fahrenheit: 50 },
      { celsius: 100, fahrenheit: 212 },
    ]
    expect(ask(signature('celsius: float -> fahrenheit: float', ''), { celsius: 30 }, { demos })).toEqual({ fahrenheit: 86 })
  })

  it('copies the kind of span that demos copy', () => {
    const demos = [
      { text: 'Hello, my name is Petra Lang and I need help.', name: 'Petra Lang' },
      { text: 'This is urgent. My name is Omar Haddad and the door is stuck.', name: 'Omar Haddad' },
      { text: 'Good day, my name is Ida Berg. Call me.', name: 'Ida Berg' },
    ]
    expect(ask(signature('text -> name', ''), { text: 'Hi there, my name is Luis Ortega and I lost a bag.' }, { demos })).toEqual({
      name: 'Luis Ortega',
    })
  })
})
