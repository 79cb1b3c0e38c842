import type { NodeId } from '@/engine/program/program'
import type { Position } from '@/engine/project/project'
import { predictorsOf } from '@/engine/graph/predictors'
import { defaultInstructions } from '@/engine/signature/default-instructions'
import type { NamedSignature } from '@/engine/signature/python/print-signatures'
import type { PythonSignature } from '@/engine/signature/python/read-signatures'
import { newId } from '@/lib/ids'
import { select } from '../../session/session-store'
import { editShown, shownProject } from '../shown-program'
import { pasteInDraft, type NodesClip } from './clip-draft'
import { replaceFields } from './field-draft'
import { newNode } from './new-node'

/** Adds a signature node for each, with its instructions, below each other. */
export function addPythonSignatures(signatures: readonly PythonSignature[], at?: Position): readonly NodeId[] {
  const { graph } = shownProject()
  const nodes = signatures.map(({ name, fields }) =>
    newNode('signature', graph, { name, fields: fields.map(field => ({ ...field, id: newId('field') })) }),
  )
  const clip: NodesClip = {
    nodes,
    edges: [],
    state: Object.fromEntries(
      nodes.flatMap((node, index) => {
        const instructions = signatures[index]?.instructions
        return instructions === undefined ? [] : [[node.id, { instructions, demos: [] }]]
      }),
    ),
    layout: Object.fromEntries(nodes.map((node, index) => [node.id, { x: 0, y: index * apart }])),
  }
  let added: readonly NodeId[] = []
  editShown(nodes.length === 1 ? 'Add node from Python' : `Add ${nodes.length} nodes from Python`, draft => {
    added = pasteInDraft(draft, clip, at)
  })
  select([...added])
  return added
}

/** Makes a node's signature the one that was read: fields, and the instructions of its main predictor. */
export function takePythonSignature(nodeId: NodeId, { fields, instructions }: PythonSignature): void {
  editShown('Take signature from Python', draft => {
    replaceFields(draft, nodeId, fields)
    const state = draft.state[predictorOf(nodeId) ?? '']
    if (state) state.instructions = instructions ?? defaultInstructions(fields)
  })
}

/** A node of the program as a signature with a name; undefined where it is none. */
export function signatureOf(nodeId: NodeId): NamedSignature | undefined {
  const { graph, state } = shownProject()
  const node = graph.nodes.find(({ id }) => id === nodeId)
  if (node === undefined) return undefined
  const instructions = state[predictorOf(nodeId) ?? '']?.instructions ?? defaultInstructions(node.fields)
  return { name: node.name, instructions, fields: node.fields }
}

function predictorOf(nodeId: NodeId): string | undefined {
  return predictorsOf(shownProject().graph).find(({ step }) => step === nodeId)?.id
}

const apart = 220
