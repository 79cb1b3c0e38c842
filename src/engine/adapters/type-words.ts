import type { FieldType } from '../signature/types/field-type'
import { typesWithin } from '../signature/types/registry'
import { frameText } from './frame-text'

/** What the lines of fields say of a type beside its name, each of those within it once. Source: dspy-spec §2.2, the custom-type description. */
export function typeWords(type: FieldType): readonly string[] {
  return typesWithin(type).flatMap(of => {
    switch (of.kind) {
      case 'code':
        return [frameText.codeWords(of.language ?? 'python')]
      case 'tool-calls':
        return [frameText.toolCallsWords]
      case 'document':
        return [frameText.documentWords]
      case 'citations':
        return [frameText.citationsWords]
      default:
        return []
    }
  })
}
