import type { z } from 'zod'

/** What does not fit a setting, as one sentence. Zod's own words are for programmers. */
export function issueWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return issue.origin === 'string'
        ? 'This must not be empty.'
        : `Must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}.`
    case 'too_big':
      return issue.origin === 'string'
        ? `At most ${issue.maximum} characters.`
        : `Must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}.`
    case 'invalid_type':
      return `Must be ${issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`}.`
    case 'not_multiple_of':
      return `Must be a multiple of ${issue.divisor}.`
    default:
      return issue.message.endsWith('.') ? issue.message : `${issue.message}.`
  }
}
