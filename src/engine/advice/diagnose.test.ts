import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { finish, toyRun } from '@/testing/toy-run'
import { oneStep } from '@/testing/toy-programs'
import { emptyRunView, reduceRun } from '../run/view/reduce'
import type { StageView } from '../run/view/run-view'
import { diagnose } from './diagnose'
import type { Finding, FinishedRun } from './finding'
import { candidate, madeUp, minibatch, pattern, type MadeUp } from '@/testing/made-up-run'

const idsOf = (run: FinishedRun) => diagnose(run).findings.map(({ id }) => id)
const find = (run: FinishedRun, id: Finding['id']) => diagnose(run).findings.find(finding => finding.id === id)

/** 24 of 60 before, 45 of 60 after: nothing to doubt. */
const clearGain: MadeUp = { before: pattern(60, 24), candidates: [candidate('seed 3', pattern(60, 45))], best: 'seed 3' }
/** 10 of 20 before, 12 after, of which one row broke. */
const smallGain: MadeUp = {
  before: pattern(20, 10),
  candidates: [candidate('seed 3', [...pattern(19, 12, 1), 0])],
  best: 'seed 3',
}
const noGain: MadeUp = { before: pattern(60, 30), candidates: [candidate('seed 1', pattern(60, 28))] }

describe('a diagnosis', () => {
  it('is silent about a clear gain on enough rows', () => {
    expect(diagnose(madeUp(clearGain))).toEqual({ verdict: 'clear', findings: [] })
  })

  it('tells a gain that may be chance from none', () => {
    expect(diagnose(madeUp(smallGain)).verdict).toBe('unsure')
    expect(diagnose(madeUp(noGain)).verdict).toBe('none')
    // A candidate as good as the student is kept by the run, and is no gain.
    expect(diagnose(madeUp({ ...noGain, candidates: [candidate('same', pattern(60, 30))], best: 'same' })).verdict).toBe('none')
  })

  it('puts what explains a missing gain first', () => {
    const run = madeUp({ before: pattern(40, 39), candidates: [candidate('a', pattern(40, 38))], isSandbox: true })
    const tones = diagnose(run).findings.map(({ tone }) => tone)
    expect(tones).toEqual([...tones].sort((a, b) => order.indexOf(a) - order.indexOf(b)))
    expect(tones.at(-1)).toBe('note')
  })

  it('says something about a run that never got to a score', () => {
    const stages: StageView[] = [{ id: 'baseline', title: 'Baseline', status: 'running', plannedCalls: 10 }]
    const run = madeUp({ before: [], candidates: [], view: { candidates: [], stages, end: { reason: 'cap', sentence: 'Cap.' } } })
    expect(find({ ...run, result: undefined }, 'ended-early')?.detail).toContain('Not finished: Baseline.')
  })

  it('holds on the story of a real run', async () => {
    const disk = memoryDisk()
    const { spec, data } = toyRun({ optimizer: { id: 'bootstrap-few-shot', params: { max_bootstrapped_demos: 3 } } })
    await finish({ spec, data }, memoryPorts({ lm: simulatedLm(), disk }))
    const view = disk.events.reduce(reduceRun, emptyRunView)
    expect(view.bootstraps.length).toBeGreaterThan(0)
    const sizes = { train: data.train.length, val: data.val.length }
    const { findings } = diagnose({
      view,
      ...(view.end?.result && { result: view.end.result }),
      graph: spec.graph,
      sizes,
      ...(spec.optimizer && { optimizer: spec.optimizer }),
      isSandbox: true,
    })
    expect(findings.map(({ id }) => id)).toContain('sandbox-model')
    for (const finding of findings) expect(`${finding.title} ${finding.detail}`).not.toMatch(/NaN|undefined|Infinity/)
  })
})

