import type { ModelSpec } from '../../lm/lm'

/** The embedded Sandbox as every new project holds it: it costs nothing, which is not the same as a price nobody knows. */
export const sandboxModel: ModelSpec = {
  id: 'sandbox',
  label: 'Sandbox',
  provider: 'sandbox',
  model: 'sandbox',
  settings: {},
  price: { input: 0, output: 0 },
}
