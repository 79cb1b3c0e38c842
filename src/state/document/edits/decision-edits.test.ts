import { beforeEach, describe, expect, test } from 'vitest'
import { parseTypeName } from '@/engine/signature/parse-type-name'
import { projectSchema } from '@/engine/project/project-schema'
import { toyProject } from '@/testing/toy-project'
import { currentProject, setStoreClock, showProject } from '../project-store'
import { undo } from '../undo'
import { removeField, setModule, updateField } from './node-edits'
import { setDecision } from './state-edits'

const [step, output] = ['classify', 'c_label']

beforeEach(() => {
  setStoreClock(() => 0)
  showProject(toyProject())
})

function settings(predictor: string = step) {
  return currentProject().state[predictor]?.fields
}

function retype(type: string): void {
  updateField(step, output, { type: parseTypeName(type) })
}

describe('settings of a decision', () => {
  test('are kept in the project, as one step of undo while they are moved', async () => {
    setDecision(step, 'label', { weights: { fruit: 2 } })
    setDecision(step, 'label', { weights: { fruit: 3 } })
    const { data } = projectSchema.safeParse(JSON.parse(JSON.stringify(currentProject())))
    expect(data?.state[step]?.fields).toEqual({ label: { weights: { fruit: 3 } } })
    await undo()
    expect(settings()).toBeUndefined()
  })

  test('follow the name of the output, and go with it', () => {
    setDecision(step, 'label', { weights: { fruit: 2 } })
    updateField(step, output, { name: 'kind' })
    expect(settings()).toEqual({ kind: { weights: { fruit: 2 } } })
    removeField(step, output)
    expect(settings()).toBeUndefined()
  })

  test('stay in a step that takes lists apart, which decides item by item', () => {
    retype('list[bool]')
    updateField(step, 'c_text', { type: parseTypeName('list[str]') })
    setModule(step, 'parallel')
    setDecision(`${step}.module`, 'label', { threshold: 0.3 })
    updateField(step, 'c_text', { desc: 'What was written.' })
    expect(settings(`${step}.module`)).toEqual({ label: { threshold: 0.3 } })
    retype('list[str]')
    expect(settings(`${step}.module`)).toBeUndefined()
  })

  test('stay as far as they hold where the type is another', () => {
    setDecision(step, 'label', { weights: { fruit: 2, tool: 0.5 }, instructions: 'Which?', criteria: { fruit: 'a', tool: 'b' } })
    retype("Choice[('fruit', None), ('thing', None)]")
    expect(settings()).toEqual({ label: { weights: { fruit: 2 }, instructions: 'Which?' } })
    retype('Noul')
    expect(settings()).toEqual({ label: { instructions: 'Which?' } })
    retype('str')
    expect(settings()).toBeUndefined()
  })

  test('make a Literal a decision though they are empty, and are not needed by a type that is one', () => {
    setDecision(step, 'label', { weights: { tool: 2 } })
    retype("Literal['fruit', 'thing']")
    expect(settings()).toEqual({ label: { weights: {} } })
    setDecision(step, 'label', { weights: { thing: 2 } })
    retype('Noul')
    expect(settings()).toBeUndefined()
  })
})
