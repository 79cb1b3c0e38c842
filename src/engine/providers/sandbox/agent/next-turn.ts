import { finishTool } from '@/engine/base/agent-words'
import type { Prompt, PromptTool } from '@/engine/adapters/prompt/prompt'
import { trajectoryIn, type PromptTurn } from '@/engine/adapters/prompt/read-agent'
import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { indexOf } from '../text/demo-index'
import type { Noise } from '../text/noise'
import { nameWords } from '../text/words'
import { adviceOn, adviceScores, isFollowed } from './advice'
import { factsOf, isFruitless } from './facts'
import { fillArguments, type FilledCall, type ShownCall } from './fill-arguments'
import { matchAmong, matchOf, questionOf, sharesOf } from './match'
import { shapeOf } from './names'

/**
 * An agent's next step by small rules: the tool that the question, the advice in the instructions and the demos at the same point speak
 * for, with arguments taken from the question and from what tools returned; it ends when nothing promises more. Knows no tool: all it
 * goes by are names, descriptions and argument types.
 */
export function nextTurn(prompt: Prompt, noise: Noise): Readonly<Record<string, Json>> {
  const turns = trajectoryIn(prompt.request) ?? []
  const question = questionOf(prompt.request)
  const shown = prompt.demos.flatMap(shownTurns)
  const called = turns.filter(turn => !isFruitless(turn)).map(({ tool }) => tool)
  const advice = adviceOn(prompt.tools, prompt.instructions)
  const advised = adviceScores(advice, question, called)
  const taught = taughtScores(question, stageOf(turns), shown)
  const tools = prompt.tools.filter(({ name }) => name !== finishTool)
  const matches = matchAmong(question, tools.map(aboutTool))
  const wanted = new Map(
    tools.map((tool, at) => [
      tool.name,
      0.8 * (matches[at] ?? 0) +
        1.3 * Math.max(-1, advised.get(tool.name) ?? 0) +
        (taught.get(tool.name) ?? 0) +
        noise.jitter(`tool ${tool.name}`),
    ]),
  )
  const calls = new Map(tools.map(tool => [tool.name, callOf(tool)]))
  const scored = tools.map(tool => ({ tool, call: calls.get(tool.name), score: (wanted.get(tool.name) ?? 0) + prospect(tool) }))
  const [best] = scored.filter(({ call }) => call !== undefined).sort((a, b) => b.score - a.score)
  const end = endScore()
  if (best?.call === undefined || end >= best.score) return turnTo(finishTool, {}, thoughtAtEnd(turns, noise))
  return turnTo(best.tool.name, best.call.args, thoughtBefore(best.tool, question, scored, noise))

  function callOf(tool: PromptTool): FilledCall | undefined {
    const own = shown.filter(one => one.tool === tool.name)
    return fillArguments(tool, { question, facts: factsOf(turns), turns, shown: own, noise })
  }

  /** What the state of affairs says of a tool: whether it can be called, was called, or leads to one that is wanted. */
  function prospect(tool: PromptTool): number {
    const call = calls.get(tool.name)
    if (call === undefined) return -9
    // What failed may go well with what was learnt since.
    const failures = turns.slice(turns.findLastIndex(turn => !isFruitless(turn)) + 1).filter(turn => turn.tool === tool.name)
    const repeats = called.includes(tool.name) ? -1.4 : -0.45 * failures.length
    // A tool that is wanted but lacks an argument lends its worth to those that may tell it.
    const leads = tools
      .filter(other => other !== tool && calls.get(other.name) === undefined && !called.includes(other.name))
      .map(other => 0.9 * Math.max(0, wanted.get(other.name) ?? 0) * Math.min(1, tells(tool, other)))
    return 0.5 * call.fit + repeats + Math.max(0, ...leads)
  }

  function endScore(): number {
    const ended = (taught.get(finishTool) ?? 0) + noise.jitter('tool finish')
    if (called.length === 0) return ended - 0.6
    const [most] = [...wanted].sort((a, b) => b[1] - a[1])
    const isOpen = most !== undefined && !called.includes(most[0]) && most[1] > 0.3 && calls.get(most[0]) !== undefined
    return ended + 0.75 + (isFollowed(advice, question, called) ? 0.8 : 0) - (isOpen ? 0.4 : 0)
  }
}

