import { connectors } from '@/engine/lm/providers/connectors'
import { optimizerKind } from '@/engine/optimizers/registry'
import type { Preparation } from './api'

/** Loads what a compile of a project asks for first. Throws `params-invalid` for an optimizer that this version does not know. */
export async function prepare({ optimizer, providers }: Preparation): Promise<void> {
  await Promise.all([optimizerKind(optimizer).load(), ...providers.map(provider => connectors[provider].load())])
}
