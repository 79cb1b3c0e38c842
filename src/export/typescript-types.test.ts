import { expect, it } from 'vitest'
import { field, oneStep } from '@/testing/toy-programs'
import { toyProject } from '@/testing/toy-project'
import { exportTypeScript } from './to-typescript'
import { classLines } from './typescript-types'

it('renames a type of the user’s that has a name which the module needs itself', () => {
  const program = oneStep('program-of-thought')
  const media = (['image', 'audio', 'file'] as const).map(kind => field(kind, 'output', { kind }))
  const nodes = program.graph.nodes.map(node => (node.kind === 'input' ? { ...node, fields: [...node.fields, ...media] } : node))
  const [task] = toyProject().models
  if (!task) throw new Error('the toy has no model')
  const sound = { graph: { ...program.graph, nodes }, state: program.state }
  const files = exportTypeScript({ name: 'p', program: sound, models: { task, overrides: {} }, examples: [], engine: '', sandbox: '' })
  const text = files.find(({ path }) => path === 'program.ts')?.text ?? ''
  const imported = [...text.matchAll(/^import \{([^}]+)\}/gm)].flatMap(([, names = '']) =>
    names.split(',').map(name => name.replace('type', '').trim()),
  )
  const declared = [...text.matchAll(/^export (?:interface|function|type|const) (\w+)/gm)].map(([, name = '']) => name)
  const names = [...imported, ...declared]
  expect(names).toEqual(
    expect.arrayContaining(['readFileSync', 'code', 'createQuickJsRunner', 'createProgram', 'AudioInput', 'Inputs', 'load']),
  )
  const taken = names.filter(name => classLines([field('a', 'input', { kind: 'class', name, fields: [] })]).includes(`interface ${name} `))
  expect(taken).toEqual([])
})
