import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adapterFor } from '@/engine/adapters/registry'
import { memoryBlobs } from '@/engine/blobs/blob-store'
import { checkGraph } from '@/engine/graph/check'
import { predictorsOf, type Predictor } from '@/engine/graph/predictors'
import type { Field } from '@/engine/signature/signature'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { dspyPrograms } from '@/testing/dspy-programs'
import { dspyPython } from '@/testing/dspy-python'
import { pythonSession, type PythonSession } from '@/testing/python-session'
import { toyProject } from '@/testing/toy-project'
import { keptDspyText } from './kept-dspy-file'
import { keptFile, parseDspyText } from './open-dspy-file'
import { programOfDspy } from './program-of-dspy'
import { dspyStateText } from './to-dspy-json'
import { tunedText } from './tuned-text'

/** Undefined only where there is no Python; see `dspyPython`. */
const python = dspyPython('3.4.1')

interface Saved {
  readonly name: string
  readonly text: string
  readonly known: JsonObject
}

describe.skipIf(!python)('programs of DSPy', { timeout: 240_000 }, () => {
  let session: PythonSession
  let files: readonly Saved[]
  beforeAll(async () => {
    session = pythonSession(python ?? '', dspyPrograms)
    files = ((await session.ask({ kind: 'save' })) as unknown as Saved[]).map(({ name, text, known }) => ({ name, text, known }))
  }, 240_000)
  afterAll(() => session.end())

  it('become programs that run, and go back as they came', async () => {
    expect(files.length).toBeGreaterThanOrEqual(24)
    for (const { name, text, known } of files) {
      const program = programOfDspy(parseDspyText(text))
      expect({ name, errors: checkGraph(program.graph).filter(({ severity }) => severity === 'error') }).toEqual({ name, errors: [] })
      // Untouched, the very bytes go back.
      const blobs = memoryBlobs()
      const { graph, state, models } = program
      const project = { ...toyProject(), graph, state, models, ...(await keptFile(text, blobs)) }
      expect({ name, kept: await keptDspyText(blobs, project) }).toEqual({ name, kept: text })
      // Written anew, DSPy finds all of it under the names it knows.
      const predictors = predictorsOf(graph).filter(({ isOnlyHere }) => !isOnlyHere)
      const written = dspyStateText(program, Object.fromEntries(models.map(model => [model.id, model])))
      const completions = Object.fromEntries(Object.keys(known).map(key => [key, completionOf(predictorNamed(predictors, key))]))
      const back = (await session.ask({ kind: 'load', name, text: written, completions })) as JsonObject
      expect({ name, known: comparable(back['known'], predictors) }).toEqual({ name, known: comparable(known, predictors) })
      const outputs = Object.fromEntries(
        Object.keys(known).map(key => {
          const predictor = predictorNamed(predictors, key)
          const signature = predictor.signature(state)
          return [key, adapterFor(predictor.graph, predictor.node).parse(signature, completions[key] ?? '')]
        }),
      )
      expect({ name, outputs: back['outputs'] }).toEqual({ name, outputs })
    }
  })

  it('are told what was guessed and what stays behind', () => {
    const remarks = (name: string): string =>
      programOfDspy(parseDspyText(files.find(file => file.name === name)?.text ?? '')).remarks.join('\n')
    expect(remarks('more than an entry holds')).toMatch(
      /"config" of "classify" was left out: \{"temperature":1\}[^]*The item of "traces"|The item of "traces"/,
    )
    expect(remarks('bare ReAct')).toMatch(/tools of "ReAct" are named/)
    const { graph } = programOfDspy(parseDspyText(files.find(({ name }) => name === 'bare RLM')?.text ?? ''))
    expect(graph.nodes[1]).toMatchObject({
      module: 'rlm',
      fields: [{ name: 'book' }, { name: 'question' }, { name: 'label', role: 'output' }],
    })
    expect(remarks('two steps')).toMatch(/does not say how the steps are connected/)
  })
})

function predictorNamed(predictors: readonly Predictor[], key: string): Predictor {
  const found = predictors.find(({ dspyNames }) => dspyNames.includes(key === 'self' ? '' : key))
  if (found === undefined)
    throw new Error(`no predictor is called ${key}: ${predictors.map(({ dspyNames }) => dspyNames.join(' or ')).join(', ')}`)
  return found
}

/** An answer in the chat layout, with a value for each output. */
function completionOf(predictor: Predictor): string {
  const outputs = predictor.signature({}).fields.filter(({ role }) => role === 'output')
  return [...outputs.map(field => `[[ ## ${field.name} ## ]]\n${sampleOf(field)}`), '[[ ## completed ## ]]'].join('\n\n')
}

function sampleOf({ name, type }: Field): string {
  const samples: Record<string, string> = { int: '7', float: '0.5', bool: 'True', list: '["a", "b"]', object: '{"a": 1}', dict: '{"a": 1}' }
  if (type.kind === 'enum') return String(type.values[0])
  return samples[type.kind] ?? `some ${name}`
}

/**
 * What a studio keeps of an entry: not the prefixes, which prompts do not show, nor what is left out and told, nor what a module adds,
 * which each side says in its own words.
 */
function comparable(known: Json | undefined, predictors: readonly Predictor[]): Json {
  if (!isJsonObject(known ?? null)) return null
  return Object.fromEntries(
    Object.entries(known as JsonObject).map(([name, entry]) => {
      const { demos, lm, signature } = entry as {
        demos: Json
        lm: Json
        signature: { instructions: string; fields: readonly JsonObject[] }
      }
      const predictor = predictorNamed(predictors, name)
      const own = new Set(predictor.node.fields.map(field => field.name))
      const names = predictor.signature({}).fields.map(field => field.name)
      const fields = signature.fields.map(({ description }, index) => (own.has(names[index] ?? '') ? (description ?? null) : null))
      return [name, { demos, lm, instructions: tunedText(signature.instructions, predictor), fields }]
    }),
  ) as Json
}
