import { parseJson } from '@/lib/json'
import { isEngineError } from '../../base/errors'
import type { FieldType } from '../../signature/types/field-type'
import { parseTypeName } from '../../signature/parse-type-name'
import { typeOfSchema } from '../../signature/type-of-schema'
import { frameText } from '../frame-text'
import { readXmlChildren, type XmlElement } from '../read-xml'
import type { PromptField, SystemText } from './prompt'
import { asksDecision, decisionAt, splitExamples } from './read-decisions'
import { splitTools } from './read-agent'
import { plainInstructions } from './read-plain'

/** Numbered lines give the fields (a restart at 1 opens the outputs), lines indented by eight spaces at the end the instructions. */
export function readSystem(text: string): SystemText {
  const lines = text.split('\n')
  let tail = lines.length
  while (tail > 0 && (/^ {8}/.test(lines[tail - 1] ?? '') || (lines[tail - 1] ?? '').trim() === '')) tail -= 1
  const task = lines
    .slice(tail)
    .map(line => line.slice(8))
    .join('\n')
    .trim()
  const layout = lines.slice(0, tail)
  const [inputs = [], outputs = []] = fieldsIn(layout)
  const plain = task === '' ? plainInstructions(text, [frameText.twoStepInstructions, 'Specific instructions: ']) : undefined
  const shown = outputs.map(field => withShownType(field, layout))
  const { instructions, tools } = splitTools(plain ?? task)
  if (!asksDecision(shown)) return { inputs, outputs: shown, instructions, tools }
  return { inputs, outputs: shown, tools, ...splitExamples(instructions, { inputs, outputs: shown }) }
}

function fieldsIn(lines: readonly string[]): readonly (readonly PromptField[])[] {
  const sections: PromptField[][] = []
  let heading = ''
  let passed = 0
  for (const [at, line] of lines.entries()) {
    if (at < passed) continue
    if (line.startsWith('[[ ##')) break
    const field = fieldLine(line)
    const open = sections.at(-1)
    if (field !== undefined) {
      if (field.number === 1) {
        // Without inputs the only list is that of the outputs.
        if (sections.length === 0 && (heading === frameText.outputsHeading || /\boutput/i.test(heading))) sections.push([])
        sections.push([])
      }
      const decision = decisionAt(field.type, lines, at + 1)
      passed = at + 1 + (decision?.length ?? 0)
      sections.at(-1)?.push({ name: field.name, type: decision?.type ?? typeNamed(field.type), desc: decision?.desc ?? field.desc })
      continue
    }
    // How values of a type are written is said of every field of that type, and nothing of this one.
    if (line.startsWith(frameText.typeWords(''))) continue
    const last = open?.at(-1)
    if (last !== undefined && (/^\s{2,}\S/.test(line) || line.startsWith('Constraints')))
      open?.splice(-1, 1, { ...last, desc: `${last.desc} ${line.trim()}`.trim() })
    else if (line.trim() !== '') heading = line
  }
  return sections
}

function fieldLine(line: string): { number: number; name: string; type: string; desc: string } | undefined {
  const head = /^\s*(\d+)\. `([\p{L}\p{N}_]+)` \(/u.exec(line)
  if (head === null) return undefined
  let depth = 1
  let at = head[0].length
  for (let quote = ''; at < line.length && depth > 0; at += 1) {
    const char = line.charAt(at)
    if (quote !== '') {
      if (char === '\\') at += 1
      else if (char === quote) quote = ''
    } else if (char === "'" || char === '"') quote = char
    else if (char === '(') depth += 1
    else if (char === ')') depth -= 1
  }
  const type = line.slice(head[0].length, at - 1)
  return { number: Number(head[1]), name: head[2] ?? '', type, desc: line.slice(at).replace(/^:\s*/, '').trim() }
}

/** A class is a name alone in the list of fields; what it holds stands in the note of an output, or in the tags shown for it. */
function withShownType(field: PromptField, layout: readonly string[]): PromptField {
  if (field.type.kind !== 'any') return field
  const type = typeInNote(field.name, layout) ?? typeInTags(field.name, layout)
  return type === undefined ? field : { ...field, type }
}

/** `# note: … {"type": …}` or `# note: …: red; blue`, in a JSON text where the layout is one. */
function typeInNote(name: string, layout: readonly string[]): FieldType | undefined {
  const line = layout.find(each => each.includes(`{${name}}        # note: `))
  if (line === undefined) return undefined
  const quoted = /^\s*"[^"]*": (".*?"),?$/.exec(line)
  const plain = quoted ? parseJson(quoted[1] ?? '') : undefined
  const note = plain?.ok && typeof plain.value === 'string' ? plain.value : line
  const at = note.indexOf('{"')
  const schema = at < 0 ? undefined : parseJson(note.slice(at))
  if (schema?.ok) return typeOfSchema(schema.value)
  const options = note.slice(note.indexOf('# note: ') + 8).split(': ')
  return options.length < 2 ? undefined : { kind: 'enum', values: options.slice(1).join(': ').split('; ') }
}

/** `<a><name>...</name><tags><item>...</item></tags></a>`: texts, lists and objects. */
function typeInTags(name: string, layout: readonly string[]): FieldType | undefined {
  const line = layout.find(each => each.startsWith(`<${name}><`) && each.endsWith(`</${name}>`))
  const [whole] = line === undefined ? [] : readXmlChildren(line)
  return whole && typeOfTags(whole)
}

function typeOfTags(element: XmlElement): FieldType {
  const children = element.children()
  const [first] = children
  if (first === undefined) return { kind: 'str' }
  if (first.name === 'item') return { kind: 'list', of: typeOfTags(first) }
  return { kind: 'object', fields: Object.fromEntries(children.map(child => [child.name, typeOfTags(child)])) }
}

/** A type as a prompt spells it; anything goes where it names a class of somebody's Python. */
function typeNamed(text: string): FieldType {
  try {
    return parseTypeName(text)
  } catch (error) {
    if (!isEngineError(error, 'signature-syntax')) throw error
    return { kind: 'any' }
  }
}
