import type { Json } from '@/lib/json'
import type { PromptValues } from '@/engine/adapters/prompt/prompt'
import { writeAnswer } from '@/engine/adapters/prompt/write-answer'
import { choose } from './classify'
import { pairsIn } from './evidence'
import { readTask, type AskedField, type ChatBody, type Task } from './task'
import { solve } from './solve'
import { carelessness } from './techniques'
import { rulesFrom, summarise, writeInstruction, writeObservations } from './write-instruction'

/** Size of the mistakes without any help. */
const baseError = 1

/**
 * The answer to a chat request: a pure function of the request and, above temperature 0, of which sample of it this is. The model's name
 * is the seed of its mistakes and tastes.
 */
export function respond(body: ChatBody, sample: number): string {
  const temperature = body.temperature ?? 0
  const task = readTask(body)
  // What the task says decides, and not the sentences that an adapter puts around it: both sides under test meet the same luck.
  const content = task ? JSON.stringify([task.instructions, task.demos, task.inputs]) : body.messages.map(one => one.content).join('\u0000')
  const chance = [body.model, content, temperature > 0 ? sample : 0].join('\u0002')
  if (task === undefined) return plainReply(body.messages.at(-1)?.content ?? '', body.model, chance)
  const values = isAboutPrompts(task) ? authored(task, body.model, chance) : answered(task, body.model, temperature, chance)
  return writeAnswer(task.prompt, values)
}

/** Answers the task of a program. */
function answered(task: Task, model: string, temperature: number, chance: string): Record<string, Json> {
  const text = Object.values(task.inputs).join('\n')
  const target = task.outputs.find(({ kind }) => kind === 'label' || kind === 'number')
  const note = task.outputs.find(field => field !== target && field.kind === 'text')
  const isReasoned = note !== undefined && target !== undefined && task.outputs.indexOf(note) < task.outputs.indexOf(target)
  const error =
    baseError *
    carelessness(task.instructions, model, target?.kind === 'number' ? 'number' : 'label') *
    (isReasoned ? 0.75 : 1) *
    (1 + 0.35 * Math.min(temperature, 1.5))
  const shared = { text, instructions: task.instructions, error, model, moving: chance }
  const values: Record<string, Json> = {}
  let working = 'It follows from the input.'
  if (target?.kind === 'label') {
    const demos = task.demos.flatMap(demo => {
      const label = demo.outputs[target.name]
      return label === undefined ? [] : [{ text: Object.values(demo.inputs).join('\n'), label, reasoning: noteOf(demo.outputs, note) }]
    })
    const { label, evidence } = choose({ ...shared, options: target.options, demos })
    working = `The words ${evidence.slice(0, 4).join(', ')} speak for ${label}.`
    values[target.name] = label
  } else if (target?.kind === 'number') {
    const demos = task.demos.flatMap(demo => {
      const answer = Number.parseFloat(demo.outputs[target.name] ?? '')
      return Number.isNaN(answer) ? [] : [{ text: Object.values(demo.inputs).join('\n'), answer, reasoning: noteOf(demo.outputs, note) }]
    })
    const solution = solve({ ...shared, demos, isReasoned })
    working = solution.working
    values[target.name] = solution.value
  }
  for (const field of task.outputs) values[field.name] ??= field.kind === 'object' ? {} : working
  return values
}

function noteOf(outputs: PromptValues, note: AskedField | undefined): string {
  return (note && outputs[note.name]) ?? ''
}

/** Requests of optimizers ask for texts about a task, never for a label or a number. */
function isAboutPrompts({ outputs }: Task): boolean {
  return outputs.some(
    ({ name, kind }) => kind !== 'label' && /instruction|rules|advice|observation|summary|description|discussion/.test(name),
  )
}

/** Writes what an optimizer asks a prompt model for. */
function authored(task: Task, model: string, chance: string): Record<string, Json> {
  const { inputs } = task
  const attempts = inputs['attempted_instructions']
  const base = attempts === undefined ? (inputs['basic_instruction'] ?? '') : bestAttempt(attempts)
  const evidence = evidenceIn(inputs)
  const pairs = evidence.flatMap(pairsIn)
  const write = (field: AskedField): Json => {
    if (field.kind === 'object') {
      const rules = rulesFrom({ pairs, chance }).join('\n')
      return Object.fromEntries(moduleNames(inputs).map(name => [name, rules]))
    }
    if (/prefix/.test(field.name)) return 'Answer:'
    if (/instruction/.test(field.name))
      return writeInstruction({ base, pairs, evidence: evidence.join('\n'), tip: inputs['tip'] ?? '', salt: model, chance })
    if (/rules/.test(field.name)) return rulesFrom({ pairs, chance }).join('\n')
    if (/observation/.test(field.name)) return writeObservations(pairs, chance)
    if (/summary/.test(field.name)) return summarise(evidence.join('\n'), chance)
    return 'The program reads the input and gives the one answer that is right for it.'
  }
  return Object.fromEntries(task.outputs.map(field => [field.name, write(field)]))
}

/** Inputs that show examples or notes. Of a contrast between two runs, the inputs and the known right answer are what counts. */
function evidenceIn(inputs: PromptValues): readonly string[] {
  const [asked, known] = [inputs['program_inputs'], inputs['oracle_metadata']]
  if (asked !== undefined && known !== undefined) return [`${asked}\n${known}`]
  return Object.entries(inputs)
    .filter(
      ([name]) =>
        !/^(?:basic_instruction|attempted_instructions|tip|program_code|module|module_description|program_description)$/.test(name),
    )
    .map(([, value]) => value)
}

function moduleNames(inputs: PromptValues): readonly string[] {
  const quoted = [...(inputs['module_names'] ?? '').matchAll(/["'«]([\w.[\]-]+)["'»]/g)].map(([, name = '']) => name)
  return quoted.length > 0 ? quoted : (inputs['module_names'] ?? '').split(/[\s,]+/).filter(Boolean)
}

/** The attempt with the highest score; they come as numbered texts. */
function bestAttempt(attempts: string): string {
  const found = [
    ...attempts.matchAll(
      /instruction #(\d+): ([\s\S]*?)(?=\s*(?:»»»|»|",|',)?\s*(?:\[\d+\] )?(?:«««|«|"|')?\s*(?:prefix|resulting score) #\1:)/gi,
    ),
  ]
  const scoreOf = (number: string) => Number(new RegExp(`score #${number}: ([\\d.]+)`, 'i').exec(attempts)?.[1] ?? 0)
  const best = found.toSorted((a, b) => scoreOf(b[1] ?? '') - scoreOf(a[1] ?? ''))[0]
  return (best?.[2] ?? attempts)
    .split('\n')
    .map(line => line.trim())
    .join('\n')
    .replaceAll('\\n', '\n')
    .trim()
}

/** A request in free text: an instruction in a fence to improve, or anything else. */
function plainReply(text: string, model: string, chance: string): string {
  const [base, ...rest] = [...text.matchAll(/```[a-z]*\n([\s\S]*?)\n```/g)].map(([, inside = '']) => inside)
  if (base === undefined || !/instruction/i.test(text)) return 'OK'
  const evidence = rest.length > 0 ? rest.join('\n\n') : text.replace(base, '')
  return `\`\`\`\n${writeInstruction({ base, pairs: pairsIn(evidence), evidence: '', tip: '', salt: model, chance })}\n\`\`\``
}
