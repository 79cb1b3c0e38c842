import type { Adapter } from './adapter'
import type { AdapterId } from '../program/adapter-id'

/** What people read of each adapter. */
export const adapterHelp: Readonly<Record<AdapterId, Pick<Adapter, 'title' | 'help' | 'dspyName'>>> = {
  chat: { title: 'Chat', help: 'Fields under marker lines, in plain text. Works with every model.', dspyName: 'ChatAdapter' },
  json: { title: 'JSON', help: 'One JSON object, held to a schema where the provider can do so.', dspyName: 'JSONAdapter' },
  xml: { title: 'XML', help: 'Each field in a tag of its name. For models that keep to tags better.', dspyName: 'XMLAdapter' },
  baml: {
    title: 'BAML',
    help: 'Types in a short notation, the answer in JSON. For deeply nested outputs and small models.',
    dspyName: 'BAMLAdapter',
  },
  'two-step': {
    title: 'Two steps',
    help: 'The model answers in its own words, and a second request reads the fields out of them. For reasoning models.',
    dspyName: 'TwoStepAdapter',
  },
}