function turnTo(tool: string, args: Readonly<Record<string, Json>>, thought: string): Readonly<Record<string, Json>> {
  return { next_thought: thought, next_tool_name: tool, next_tool_args: args }
}

function aboutTool({ name, desc }: PromptTool): string {
  return `${nameWords(name).join(' ')} ${desc}`
}

/** How far one tool may tell what another needs. */
function tells(tool: PromptTool, other: PromptTool): number {
  const needs = other.args.filter(({ type }) => type.kind !== 'optional').map(({ name, desc }) => `${name} ${desc}`)
  return needs.length === 0 ? 0 : Math.max(...needs.map(need => matchOf(aboutTool(tool), need)))
}

/** Which tools were called, and which of them without a result: demos teach for the same point alone. */
function stageOf(turns: readonly PromptTurn[]): string {
  return turns.map(turn => `${turn.tool}${isFruitless(turn) ? '!' : ''}`).join(' ')
}

interface ShownTurn extends ShownCall {
  readonly tool: string
  readonly stage: string
}

/** The turn that a demo shows, and those before it that its trajectory tells of, where they led to something. */
function shownTurns({ inputs, outputs }: Prompt['demos'][number]): readonly ShownTurn[] {
  const turns = trajectoryIn(inputs)
  if (turns === undefined) return []
  const question = questionOf(inputs)
  const at = (count: number, tool: string, args: Json): ShownTurn => {
    const before = turns.slice(0, count)
    return { tool, stage: stageOf(before), question, facts: factsOf(before), args: isJsonObject(args) ? args : {} }
  }
  const earlier = turns.flatMap((turn, count) => (isFruitless(turn) ? [] : [at(count, turn.tool, turn.args)]))
  const tool = outputs['next_tool_name']
  if (tool === undefined) return earlier
  const args = parseJson(outputs['next_tool_args'] ?? '{}')
  return [...earlier, at(turns.length, tool, args.ok ? args.value : {})]
}

/** What was done at this point for questions alike: the share of each tool among the most similar, the stronger the more alike they are. */
function taughtScores(question: string, stage: string, shown: readonly ShownTurn[]): ReadonlyMap<string, number> {
  const here = shown.filter(one => one.stage === stage)
  const instances = here.map(one => ({ bag: shapeOf(one.question), answer: one.tool, weight: 1, text: '' }))
  return sharesOf(instances, indexOf(instances).similarity(shapeOf(question), 'meaning'))
}

function thoughtBefore(
  tool: PromptTool,
  question: string,
  scored: readonly { readonly tool: PromptTool; readonly call: FilledCall | undefined }[],
  noise: Noise,
): string {
  const about = (tool.desc.split(/[.;]/)[0] ?? '').trim()
  const goal = scored.find(one => one.tool !== tool && one.call === undefined && matchOf(question, aboutTool(one.tool)) > 0)
  const lines = [
    `To answer I still have to know more, and ${tool.name} may tell${about === '' ? '' : `: ${about}`}.`,
    `The next thing to look up is what ${tool.name} returns${about === '' ? '' : ` (${about})`}.`,
  ]
  const line = lines[noise.pick('thought', lines.length)] ?? ''
  return goal === undefined ? line : `${line} With it ${goal.tool.name} can be called.`
}

function thoughtAtEnd(turns: readonly PromptTurn[], noise: Noise): string {
  const last = turns.findLast(turn => !isFruitless(turn))
  if (last === undefined) return 'Nothing that the tools can tell helps with this.'
  const lines = [
    `With what ${last.tool} returned the question can be answered.`,
    `Nothing is missing any more: ${last.tool} told the rest.`,
  ]
  return lines[noise.pick('end', lines.length)] ?? ''
}
