import { connectors } from '@/engine/providers/connectors'
import { needOptimizerKind } from '@/engine/optimizers/registry'
import type { Preparation } from './api'

/** Loads what a compile of a project asks for first. Throws `params-invalid` for an optimizer that this version does not know. */
export async function prepare({ optimizer, providers }: Preparation): Promise<void> {
  await Promise.all([needOptimizerKind(optimizer).load(), ...providers.map(provider => connectors[provider].load())])
}
