import { describe, expect, it } from 'vitest'
import { noiseOf } from './text/noise'
import { readRules } from './text/rules'
import { instructionFrom, instructionFromProse } from './write-instruction'

const noise = noiseOf(1, 0, 0)
const failures = [
  'The tap drips all night',
  'A pipe burst and the drain is clogged',
  'The wifi drops',
  'My password was refused at the login',
  'Water under the sink',
  'The printer shows no network',
]
const teams = ['plumbing', 'plumbing', 'computers', 'computers', 'plumbing', 'computers']

describe('writing an instruction', () => {
  it('names the words that tell labels apart, taking the right label from the feedback', () => {
    const text = failures
      .map(
        (ticket, at) => `### Inputs\nticket: ${ticket}\n### Generated Outputs\nteam: plumbing\n### Feedback\nWrong. Expected ${teams[at]}.`,
      )
      .join('\n')
    const prose =
      instructionFromProse(`The current instruction:\n\`\`\`\nRoute it.\n\`\`\`\n${text}\nWrite a new instruction in \`\`\`.`, noise) ?? ''
    expect(prose.startsWith('```\nRoute it.')).toBe(true)
    const rules = readRules(prose, ['plumbing', 'computers'])
    expect(rules.get('plumbing')?.has('w:pip') || rules.get('plumbing')?.has('w:tap')).toBe(true)
    expect(rules.get('computers')?.has('w:wifi') || rules.get('computers')?.has('w:password')).toBe(true)
  })

  it('replaces its own rules of an earlier round instead of piling them up', () => {
    const examples = failures.map((ticket, at) => `Ticket: ${ticket}\nTeam: ${teams[at]}`).join('\n\n')
    const first = instructionFrom({ basic_instruction: 'Route it.', examples }, '', noise)
    const second = instructionFrom({ basic_instruction: first, examples }, '', noise)
    expect(second.split('\n')).toHaveLength(first.split('\n').length)
  })

  it('keeps advice from the feedback', () => {
    const written = instructionFrom(
      { current_instruction: 'Answer.', report: 'Feedback: The answer must be a number without its unit.' },
      '',
      noise,
    )
    expect(written).toContain('The answer must be a number without its unit.')
  })

  it('varies with the rollout only when asked to sample', () => {
    const request = { basic_instruction: 'Answer the question.' }
    const at = (rollout: number): string => instructionFrom(request, '', noiseOf(1, rollout, 1))
    expect(at(3)).toBe(at(3))
    expect(new Set([0, 1, 2, 3, 4, 5].map(at)).size).toBeGreaterThan(1)
  })
})

describe('reading rules', () => {
  const labels = ['billing', 'bug_report', 'other']
  it.each([
    ['Use billing for refunds and charges.', 'billing', 'w:refund'],
    ['- bug report: crashes, errors', 'bug_report', 'w:crash'],
    ['If it mentions an invoice, answer `billing`.', 'billing', 'w:invoic'],
    ['Crashes and freezes go to bug_report.', 'bug_report', 'w:freez'],
    ['Label other when nobody complains.', 'other', 'w:complain'],
  ])('%s', (text, label, feature) => {
    expect(readRules(text, labels).get(label)?.get(feature)).toBeGreaterThan(0)
  })

  it('takes no rule from a mere list of labels', () => {
    const rules = readRules('Answer with billing, bug_report or other.', labels)
    expect([...rules.values()].every(features => features.size === 0)).toBe(true)
  })
})

describe('learning from a single case', () => {
  const shown = {
    program_inputs: 'ticket: The dashboard lags and takes thirty seconds to load',
    oracle_metadata: 'team: platform',
    worse_trajectory: '# Step Triage\nticket: The dashboard lags and takes thirty seconds to load\nteam: quality',
    better_trajectory: '# Step Triage\nticket: The dashboard lags and takes thirty seconds to load\nteam: platform',
  }
  const rules = readRules(instructionFrom(shown, '', noise), ['platform', 'quality'])

  it('takes the label that is given most often, from values that start with their key too', () => {
    expect(rules.get('platform')?.has('w:lag')).toBe(true)
    expect(rules.get('quality')).toBeUndefined()
  })

  it('writes a rule that holds for other texts of the topic', () => {
    expect(rules.get('platform')?.has('w:slow')).toBe(true)
    expect(rules.get('platform')?.has('w:dashboard')).toBe(false)
  })
})
