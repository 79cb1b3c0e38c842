import { EngineError } from '../errors'
import type { ModuleId } from '../graph/program'
import { chainOfThought } from './chain-of-thought'
import type { ModuleKind } from './module'
import { predictModule } from './predict'

/** Every way to answer a signature that the studio offers, in the order of the menu. */
export const moduleKinds: readonly ModuleKind[] = [predictModule, chainOfThought]

/** Throws `graph-invalid` for an id that this version does not know. */
export function moduleKind(id: ModuleId): ModuleKind {
  const kind = moduleKinds.find(known => known.id === id)
  if (kind === undefined) {
    throw new EngineError(
      'graph-invalid',
      `The module "${id}" is not known to this version. Choose ${moduleKinds.map(known => known.title).join(' or ')}.`,
    )
  }
  return kind
}
