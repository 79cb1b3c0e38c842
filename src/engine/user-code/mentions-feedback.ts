/** Whether the source of a function speaks of feedback: what it returns is known only when it runs. */
export function mentionsFeedback(source: string): boolean {
  return /\bfeedback\b/.test(source)
}
