import type { Predictor } from '@/engine/graph/predictors'

/**
 * The tuned part of a prompt's instructions: what the step adds when it asks (an agent's tools) stands in the file, but not in our state.
 * DSPy's own words for the same are left out as well.
 */
export function tunedText(text: string, { id, dspySignature }: Pick<Predictor, 'id' | 'dspySignature'>): string {
  const added = dspySignature({ [id]: { instructions: '', demos: [] } }).instructions.trim()
  if (added === '') return text
  if (text.endsWith(added)) return text.slice(0, -added.length).trimEnd()
  return beforeAgentText(text.startsWith(objective) ? text.slice(objective.length) : text)
}

/** What DSPy's RLM writes in front of the task where the outputs are read. */
const objective = 'The trajectory was generated with the following objective: \n'

/** The text up to the paragraph with which DSPy's agents begin to say how they work. Source: the modules of DSPy 3.3.1 and 3.4.1. */
export function beforeAgentText(text: string): string {
  const at = Math.min(
    ...beginnings.map(words => (text.startsWith(words) ? 0 : text.indexOf(`\n\n${words}`))).map(place => (place < 0 ? text.length : place)),
  )
  return at === text.length ? text : text.slice(0, at).trimEnd()
}

const beginnings = ['You are an Agent.', 'You are an intelligent agent.', 'You are tasked with producing', 'Based on the REPL trajectory, ']
