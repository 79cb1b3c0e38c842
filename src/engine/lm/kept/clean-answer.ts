import type { StoredAnswer } from './stored-answer'
import type { Masker } from '../keys/mask'

/** An answer without the keys that the masker knows; vectors are numbers and stay as they are. */
export function cleanAnswer<T extends Pick<StoredAnswer, 'text' | 'parts'>>(answer: T, masker: Masker): T {
  const { text, parts } = answer
  const clean = masker.value({ text, ...(parts && { parts }) })
  return clean.text === text && clean.parts === parts ? answer : { ...answer, ...clean }
}
