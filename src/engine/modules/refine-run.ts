import { isJsonObject, type Json } from '@/lib/json'
import type { Values } from '../base/example'
import type { SignatureNode } from '../program/program'
import { printSignatureLine } from '../signature/print-signature'
import type { Field, Signature } from '../signature/signature'
import type { FieldType } from '../signature/types/field-type'
import { bestAttempt, type AttemptParams } from './attempts-run'
import { innerModule, type InnerModule } from './inner-module'
import { noHint } from './refine'
import type { Scope } from './scope'

export function runRefine(node: SignatureNode, inputs: Values, scope: Scope, params: AttemptParams): Promise<Values> {
  const { module, N, threshold, fail_count, reward } = params
  const inner = innerModule(node, module)
  const plan = { n: N, reward, threshold, failCount: fail_count ?? N }
  return bestAttempt({ inner, inputs, scope }, plan, async tried => {
    const answer = await scope.ask('advice', adviceSignature, {
      program_code: describeInner(inner),
      modules_defn: inner.kind
        .slots(inner.node)
        .map(slot => `${adviceName(slot.key)}: ${slot.defaultInstructions}`)
        .join('\n'),
      program_inputs: inputs,
      program_trajectory: tried.attempt.steps().map(step => ({ module: adviceName(step.key), inputs: step.inputs, outputs: step.outputs })),
      program_outputs: tried.outputs,
      reward_code: reward,
      target_threshold: threshold,
      reward_value: tried.reward.value,
      reward_feedback: tried.reward.feedback ?? '',
      module_names: inner.kind.slots(inner.node).map(slot => adviceName(slot.key)),
    })
    return hintsOf(answer['advice'] ?? null, inner)
  })
}

/** What the only predictor of a module is called before the model that gives advice. */
export function adviceName(key: string): string {
  return key === '' ? 'predict' : key
}

export function describeInner({ kind, node }: InnerModule): string {
  return `${kind.dspyName}("${printSignatureLine(node.fields)}")`
}

/** A predictor that the advice leaves out, or that is said to be right, gets no hint worth reading. */
function hintsOf(advice: Json, { kind, node }: InnerModule): Readonly<Record<string, string>> {
  const byName = isJsonObject(advice) ? advice : {}
  return Object.fromEntries(
    kind.slots(node).map(({ key }) => {
      const text = byName[adviceName(key)]
      return [key, typeof text === 'string' && text.trim() !== '' ? text : noHint]
    }),
  )
}

const open: FieldType = { kind: 'object', fields: {} }
const text: FieldType = { kind: 'str' }
const field = (name: string, role: Field['role'], type: FieldType, desc: string): Field => ({ id: name, name, role, type, desc })

export const adviceSignature: Signature = {
  instructions: [
    'A program was run on some inputs, and what it returned was given a reward below the target.',
    'Read how it went, find the module whose answer cost the reward, and say what it should do otherwise for inputs like these.',
    'Advice is an object with one text for each name in `module_names`. Be concrete: name what to look at and what to write. Where a module did nothing wrong, its text is N/A.',
  ].join(' '),
  fields: [
    field('program_code', 'input', text, 'The program and its signature.'),
    field('modules_defn', 'input', text, 'Its modules, each with what it was told.'),
    field('program_inputs', 'input', open, 'What the program was given.'),
    field('program_trajectory', 'input', { kind: 'list', of: open }, 'Each call of a module, with what it got and gave.'),
    field('program_outputs', 'input', open, 'What the program returned.'),
    field('reward_code', 'input', text, 'The function that decides the reward.'),
    field('target_threshold', 'input', { kind: 'any' }, 'The reward that would be enough.'),
    field('reward_value', 'input', { kind: 'float' }, 'The reward it got.'),
    field('reward_feedback', 'input', text, 'What the reward function said about it.'),
    field('module_names', 'input', { kind: 'list', of: text }, 'The names to give advice for.'),
    field('discussion', 'output', text, 'Which module is to blame, and why.'),
    field('advice', 'output', { kind: 'dict', of: text }, 'Advice by module name.'),
  ],
}