describe('scores', () => {
  it('near the top leave nothing to win', () => {
    const run = madeUp({ before: pattern(40, 39), candidates: [candidate('a', pattern(40, 38))] })
    expect(find(run, 'ceiling')?.detail).toContain('97.5 % before compiling: only 1 row of 40 is left to win')
    expect(idsOf(madeUp({ ...noGain, before: pattern(60, 56) }))).not.toContain('ceiling')
  })

  it('that are all zero point at the metric', () => {
    const run = madeUp({ before: pattern(20, 0), candidates: [candidate('a', pattern(20, 0))] })
    expect(find(run, 'flat-metric')?.title).toBe('Every row scores zero')
  })

  it('that never change point at the metric, unless rows failed', () => {
    const candidates = ['a', 'b'].map(id => candidate(id, pattern(20, 9)))
    expect(find(madeUp({ before: pattern(20, 9), candidates }), 'flat-metric')?.detail).toContain('All 2 candidates')
    expect(idsOf(madeUp({ before: pattern(20, 9), candidates: [...candidates, candidate('c', pattern(20, 8))] }))).not.toContain(
      'flat-metric',
    )
  })

  it('that differ for the same candidate on the same row are noise', () => {
    const noisy = candidate('a', pattern(60, 45), { minibatches: [minibatch([1, 1, 0, 1])] })
    expect(find(madeUp({ ...clearGain, candidates: [noisy], best: 'a' }), 'metric-noise')?.detail).toContain(
      'Of 4 rows that a candidate was scored on more than once, 1 got another score',
    )
    const steady = candidate('a', pattern(60, 45), { minibatches: [minibatch([1, 1, 1, 1])] })
    expect(idsOf(madeUp({ ...clearGain, candidates: [steady], best: 'a' }))).not.toContain('metric-noise')
  })

  it('that go both ways nearly cancel out', () => {
    const run = madeUp({ before: pattern(40, 20), candidates: [candidate('a', pattern(40, 21, 8))], best: 'a' })
    expect(find(run, 'metric-noise')?.detail).toContain('9 rows got better and 8 got worse')
    expect(idsOf(madeUp(smallGain))).not.toContain('metric-noise')
  })

  it('of failed rows say little', () => {
    const failing = candidate('a', pattern(60, 45))
    const full = failing.full && { ...failing.full, summary: { ...failing.full.summary, errors: 9, unscored: 2 } }
    const run = madeUp({ ...clearGain, candidates: [{ ...failing, ...(full && { full }) }], best: 'a' })
    expect(find(run, 'failed-rows')).toMatchObject({ tone: 'caution', action: { id: 'show-failed-rows', candidate: 'a' } })
    expect(find(run, 'failed-rows')?.detail).toContain('9 failed in the program or the metric and count as 0, and 2 failed on the way')
  })
})

describe('the val split', () => {
  it('is too small for an unsure gain, and says how many rows would settle it', () => {
    const finding = find(madeUp(smallGain), 'val-small')
    // Differences: three times +1, once −1, 16 times 0: mean 0.1, spread 0.447; (1.96 · 0.447 / 0.1)² = 77 rows, 57 of them new.
    expect(finding?.detail).toContain('57 more val rows would lift the interval above zero')
    expect(finding?.detail).toContain('For ±3 points it takes 834 more rows')
  })

  it('is too small to see a gain where the closest candidate could be anything', () => {
    const run = madeUp({ before: pattern(20, 10), candidates: [candidate('a', pattern(20, 10, 2))] })
    expect(find(run, 'val-small')).toMatchObject({ tone: 'cause', title: 'The val split is too small to see a gain' })
    expect(find(run, 'val-small')?.detail).toContain('+0.0 points')
  })

  it('is told to be small even under a clear gain, when it has a handful of rows', () => {
    const run = madeUp({ before: pattern(10, 1), candidates: [candidate('a', pattern(10, 9))], best: 'a' })
    expect(diagnose(run)).toMatchObject({ verdict: 'clear', findings: [{ id: 'val-small', title: 'Few val rows' }] })
  })

  it('that chose among many candidates flatters the best', () => {
    const others = Array.from({ length: 18 }, (_, n) => candidate(`seed ${n}`, pattern(60, 30 + n)))
    const clear = madeUp({ before: pattern(60, 10), candidates: others, best: 'seed 17' })
    expect(find(clear, 'many-candidates')).toMatchObject({ tone: 'note', action: { id: 'reveal-test' } })
    const close = madeUp({ before: pattern(60, 44), candidates: others, best: 'seed 17' })
    expect(find(close, 'many-candidates')).toMatchObject({ tone: 'caution', title: 'The best of 18 on the same rows' })
  })
})

