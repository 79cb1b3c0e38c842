import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkGraph } from '@/engine/graph/check'
import { voteProgram } from '@/engine/modules/vote-program'
import { bodiesOf } from '@/engine/program/bodies'
import type { ProgramGraph } from '@/engine/program/program'
import { toyProject } from '@/testing/toy-project'
import { twoSteps } from '@/testing/toy-programs'
import { unknownKinds } from './unknown-kinds'

/** The program with these modules in place of its own, one after the other, also in the programs within its steps. */
function withModules(graph: ProgramGraph, modules: readonly (string | undefined)[]): ProgramGraph {
  const left = [...modules]
  const changed = (one: ProgramGraph): ProgramGraph => ({
    ...one,
    nodes: one.nodes.map(node => {
      const module = 'module' in node ? (left.shift() ?? node.module) : undefined
      const bodies = bodiesOf(node).map(body => ({ ...body, graph: changed(body.graph) }))
      return { ...node, ...(module !== undefined && { module }), ...(bodies.length > 0 && { bodies }) }
    }),
  })
  return changed(graph)
}

it('names each module that is not known once, wherever it stands, and the check of the program finds one, too', () => {
  const program = twoSteps()
  const graphs = [program.graph, voteProgram(program.graph, [program.state, program.state, program.state], 'majority').graph]
  const module = fc.option(fc.constantFrom('later', 'much-later', 'predict'), { nil: undefined })
  fc.assert(
    fc.property(fc.constantFrom(...graphs), fc.array(module, { maxLength: 8 }), (graph, modules) => {
      const made = withModules(graph, modules)
      const text = JSON.stringify(made)
      const named = ['later', 'much-later'].filter(id => text.includes(`"module":"${id}"`))
      expect(unknownKinds({ ...toyProject(), graph: made }).toSorted()).toEqual(named.map(id => `the module "${id}"`).toSorted())
      const problems = checkGraph(made).filter(({ message }) => message.includes('not known to this version'))
      expect(problems.length > 0).toBe(named.length > 0)
    }),
  )
})
