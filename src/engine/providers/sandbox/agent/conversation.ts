import { finishTool, submitTool } from '@/engine/base/agent-words'
import type { Prompt } from '@/engine/adapters/prompt/prompt'
import type { ConversationTurn } from '@/engine/adapters/prompt/read-turns'
import type { Json } from '@/lib/json'
import type { Noise } from '../text/noise'
import { nextTurn } from './next-turn'

/** The next turn of an agent in a conversation: the call it would make as any other agent, or the outputs where it knows enough. */
export function converse(
  { prompt, tools, outputs }: ConversationTurn,
  noise: Noise,
  answer: (prompt: Prompt) => Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  const finish = { name: finishTool, desc: '', args: [] }
  const turn = nextTurn({ ...prompt, tools: [...tools, finish], demos: [] }, noise)
  const name = String(turn['next_tool_name'])
  const call =
    name === finishTool
      ? { name: submitTool, args: answer({ ...prompt, outputs, tools: [] }) }
      : { name, args: turn['next_tool_args'] ?? {} }
  return { next_thought: turn['next_thought'] ?? '', tool_calls: { tool_calls: [call] } }
}
