import { z } from 'zod'
import type { SignatureNode } from '../program/program'
import type { Field } from '../signature/signature'
import { chainOfThought } from './chain-of-thought'
import { predictModule } from './predict-module'
import type { PredictorSlot, StepKind } from './step'

export const innerKinds = { predict: predictModule, 'chain-of-thought': chainOfThought } as const

/** The setting that says which module is tried several times. */
export const innerModuleParam = z
  .enum(['predict', 'chain-of-thought'])
  .default('chain-of-thought')
  .meta({ title: 'Module', help: 'What is tried: Predict asks for the outputs, ChainOfThought for the reasoning first.' })

/** The module inside, with its predictors below `module`, as DSPy names them. */
export interface InnerModule {
  readonly kind: StepKind<SignatureNode>
  readonly node: SignatureNode
  readonly added: readonly Field[]
  /** With the keys of the outer step. */
  slots(times: { readonly low: number; readonly expected: number; readonly high: number }): readonly PredictorSlot[]
}

export function innerModule(outer: SignatureNode, id: keyof typeof innerKinds): InnerModule {
  const kind = innerKinds[id]
  const node: SignatureNode = { ...outer, module: id, moduleParams: noParams }
  return {
    kind,
    node,
    added: kind.addedOutputs(node),
    slots: times =>
      kind.slots(node).map(slot => ({
        ...slot,
        key: joinKeys(innerPrefix, slot.key),
        dspyPath: slot.dspyPath === '' ? innerPrefix : `${innerPrefix}.${slot.dspyPath}`,
        calls: {
          low: slot.calls.low * times.low,
          expected: slot.calls.expected * times.expected,
          high: slot.calls.high * times.high,
        },
      })),
  }
}

/** DSPy's attribute of the module inside BestOfN and Refine. */
export const innerPrefix = 'module'

export function joinKeys(prefix: string, key: string): string {
  return key === '' ? prefix : `${prefix}.${key}`
}

const noParams = {}
