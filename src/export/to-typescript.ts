import type { Example } from '@/engine/base/example'
import type { BlobEntry } from '@/engine/blobs/blob-entry'
import type { Program, ProgramNode } from '@/engine/program/program'
import { userSources } from '@/engine/graph/user-sources'
import type { MetricSpec } from '@/engine/metrics/metric'
import { providerKind } from '@/engine/providers/registry'
import type { RunModels } from '@/engine/record/spec'
import { holdsImage } from '@/engine/signature/check-fields'
import type { Field } from '@/engine/signature/signature'
import { valuesOfEnum } from '@/engine/signature/types/class-kinds'
import type { FieldType } from '@/engine/signature/types/field-type'
import { classesIn } from '@/engine/signature/types/registry'
import { typeScriptRemarks } from './export-remarks'
import { requireSound } from '@/engine/graph/require-sound'
import { codeModule } from './code-module'
import { markdownCode, markdownText } from './markdown-text'
import { scriptComment, scriptName, scriptString } from './script-text'
import type { ExportedFile } from './zip'

export interface TypeScriptExport {
  readonly name: string
  readonly program: Program
  readonly models: Pick<RunModels, 'task' | 'overrides'>
  /** How the program was scored: no part of the folder, which says so of a judge. */
  readonly metric?: MetricSpec
  /** Rows for `main.ts` to run when it is given none. */
  readonly examples: readonly Example[]
  /** Files that demos and examples name. */
  readonly blobs?: readonly BlobEntry[]
  /** Text of the built engine: the same file the studio checks the export with. */
  readonly engine: string
}

/** What engine.js reads: structure, learned state and model settings. Never a key. */
export interface ExportedProgram {
  readonly format: 'dspy-studio-program'
  readonly program: Program
  readonly models: Pick<RunModels, 'task' | 'overrides'>
  readonly blobs?: readonly BlobEntry[]
}

/**
 * A folder that runs in Node with `npm i && npx tsx main.ts`. Its only runtime dependency is `openai`. Throws `graph-invalid` for a program that
 * cannot run. Its code is written as it is: see `checkSources`.
 */
export function exportTypeScript(source: TypeScriptExport): readonly ExportedFile[] {
  requireSound(source.program.graph)
  return [
    { path: 'package.json', text: packageJson(source.name) },
    { path: 'tsconfig.json', text: `${JSON.stringify(tsconfig, null, 2)}\n` },
    { path: 'program.json', text: `${JSON.stringify(exportedProgram(source), null, 2)}\n` },
    {
      path: 'examples.json',
      text: `${JSON.stringify(
        source.examples.map(example => example.inputs),
        null,
        2,
      )}\n`,
    },
    { path: 'code.js', text: codeModule(userSources(source.program.graph)) },
    { path: 'code.d.ts', text: 'export const code: Record<string, (...args: never[]) => unknown>\n' },
    { path: 'client.js', text: "export * from 'openai'\nexport { default } from 'openai'\n" },
    { path: 'engine.js', text: source.engine },
    { path: 'engine.d.ts', text: engineTypes },
    { path: 'program.ts', text: programModule(source) },
    { path: 'main.ts', text: mainModule(source) },
    { path: 'README.md', text: readme(source) },
  ]
}

export function exportedProgram({ program, models, blobs = [] }: Pick<TypeScriptExport, 'program' | 'models' | 'blobs'>): ExportedProgram {
  const { task, overrides } = models
  return { format: 'dspy-studio-program', program, models: { task, overrides }, ...(blobs.length > 0 && { blobs }) }
}

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
    case 'image':
      return 'ImageInput'
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
function classLines(fields: readonly Field[]): string {
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
    'Inputs Outputs Result Step ProgramOptions ImageInput Array Record URL JSON string number boolean unknown never null undefined void any ' +
    'symbol bigint default delete enum export extends function instanceof interface new package private protected public static super switch ' +
    'this throw typeof var let const catch case implements code load process'
  ).split(' '),
)

function packageJson(name: string): string {
  const slug =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'program'
  const content = {
    name: slug,
    version: '1.0.0',
    private: true,
    type: 'module',
    scripts: { start: 'tsx main.ts', types: 'tsc -p .' },
    dependencies: { openai: '^6.49.0' },
    devDependencies: { '@types/node': '^20.0.0', tsx: '^4.0.0', typescript: '^5.9.0' },
  }
  return `${JSON.stringify(content, null, 2)}\n`
}

const tsconfig = {
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
  },
  include: ['*.ts'],
}

function fieldLines(fields: readonly Field[]): string {
  return fields
    .map(
      field =>
        `${field.desc ? `  /** ${scriptComment(field.desc)} */\n` : ''}  ${scriptName(field.name)}${field.default === undefined ? '' : '?'}: ${typeScriptType(field.type)}\n`,
    )
    .join('')
}

function fieldsOfKind(nodes: readonly ProgramNode[], kind: 'input' | 'output'): readonly Field[] {
  return nodes.filter(node => node.kind === kind).flatMap(node => node.fields)
}

