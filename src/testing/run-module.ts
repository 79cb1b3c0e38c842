import type { Values } from '@/engine/base/example'
import { executeProgram, type Execution } from '@/engine/graph/execute'
import type { LmCall, LmSettings } from '@/engine/lm/lm'
import type { Program, ProgramGraph, ProgramState } from '@/engine/program/program'
import type { Field } from '@/engine/signature/signature'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import type { JsonObject } from '@/lib/json'
import type { PlainChatRequest } from './chat-of'
import { manualClock } from './manual-clock'
import { scriptedLm, type ScriptedAnswer } from './scripted-lm'
import { signatureOf } from './signature-of'
import { testCall } from './test-call'
import { signatureNode } from './toy-programs'
import { toyModel } from './toy-run'

/** A program that is one module over the signature of a line. Its step is called `step`, and asks again in JSON never. */
export function moduleProgram(module: string, line: string, params: JsonObject = {}, state: ProgramState = {}): Program {
  const { fields } = signatureOf(line)
  const side = (role: Field['role']) => fields.filter(field => field.role === role)
  const turned = (role: Field['role'], list: readonly Field[]) => list.map(field => ({ ...field, role }))
  const wire = (from: string, to: string) => (field: Field) => ({
    id: `${from}.${field.id}`,
    from: { node: from, field: field.id },
    to: { node: to, field: field.id },
  })
  const graph: ProgramGraph = {
    nodes: [
      { kind: 'input', id: 'in', name: 'Input', fields: turned('output', side('input')) },
      signatureNode('step', 'step', fields, module, params),
      { kind: 'output', id: 'out', name: 'Output', fields: turned('input', side('output')) },
    ],
    edges: [...side('input').map(wire('in', 'step')), ...side('output').map(wire('step', 'out'))],
    jsonFallback: 'never',
  }
  return { graph, state }
}

export interface ModuleRun extends Execution {
  readonly requests: readonly PlainChatRequest[]
  readonly calls: readonly LmCall[]
  /** What the step returned, with the outputs that its module adds. */
  readonly outputs: Values
}

/** Runs a program on one row with a model that says these texts in turn. */
export async function runModule(
  program: Program,
  inputs: Values,
  answers: readonly ScriptedAnswer[],
  { runner, settings = {} }: { readonly runner: CodeRunner; readonly settings?: LmSettings },
): Promise<ModuleRun> {
  const calls: LmCall[] = []
  const lm = scriptedLm((_request, call, index) => {
    calls.push(call)
    const answer = answers[index]
    if (answer === undefined) throw new Error(`there are ${answers.length} answers, and one more was asked for`)
    return answer
  })
  const execution = await executeProgram(program, inputs, {
    clock: manualClock(),
    runner,
    modelFor: () => ({ lm, model: { ...toyModel, settings } }),
    call: testCall(),
  })
  return { ...execution, requests: lm.requests, calls, outputs: execution.trace[0]?.outputs ?? {} }
}

/** An answer in the chat layout. */
export function chatAnswer(values: Readonly<Record<string, string>>): string {
  return [...Object.entries(values).map(([name, value]) => `[[ ## ${name} ## ]]\n${value}`), '[[ ## completed ## ]]'].join('\n\n')
}
