import type { z } from 'zod'
import type { Json } from '@/lib/json'

/**
 * A value read from a file as the type that its schema is held to, or undefined where it does not pass. It comes back as it was written: a
 * schema checks what somebody looks at, and leaves out whatever else a record has.
 */
export function fitting<T>(schema: z.ZodType, value: Json | undefined): T | undefined {
  return value !== undefined && schema.safeParse(value).success ? (value as unknown as T) : undefined
}
