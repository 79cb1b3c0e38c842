import { describe, expect, it } from 'vitest'
import { stepKinds } from '@/engine/modules/registry'
import type { Program, ProgramGraph } from '@/engine/program/program'
import type { JsonObject } from '@/lib/json'
import { agentStep, edge, field, inputNode, oneStep, outputNode, voteOf } from '@/testing/toy-programs'
import { dspyRemarks, typeScriptRemarks } from './export-remarks'

const attempts = (module: string, params: JsonObject): readonly string[] => dspyRemarks(oneStep(module, {}, params))

describe('what is lost on the way to DSPy’s state file', () => {
  it('is told by every kind of step that has settings, or code of the user', () => {
    const fields = [field('text', 'input'), field('label', 'output')]
    for (const kind of stepKinds) {
      const node = kind.starter({ id: 'n', name: 'Step', fields })
      // What Predict and ChainOfThought are set to is told once it is set: see `call-config.test.ts`.
      const isPlain = ['predict', 'chain-of-thought'].includes(kind.id)
      const holdsMore = (Object.keys(kind.params.shape).length > 0 && !isPlain) || node.kind === 'code' || node.kind === 'constant'
      const graph: ProgramGraph = { nodes: [inputNode(field('text', 'output')), node, outputNode(field('label', 'input'))], edges: [] }
      const remarks = dspyRemarks({ graph, state: {} })
      expect({ kind: kind.id, isTold: remarks.length > 0 }).toEqual({ kind: kind.id, isTold: holdsMore })
      for (const remark of remarks) expect(remark).toMatch(/^(The step "Step" |The program of this file |DSPy ).*\.$/)
    }
  })

  it('names the tools of an agent and its most steps', () => {
    expect(dspyRemarks(agentStep({}, { max_iters: 7 }))).toEqual([
      expect.stringMatching(/^The step "Classify" calls tools, which.*dspy\.ReAct\(…, tools=\[lookup\], max_iters=7\)\.$/),
    ])
  })

  it('names every setting of several attempts', () => {
    const all = { module: 'predict', N: 5, threshold: 0.5, fail_count: 2, reward: '() => 1' }
    expect(attempts('best-of-n', all)).toEqual([
      expect.stringContaining('dspy.BestOfN(dspy.Predict(…), N=5, reward_fn=reward, threshold=0.5, fail_count=2)'),
    ])
    expect(attempts('best-of-n', {})[0]).toContain('dspy.BestOfN(dspy.ChainOfThought(…), N=3, reward_fn=reward, threshold=1)')
    expect(attempts('refine', all)).toEqual([
      expect.stringContaining('dspy.Refine(dspy.Predict(…), N=5, reward_fn=reward, threshold=0.5, fail_count=2)'),
    ])
    expect(attempts('refine', { reward: '() => 1' })[0]).toContain('N=3, reward_fn=reward, threshold=float("inf"))')
    // Feedback reaches the advice here, and nothing there.
    expect(attempts('refine', { reward: '() => ({ score: 0, feedback: "no" })' })[1]).toContain('DSPy reads a number')
  })

  it('says which predictor DSPy’s comparison leaves out', () => {
    const [made, left] = attempts('multi-chain-comparison', { M: 4, temperature: 0.3 })
    expect(made).toContain('makes 4 chains of thought')
    expect(made).toContain('dspy.MultiChainComparison(…, M=4, temperature=0.3)')
    expect(left).toContain('"attempts.predict"')
  })

  it('tells of code between steps', () => {
    const code = { kind: 'code', id: 'clean', name: 'Clean', source: 'return inputs', fields: [field('text', 'input')] } as const
    const { graph, state } = oneStep()
    const withCode = { graph: { nodes: [...graph.nodes, code], edges: [...graph.edges, edge('in.text', 'clean.text')] }, state }
    expect(dspyRemarks(withCode)).toEqual([expect.stringMatching(/^The step "Clean" runs JavaScript/)])
    expect(typeScriptRemarks(withCode)).toEqual([])
  })

  it('is told once for all steps of which the same is true, wherever they stand', () => {
    const members = (count: number): Program => voteOf(Array.from({ length: count }, () => agentStep()))
    const [vote, agents, ...more] = dspyRemarks(members(2))
    expect(vote).toMatch(/^The program of this file is what dspy\.Ensemble/)
    expect(agents).toMatch(/^Each of "Vote › Program 1 › Classify" and "Vote › Program 2 › Classify" calls tools/)
    expect(more).toEqual([])
    expect(dspyRemarks(members(9))[1]).toMatch(
      /^Each of ("Vote › Program \d › Classify", ){2}"Vote › Program 3 › Classify" and 6 more calls/,
    )
    const nested = dspyRemarks(voteOf([members(1), oneStep('best-of-n')]))
    expect(nested.map(remark => remark.slice(0, 46))).toEqual([
      expect.stringContaining('The program of this file'),
      expect.stringContaining('The step "Vote › Program 1 › Vote" is'),
      expect.stringContaining('The step "Vote › Program 1 › Vote › Program 1'),
      expect.stringContaining('The step "Vote › Program 2 › Classify"'),
    ])
  })
})
