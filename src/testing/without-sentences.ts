import { frameText } from '@/engine/adapters/frame-text'

/** A text of a message without our sentences and DSPy's, the reminder as the fields that it names. */
export function withoutSentences(text: string): string {
  const start = [frameText.incompleteDemo, 'This is an example of the task, though some input or output fields are not supplied.']
  const headless = start.reduce((rest, sentence) => (rest.startsWith(sentence) ? rest.slice(sentence.length) : rest), text)
  const filled = headless.replaceAll(frameText.leftOut, '(…)').replaceAll('Not supplied for this particular example. ', '(…)')
  const worded = filled.replaceAll(', whose description is <desc>', ': <desc>').replaceAll('. It takes arguments ', '. Its arguments: ')
  const cut = Math.max(0, worded.lastIndexOf('\n\n'))
  const last = worded.slice(cut)
  return /^(?:\n\n)?(?:Now |Respond with )/.test(last) ? `${worded.slice(0, cut)}\n\n(reminder of ${names(last)})` : worded
}

/** The fields that a reminder names, each with whether it has a remark, in their order. */
function names(reminder: string): string {
  return [...reminder.matchAll(/`([^`]+)`( \()?/g)].map(([, name, remark]) => `${name}${remark ? ' (…)' : ''}`).join(', ')
}