function programModule(source: TypeScriptExport): string {
  const { nodes } = source.program.graph
  return `import { readFileSync } from 'node:fs'
import { code } from './code.js'
import { createProgram, type ${hasImages(source) ? 'ImageInput, type ' : ''}ProgramOptions, type Step } from './engine.js'
${classLines([...fieldsOfKind(nodes, 'input'), ...fieldsOfKind(nodes, 'output')])}
/** What ${scriptComment(source.name)} takes. */
export interface Inputs {
${fieldLines(fieldsOfKind(nodes, 'input'))}}

/** What it returns. */
export interface Outputs {
${fieldLines(fieldsOfKind(nodes, 'output'))}}

export interface Result {
  outputs: Outputs
  /** Every step: its inputs, outputs and the requests it sent. */
  trace: readonly Step[]
}

/**
 * Makes the compiled program ready to call. Address, model and key come from \`options\`, else from OPENAI_BASE_URL,
 * OPENAI_MODEL and OPENAI_API_KEY, else from program.json.
 */
export function load(options: ProgramOptions = {}): (inputs: Inputs) => Promise<Result> {
  const definition = JSON.parse(readFileSync(new URL('./program.json', import.meta.url), 'utf8'))
  const run = createProgram(definition, {
    baseUrl: process.env.OPENAI_BASE_URL,
    model: process.env.OPENAI_MODEL,
    apiKey: process.env.OPENAI_API_KEY,
    code,
    ...options,
  })
  return async inputs => {
    const { outputs, trace } = await run({ ...inputs })
    // The engine has checked every value against the field types these interfaces were written from.
    return { outputs: outputs as unknown as Outputs, trace }
  }
}
`
}

function mainModule(source: TypeScriptExport): string {
  const { title, traits } = providerKind(source.models.task.provider)
  return `import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { load, type Inputs } from './program.js'

// npx tsx main.ts                        runs the rows of examples.json
// npx tsx main.ts '{"…": "…"}'           runs one row given as JSON
// npx tsx main.ts rows.json              runs the rows of a file: a JSON array of inputs
const argument = process.argv[2] ?? fileURLToPath(new URL('./examples.json', import.meta.url))
const parsed: Inputs | Inputs[] = JSON.parse(argument.trimStart().startsWith('{') ? argument : readFileSync(argument, 'utf8'))
const rows = Array.isArray(parsed) ? parsed : [parsed]
${traits.local ? `\nif (!process.env.OPENAI_BASE_URL && !process.env.OPENAI_API_KEY) {\n  console.error(${scriptString(`Answering with the embedded ${title}, which is not a language model. Set OPENAI_API_KEY or OPENAI_BASE_URL, and OPENAI_MODEL, to use a real one.`)})\n}\n` : ''}
const run = load()
for (const inputs of rows) {
  const { outputs } = await run(inputs)
  console.log(JSON.stringify(outputs))
}
`
}

function readme(source: TypeScriptExport): string {
  return `# ${markdownText(source.name)}

A compiled program, exported from DSPy Studio.

\`\`\`sh
npm i
npx tsx main.ts
\`\`\`

| file | what it is |
|---|---|
| program.ts | typed inputs and outputs, and \`load()\` to call the program from your own code |
| program.json | structure, instructions, demos and model settings; no key |
| engine.js | the runtime the studio itself runs |
| code.js | your JavaScript: code nodes, tools, rewards |
| main.ts | runs rows from the command line |

${remarksOf(source)}Set \`OPENAI_API_KEY\`, and \`OPENAI_BASE_URL\` and \`OPENAI_MODEL\` to use another address or model.
${keyAddress(source)}${otherAddresses(source)}`
}

/** A program may come from somebody else, who chose where it sends the key of whoever runs it. */
function keyAddress({ models: { task } }: TypeScriptExport): string {
  if (task.baseUrl === undefined || providerKind(task.provider).traits.local) return ''
  return `The key is sent to ${markdownCode(task.baseUrl)}, unless \`OPENAI_BASE_URL\` names another address.\n`
}

function otherAddresses({ models }: TypeScriptExport): string {
  const others = new Set(
    Object.values(models.overrides).flatMap(({ baseUrl }) => (baseUrl === undefined || baseUrl === models.task.baseUrl ? [] : [baseUrl])),
  )
  if (others.size === 0) return ''
  return `That key goes to the task model alone. For ${[...others].map(markdownCode).join(', ')} pass \`load({ apiKey: origin => … })\`, which is asked for the key of each address.\n`
}

function remarksOf({ program, models, metric }: TypeScriptExport): string {
  const remarks = typeScriptRemarks(program, models.overrides, metric)
  return remarks.length === 0 ? '' : `${remarks.map(remark => `- ${markdownText(remark)}\n`).join('')}\n`
}

function hasImages({ program }: TypeScriptExport): boolean {
  return [...fieldsOfKind(program.graph.nodes, 'input'), ...fieldsOfKind(program.graph.nodes, 'output')].some(({ type }) =>
    holdsImage(type),
  )
}

const engineTypes = `/** An image: its bytes, a data: URL, an address on the web, or a reference to one in program.json. */
export type ImageInput = Uint8Array | string | { $blob: string; mime: string; bytes: number }
export interface ProgramOptions {
  /** OpenAI-compatible address, such as https://api.openai.com/v1. */
  baseUrl?: string
  model?: string
  /** A key goes to the address of the task model and to no other. A function is asked for the key of each address (its origin). */
  apiKey?: string | ((origin: string) => string | undefined)
  fetch?: typeof fetch
  code?: Record<string, (...args: never[]) => unknown>
}
export interface Step {
  node: string
  name: string
  inputs: Record<string, unknown>
  outputs?: Record<string, unknown>
  error?: { code: string; message: string }
  ms: number
}
export function createProgram(
  definition: unknown,
  options?: ProgramOptions,
): (inputs: Record<string, unknown>, call?: { signal?: AbortSignal }) => Promise<{ outputs: Record<string, unknown>; trace: readonly Step[] }>
`