describe('the search', () => {
  it('that ended at a cap says what is missing', () => {
    const stages: StageView[] = [
      { id: 'baseline', title: 'Baseline', status: 'done', plannedCalls: 10 },
      { id: 'search', title: 'Random search', status: 'running', plannedCalls: 100 },
    ]
    const run = madeUp({ ...noGain, view: { stages, end: { reason: 'cap', sentence: 'Cap.' } } })
    expect(find(run, 'ended-early')).toMatchObject({ tone: 'cause', action: { id: 'raise-caps' } })
    expect(find(run, 'ended-early')?.detail).toContain('1 candidate was scored on the whole val split. Not finished: Random search.')
    const stopped = madeUp({ ...clearGain, view: { stages, end: { reason: 'stopped', sentence: 'Stopped.' } } })
    expect(find(stopped, 'ended-early')).toMatchObject({ tone: 'caution', action: { id: 'resume' } })
  })

  it('that only ever proposed the program itself says so', () => {
    const student = candidate('baseline', pattern(60, 30), { repeats: 3 })
    const run = madeUp({ before: pattern(60, 30), candidates: [], view: { candidates: [student] } })
    expect(find(run, 'same-candidates')?.detail).toContain('All 3 candidates had exactly the instructions and demos')
  })

  it('with locks on everything says that first', () => {
    const { graph } = oneStep()
    const nodes = graph.nodes.map(node =>
      node.kind === 'signature' ? { ...node, locks: { instructions: true, demos: true } as const } : node,
    )
    const student = candidate('baseline', pattern(60, 30), { repeats: 1 })
    const run = madeUp({ before: pattern(60, 30), candidates: [], graph: { ...graph, nodes }, view: { candidates: [student] } })
    expect(idsOf(run)).toEqual(['all-locked'])
  })

  it('that repeated its candidates says how many differ', () => {
    const run = madeUp({ ...noGain, candidates: [candidate('a', pattern(60, 28), { repeats: 7 }), candidate('b', pattern(60, 29))] })
    expect(find(run, 'same-candidates')?.detail).toContain('9 candidates were proposed, but only 2 differ')
  })

  it('with instructions that repeat each other asks for variety', () => {
    const texts = ['Label the text.', 'label  the text.', 'baseline', 'Label the text.', 'Name the colour.', 'Label the text.']
    const proposals = [{ predictor: 'classify', how: 'grounded', proposals: texts.map((text, n) => ({ text, call: `k${n}` })) }]
    const run = madeUp({ ...noGain, view: { ...madeUp(noGain).view, proposals } })
    expect(find(run, 'same-candidates')).toMatchObject({ action: { id: 'change-models' } })
    expect(find(run, 'same-candidates')?.detail).toContain('Of 6 instructions that the prompt LM wrote, only 2 differ')
    const varied = proposals.map(each => ({ ...each, proposals: each.proposals.map((one, n) => ({ ...one, text: `${one.text} ${n}` })) }))
    expect(idsOf(madeUp({ ...noGain, view: { ...madeUp(noGain).view, proposals: varied } }))).not.toContain('same-candidates')
  })

  it('whose bootstraps fail says what the teacher got right', () => {
    const optimizer = { id: 'bootstrap-few-shot', params: { max_bootstrapped_demos: 4 } }
    const bootstraps = (demos: number) => ({ ...madeUp(noGain).view, bootstraps: [{ predictor: 'classify', demos, successes: demos }] })
    const none = find(madeUp({ ...noGain, optimizer, view: bootstraps(0) }), 'few-demos')
    expect(none).toMatchObject({ title: 'Bootstrapping found no demo', action: { id: 'change-models' } })
    expect(none?.detail).toContain('0 of 4 wanted demos were found')
    const strict = { ...optimizer, params: { ...optimizer.params, metric_threshold: 0.9 } }
    expect(find(madeUp({ ...noGain, optimizer: strict, view: bootstraps(1) }), 'few-demos')?.action.id).toBe('change-optimizer')
    const fewRows = find(madeUp({ ...noGain, optimizer, sizes: { train: 2, val: 60 }, view: bootstraps(2) }), 'few-demos')
    expect(fewRows?.action.id).toBe('add-rows')
    expect(idsOf(madeUp({ ...noGain, optimizer, view: bootstraps(4) }))).not.toContain('few-demos')
  })

  it('shows a minibatch star that the whole val split did not confirm', () => {
    const star = candidate('trial 4', pattern(60, 31), { minibatches: [minibatch(pattern(10, 9))] })
    const run = madeUp({ ...noGain, candidates: [star], best: 'baseline' })
    expect(find(run, 'minibatch-luck')?.detail).toContain('trial 4 scored 90.0 % on 10 minibatch rows and 51.7 % on all 60 rows')
    const unseen = candidate('trial 5', undefined, { minibatches: [minibatch(pattern(10, 9))] })
    expect(find(madeUp({ ...noGain, candidates: [unseen] }), 'minibatch-luck')).toMatchObject({
      action: { id: 'look-at-candidate', candidate: 'trial 5' },
    })
    const dull = candidate('trial 6', undefined, { minibatches: [minibatch(pattern(10, 5))] })
    expect(idsOf(madeUp({ ...noGain, candidates: [dull] }))).not.toContain('minibatch-luck')
  })

  it('tells rows that were learned by heart from a gain that carries over', () => {
    const onTrain = (right: number) => ({
      batch: 1,
      examples: Array.from({ length: 20 }, (_, index) => `t${index}`),
      scores: pattern(20, right),
    })
    const learned = candidate('round 3', pattern(60, 33), { minibatches: [onTrain(20)] })
    const run = madeUp({ ...noGain, candidates: [learned], best: 'round 3' })
    expect(find(run, 'train-rows-learned')?.detail).toContain(
      'round 3 scores 100.0 % on the 20 rows of the train split it was chosen by, and 55.0 %',
    )
    // These rows were no sample of the val rows that had luck.
    expect(idsOf(run)).not.toContain('minibatch-luck')
    const fits = candidate('round 3', pattern(60, 33), { minibatches: [onTrain(12)] })
    expect(idsOf(madeUp({ ...noGain, candidates: [fits], best: 'round 3' }))).not.toContain('train-rows-learned')
    const onVal = candidate('trial 4', pattern(60, 33), { minibatches: [minibatch(pattern(20, 20))] })
    expect(idsOf(madeUp({ ...noGain, candidates: [onVal], best: 'trial 4' }))).not.toContain('train-rows-learned')
  })

  it('on the Sandbox is told to be on the Sandbox', () => {
    expect(diagnose(madeUp({ ...clearGain, isSandbox: true })).findings).toMatchObject([{ id: 'sandbox-model', tone: 'note' }])
  })
})

const order = ['cause', 'caution', 'note']
