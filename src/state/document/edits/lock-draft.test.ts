import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isLocked } from '@/engine/graph/locks'
import { predictorsOfNode } from '@/engine/graph/predictors'
import { blankProject } from '../blank-project'
import { currentProject, showProject } from '../project-store'
import { addNode } from './graph-edits'
import { setModule, setSignatureLine } from './node-edits'
import { setLock } from './state-edits'

const parts = ['instructions', 'demos'] as const
const changes = fc.array(
  fc.record({
    key: fc.constantFrom(undefined, 'react', 'extract'),
    part: fc.constantFrom(...parts),
    isLocked: fc.boolean(),
  }),
  { maxLength: 12 },
)

test('whatever was locked and unlocked in whatever order, the last word on each predictor holds', () => {
  fc.assert(
    fc.property(changes, list => {
      showProject(blankProject('project_1', 'Test', 0))
      const id = addNode('signature', { x: 0, y: 0 })
      setSignatureLine(id, 'text -> answer')
      setModule(id, 'react')
      const untouched = JSON.stringify(currentProject().graph.nodes[0])
      const wanted = new Map<string, boolean>()
      for (const { key, part, isLocked: to } of list) {
        setLock(id, part, to, key)
        for (const each of ['react', 'extract']) if (key === undefined || key === each) wanted.set(`${each} ${part}`, to)
      }
      for (const predictor of predictorsOfNode(currentProject().graph, id))
        for (const part of parts) expect(isLocked(predictor, part)).toBe(wanted.get(`${predictor.key} ${part}`) ?? false)
      const isFree = ![...wanted.values()].includes(true)
      expect(JSON.stringify(currentProject().graph.nodes[0]) === untouched).toBe(isFree)
    }),
  )
})
