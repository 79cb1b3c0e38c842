import type { Field } from '@/engine/signature/signature'
import { valuesOfEnum } from '@/engine/signature/types/class-kinds'
import type { FieldType } from '@/engine/signature/types/field-type'
import { answerType } from '@/engine/signature/types/decision-kinds'
import { classesIn } from '@/engine/signature/types/registry'
import { scriptComment, scriptName, scriptString } from './script-text'

/** A field type as TypeScript writes it. */
export function typeScriptType(type: FieldType): string {
  switch (type.kind) {
    case 'str':
    case 'date':
    case 'datetime':
    case 'time':
      return 'string'
    case 'int':
    case 'float':
      return 'number'
    case 'bool':
      return 'boolean'
    case 'code':
    case 'reasoning':
      return 'string'
    case 'image':
    case 'audio':
    case 'file':
      return `${type.kind[0]?.toUpperCase()}${type.kind.slice(1)}Input`
    case 'history':
      return '{ messages: Array<Record<string, unknown>> }'
    case 'tool':
      return '{ name: string; desc?: string; args: Record<string, unknown> }'
    case 'tool-calls':
      return '{ tool_calls: Array<{ id?: string; name: string; args: Record<string, unknown> }> }'
    case 'document':
      return "{ data: string; title?: string; media_type?: 'text/plain' | 'application/pdf'; context?: string }"
    case 'citations':
      return '{ citations: Array<{ type: string; cited_text: string; document_index: number; document_title?: string; start_char_index: number; end_char_index: number; supported_text?: string }> }'
    case 'noul':
      return type.isPlain ? 'boolean' : '{ value: boolean; confidence: number; probability?: number }'
    case 'choice': {
      const value = typeScriptType(answerType(type))
      return type.isPlain ? value : `{ value: ${value}; confidence: number; probabilities?: Record<string, number> }`
    }
    case 'score':
      return '{ value: number; confidence: number; probabilities?: Record<string, number>; level?: number }'
    case 'any':
      return 'unknown'
    case 'enum':
      return type.values.map(value => (typeof value === 'string' ? scriptString(value) : JSON.stringify(value))).join(' | ') || 'never'
    case 'list':
    case 'set':
      return `Array<${typeScriptType(type.of)}>`
    case 'tuple':
      return type.rest ? `Array<${typeScriptType(type.rest)}>` : `[${type.items.map(typeScriptType).join(', ')}]`
    case 'union':
      return type.of.map(typeScriptType).join(' | ') || 'never'
    case 'dict':
      return `Record<string, ${typeScriptType(type.of)}>`
    case 'class':
    case 'itself':
    case 'enum-class':
      return className(type.name)
    case 'optional':
      return `${typeScriptType(type.of)} | null`
    case 'object': {
      const fields = Object.entries(type.fields)
      if (fields.length === 0) return 'Record<string, unknown>'
      return `{ ${fields.map(([name, of]) => `${scriptString(name)}: ${typeScriptType(of)}`).join('; ')} }`
    }
    default:
      return type satisfies never
  }
}

/** The types of the program that have a name. */
export function classLines(fields: readonly Field[]): string {
  return classesIn(fields.map(({ type }) => type))
    .map(type => {
      const about = type.desc ? `/** ${scriptComment(type.desc)} */\n` : ''
      if (type.kind === 'enum-class') {
        const values = typeScriptType({ kind: 'enum', values: valuesOfEnum(type) })
        return `${about}export type ${className(type.name)} = ${values}\n`
      }
      const lines = type.fields.map(({ name, type: of, desc, default: usual }) => {
        const note = desc ? `  /** ${scriptComment(desc)} */\n` : ''
        return `${note}  ${scriptName(name)}${usual === undefined ? '' : '?'}: ${typeScriptType(of)}\n`
      })
      return `${about}export interface ${className(type.name)} {\n${lines.join('')}}\n`
    })
    .map(text => `\n${text}`)
    .join('')
}

/** Names that the module needs itself, or that mean something in TypeScript. */
function className(name: string): string {
  return ownNames.has(name) ? `${name}Type` : name
}

const ownNames: ReadonlySet<string> = new Set(
  (
    'Inputs Outputs Result Step ProgramOptions CallOptions ImageInput AudioInput FileInput createProgram createQuickJsRunner readFileSync Array Record URL JSON string number boolean unknown never null undefined void any ' +
    'symbol bigint default delete enum export extends function instanceof interface new package private protected public static super switch ' +
    'this throw typeof var let const catch case implements code load process'
  ).split(' '),
)
