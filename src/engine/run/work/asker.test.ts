import { chatAdapter } from '../../adapters/chat'
import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { field, oneStep, signatureNode, toyLabels } from '@/testing/toy-programs'
import { finish, toyModel, toyRun } from '@/testing/toy-run'
import { EngineError } from '../../base/errors'
import type { Program } from '../../program/program'
import { scriptedLm } from '@/testing/scripted-lm'
import { bootstrapFewShot } from '../../optimizers/bootstrap/bootstrap-few-shot'
import { labeledFewShot } from '../../optimizers/few-shot/labeled-few-shot'
import { simulatedLm } from '@/testing/simulated-lm'
import { createAsker } from './asker'
import { createCallLog } from '../recording/call-log'
import type { CallRecord } from '../../record/events'
import { rowsOf } from '../plan/estimate'
import { createTally } from '../recording/tally'
import { noTotals } from '../../record/totals'

const signature = { instructions: 'Write.', fields: [field('topic', 'input'), field('proposed_instruction', 'output')] }
const good = '[[ ## proposed_instruction ## ]]\nBe brief.\n\n[[ ## completed ## ]]'

function asker(script: Parameters<typeof scriptedLm>[0]) {
  const written: CallRecord[] = []
  const tally = createTally(noTotals, () => ({ calls: 0, tokens: 0, cost: 0, ms: 0 }))
  const callLog = createCallLog(tally, record => written.push(record))
  const lm = scriptedLm(script)
  let batch = 0
  const made = createAsker({
    models: { task: toyModel, prompt: { ...toyModel, id: 'p', model: 'prompt-1' }, overrides: {} },
    jsonFallback: 'twice',
    adapter: chatAdapter,
    lmOf: () => lm,
    callLog,
    nextBatch: () => batch++,
    piece: work => work(),
    signal: new AbortController().signal,
  })
  return { ...made, lm, callLog, written }
}

describe('asking a model outside of the program', () => {
  it('sends the signature to the prompt model and files the call under its role', async () => {
    const { ask, lm, written } = asker([good])
    const { values, call } = await ask(signature, { topic: 'x' }, { purpose: 'propose', predictor: 'classify', temperature: 1 })
    expect(values).toEqual({ proposed_instruction: 'Be brief.' })
    expect(lm.requests[0]).toMatchObject({ model: 'prompt-1', settings: { temperature: 1 } })
    expect(written).toMatchObject([{ key: call, role: 'prompt', purpose: 'propose', predictor: 'classify', batch: 0 }])
    expect(written[0]).not.toHaveProperty('exampleId')
  })

  it('names the call whose answer it could read', async () => {
    const { ask, written } = asker(['gibberish', '{"proposed_instruction": "Go."}'])
    const { values, call } = await ask(signature, { topic: 'x' }, { purpose: 'propose' })
    expect(values).toEqual({ proposed_instruction: 'Go.' })
    expect(written.map(record => record.key)).toContain(call)
    expect(written.at(-1)?.key).toBe(call)
  })

  it('throws what cannot be read as adapter-parse, with the text', async () => {
    const { ask } = asker(['gibberish', 'gibberish'])
    await expect(ask(signature, { topic: 'x' }, { purpose: 'propose' })).rejects.toMatchObject({
      code: 'adapter-parse',
      facts: { text: 'gibberish' },
    })
  })

  it('takes a free text as it is', async () => {
    const { askText, written } = asker(['```\nBe brief.\n```'])
    const { text, call } = await askText([{ role: 'user', content: 'Write.' }], { purpose: 'propose', role: 'reflection' })
    expect(text).toContain('Be brief.')
    expect(written).toMatchObject([{ key: call, role: 'reflection' }])
  })

  it('binds a refusal and an allowed failure to the run, and nothing else', async () => {
    const down = new EngineError('lm-server', 'Down.', { attempts: 3 })
    const failing = asker([down, down, new EngineError('lm-context-length', 'Too long.', { attempts: 1 })])
    const options = { purpose: 'propose' } as const
    await expect(failing.askText([{ role: 'user', content: 'a' }], options)).rejects.toThrow('Down.')
    expect(failing.written).toEqual([])
    await expect(failing.askText([{ role: 'user', content: 'b' }], { ...options, mayFail: true })).rejects.toThrow('Down.')
    await expect(failing.askText([{ role: 'user', content: 'c' }], options)).rejects.toThrow('Too long.')
    expect(failing.written.map(record => [record.batch, record.error?.code, record.unsettled])).toEqual([
      [1, 'lm-server', undefined],
      [2, 'lm-context-length', undefined],
    ])
    failing.callLog.close()
    expect(failing.written.at(-1)).toMatchObject({ batch: 0, unsettled: true })
  })
})

describe('locks', () => {
  it('keep the demos of a step through every few-shot optimizer', async () => {
    const own = { text: 'mine', label: 'red' }
    const open = oneStep('predict', { classify: { instructions: 'Sort.', demos: [own] } })
    const locked: Program = {
      ...open,
      graph: {
        ...open.graph,
        nodes: open.graph.nodes.map(node =>
          node.id === 'classify'
            ? {
                ...signatureNode('classify', 'Classify', [
                  field('text', 'input'),
                  field('label', 'output', { kind: 'enum', values: toyLabels }),
                ]),
                locks: { demos: true },
              }
            : node,
        ),
      },
    }
    for (const id of [labeledFewShot.id, bootstrapFewShot.id]) {
      const disk = memoryDisk()
      const outcome = await finish(toyRun({ program: locked, optimizer: { id, params: {} } }), memoryPorts({ lm: simulatedLm(), disk }))
      expect(outcome).toMatchObject({ status: 'done' })
      const proposed = disk.events.flatMap(event => (event.type === 'candidate-propose' ? [event.state['classify']?.demos] : []))
      expect(proposed.every(demos => demos?.length === 1 && demos[0]?.['text'] === 'mine')).toBe(true)
    }
  })
})

describe('the rows of a run', () => {
  it('take the trainset where there is no valset, and what the optimizer deals where it deals itself', () => {
    expect(rowsOf({ optimizer: labeledFewShot, params: {} }, { train: [1, 2], val: [] })).toEqual({ train: [1, 2], val: [1, 2] })
    const half = {
      ...labeledFewShot,
      split: {
        rows: <T>(_: unknown, { train }: { readonly train: readonly T[] }) => ({ train: train.slice(0, 1), val: train.slice(1) }),
        counts: (_: unknown, { train }: { readonly train: number }) => ({ train: 1, val: train - 1 }),
      },
    }
    expect(rowsOf({ optimizer: half, params: {} }, { train: [1, 2], val: [] })).toEqual({ train: [1], val: [2] })
  })
})
