import { z } from 'zod'
import { loadOnce } from '../user-code/load-once'
import { toolBase } from './tool-base'
import type { ToolKind } from './tool-kind'

export const javaScriptToolSchema = z.object({
  ...toolBase,
  /** Absent in all that were written before there were other kinds, and in new ones. */
  kind: z.literal('javascript').optional(),
  /** The body of a function of `inputs` (the arguments by name); what it returns is the observation. */
  source: z.string(),
})
export type JavaScriptTool = z.output<typeof javaScriptToolSchema>

/** JavaScript of the user, in the code runner: no network, no files, no clock. */
export const javaScriptTool: ToolKind<JavaScriptTool> = {
  id: 'javascript',
  title: 'JavaScript',
  help: 'A function that you write. It runs apart, without a network and without access to this page.',
  starter: name => ({
    name,
    desc: '',
    args: [{ name: 'query', type: { kind: 'str' }, desc: '' }],
    source: '// The arguments stand in inputs. What you return is what the model sees.\nreturn inputs.query\n',
  }),
  faults: ({ source }) => (source.trim() === '' ? [{ part: 'source', words: 'has no code. Write the body of a function of inputs.' }] : []),
  reaches: () => [],
  isRepeatable: () => true,
  source: ({ source }) => source,
  async call({ source }, args, { runner }) {
    const body = await loadOnce(runner, source, 'tool')
    return body.call([args])
  },
}
