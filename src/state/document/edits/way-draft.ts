import { castDraft } from 'immer'
import { branchParams, choicesOf, waysOf, type WayRule } from '@/engine/modules/branch'
import type { BranchNode, NodeId } from '@/engine/program/program'
import { pythonName } from '@/engine/signature/python-name'
import type { Field } from '@/engine/signature/signature'
import type { EnumValue } from '@/engine/signature/types/field-type'
import { pythonStr } from '@/lib/python-text'
import type { ProjectDraft } from '../project-store'
import { changeFields } from './field-draft'
import { nodeOf, plain, setNodeParams } from './graph-draft'
import { uniqueName } from './names'
import { newField } from './new-node'

function branchOf(draft: ProjectDraft, id: NodeId): BranchNode | undefined {
  const node = plain(nodeOf(draft, id))
  return node.kind === 'branch' ? (node as BranchNode) : undefined
}

/** When a way is taken; undefined makes it the one for all else. */
export function writeRule(draft: ProjectDraft, id: NodeId, { output, rule }: { output: string; rule: WayRule | undefined }): void {
  const node = branchOf(draft, id)
  if (node === undefined) return
  const { [output]: _old, ...others } = branchParams.of(node).ways
  setNodeParams(draft, id, { ...node.moduleParams, ways: rule === undefined ? others : { ...others, [output]: rule } })
}

/** Which input the branch hands on. Its outputs are typed as that is. */
export function writeHanded(draft: ProjectDraft, id: NodeId, name: string): void {
  const node = branchOf(draft, id)
  const type = node?.fields.find(field => field.role === 'input' && field.name === name)?.type
  if (node === undefined || type === undefined) return
  setNodeParams(draft, id, { ...node.moduleParams, gives: name })
  changeFields(draft, id, fields => fields.map(field => (field.role === 'output' ? { ...field, type } : field)))
}

/**
 * Which input decides by its value. Of a type whose values can be counted, each gets a way; ways that were there are taken for them, in
 * their order, so that wires stay. Undefined lets conditions decide: they say what the values said.
 */
export function writeDeciding(draft: ProjectDraft, id: NodeId, name: string | undefined): void {
  const node = branchOf(draft, id)
  if (node === undefined) return
  const { on, ways, gives } = branchParams.of(node)
  const { on: _on, ...rest } = node.moduleParams
  if (name === undefined) {
    const asCondition = (rule: WayRule): WayRule =>
      'is' in rule ? { when: `return inputs.${on ?? gives} === ${JSON.stringify(rule.is)}` } : rule
    setNodeParams(draft, id, { ...rest, ways: Object.fromEntries(Object.entries(ways).map(([way, rule]) => [way, asCondition(rule)])) })
    return
  }
  const deciding = node.fields.find(field => field.role === 'input' && field.name === name)
  const values = deciding && choicesOf(deciding.type)
  if (values === undefined || values.length > mostValues) {
    setNodeParams(draft, id, { ...rest, on: name })
    return
  }
  const outputs = waysForValues(node, values)
  changeFields(draft, id, fields => [...fields.filter(({ role }) => role === 'input'), ...outputs.map(({ output }) => output)])
  setNodeParams(draft, id, {
    ...rest,
    on: name,
    ways: Object.fromEntries(outputs.map(({ output, value }) => [output.name, { is: value }])),
  })
}

/** More ways than anybody wires. */
const mostValues = 32

function waysForValues(node: BranchNode, values: readonly EnumValue[]): readonly { readonly output: Field; readonly value: EnumValue }[] {
  const { gives } = branchParams.of(node)
  const type = node.fields.find(field => field.role === 'input' && field.name === gives)?.type ?? { kind: 'str' as const }
  const ways = waysOf(node)
  const kept = new Map(values.map(value => [value, ways.find(({ rule }) => rule && 'is' in rule && rule.is === value)?.output]))
  const free = ways.flatMap(({ output }) => ([...kept.values()].includes(output) ? [] : [output]))
  const names = new Set([...kept.values()].flatMap(field => field?.name ?? []))
  return values.map(value => {
    const own = kept.get(value)
    if (own) return { output: own, value }
    const name = uniqueName(pythonName(pythonStr(value)), names)
    names.add(name)
    const taken = free.shift()
    return { output: castDraft(taken ? { ...taken, name } : newField(name, 'output', type)), value }
  })
}

/** One more way, for a condition that never holds until it is written; for all else where there is no such way yet. */
export function insertWay(draft: ProjectDraft, id: NodeId): void {
  const node = branchOf(draft, id)
  if (node === undefined) return
  const field = newField(
    uniqueName(
      'way',
      node.fields.map(({ name }) => name),
    ),
    'output',
  )
  const hasRest = waysOf(node).some(({ rule }) => rule === undefined)
  changeFields(draft, id, fields => [...fields, field])
  if (hasRest) writeRule(draft, id, { output: field.name, rule: { when: 'return false' } })
}
