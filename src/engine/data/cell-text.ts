import type { Json } from '@/lib/json'
import { valueText } from '../blobs/blob-ref'

/** A cell as one reads it, and as it can be typed back. No value is an empty text. */
export function cellText(value: Json | undefined): string {
  return valueText(value ?? undefined)
}
