import { z } from 'zod'
import { EngineError } from '../../base/errors'
import { issueWords } from '@/lib/issue-words'

/** Fills defaults and checks. Throws `params-invalid` with the name of the setting, its title and what is wrong. */
export function parseParams(title: string, schema: z.ZodObject, params: unknown): Record<string, unknown> {
  const parsed = schema.safeParse(params)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = issue?.path.join('.') ?? ''
  throw new EngineError('params-invalid', `${title}: "${path}" does not fit. ${issue ? issueWords(issue) : ''}`.trim(), { path })
}
