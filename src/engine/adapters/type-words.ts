import type { FieldType } from '../signature/types/field-type'
import { pythonJson } from '@/lib/python-text'
import { noulPairs } from '../signature/types/decision-kinds'
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
      case 'noul':
        return [
          frameText.noulWords(
            noulPairs(of)
              .map(([isTrue, desc]) => ` ${isTrue ? 'True' : 'False'}: ${pythonJson(desc)}.`)
              .join(''),
          ),
        ]
      case 'choice':
        return [frameText.choiceWords(pythonJson(of.options.map(({ value, desc }) => [value, desc])))]
      case 'score':
        return [frameText.scoreWords(of.levels.length - 1, pythonJson(of.levels.map((level, at) => [at, level])))]
      default:
        return []
    }
  })
}
