import type { Example } from '@/engine/base/example'
import type { BlobEntry } from '@/engine/blobs/blob-entry'
import { isOutputNode } from '@/engine/program/ends'
import type { Program, ProgramNode } from '@/engine/program/program'
import { userSources } from '@/engine/graph/user-sources'
import type { MetricSpec } from '@/engine/metrics/metric'
import { providerKind } from '@/engine/providers/registry'
import type { RunModels } from '@/engine/record/spec'
import type { Field } from '@/engine/signature/signature'
import { typesWithin } from '@/engine/signature/types/registry'
import { toolsOf } from '@/engine/graph/tools-of'
import { reachesOf } from '@/engine/tools/require-reach'
import { runsModelCode } from '@/engine/graph/runs-model-code'
import { typeScriptRemarks } from './export-remarks'
import { isAlways, presenceOf } from '@/engine/graph/presence'
import { isExtracting } from '@/engine/graph/predictors'
import { requireSound } from '@/engine/graph/require-sound'
import { codeModule } from './code-module'
import { markdownCode, markdownText } from './markdown-text'
import { engineDeclarations } from './engine-declarations'
import { scriptComment, scriptName, scriptString } from './script-text'
import { classLines, typeScriptType } from './typescript-types'
import type { ExportedFile } from './zip'

export interface TypeScriptExport {
  readonly name: string
  readonly program: Program
  readonly models: Pick<RunModels, 'task' | 'overrides' | 'extraction'>
  /** How the program was scored: no part of the folder, which says so of a judge. */
  readonly metric?: MetricSpec
  /** Rows for `main.ts` to run when it is given none. */
  readonly examples: readonly Example[]
  /** Files that demos and examples name. */
  readonly blobs?: readonly BlobEntry[]
  /** Text of the built engine: the same file the studio checks the export with. */
  readonly engine: string
  /** Text of the built code runner: needed for a program that runs code of a model's (`runsModelCode`), and left out of others. */
  readonly sandbox?: string
}

/** What engine.js reads: structure, learned state and model settings. Never a key. */
export interface ExportedProgram {
  readonly format: 'dspy-studio-program'
  readonly program: Program
  readonly models: Pick<RunModels, 'task' | 'overrides' | 'extraction'>
  readonly blobs?: readonly BlobEntry[]
}

/**
 * A folder that runs in Node with `npm i && npx tsx main.ts`. Its only runtime dependency is `openai`, and QuickJS where it runs what a
 * model writes. Throws `graph-invalid` for a program that cannot run. Its code is written as it is: see `checkSources`.
 */
export function exportTypeScript(source: TypeScriptExport): readonly ExportedFile[] {
  requireSound(source.program.graph)
  return [
    { path: 'package.json', text: packageJson(source) },
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
    { path: 'engine.d.ts', text: engineDeclarations },
    ...sandboxFiles(source),
    { path: 'program.ts', text: programModule(source) },
    { path: 'main.ts', text: mainModule(source) },
    { path: 'README.md', text: readme(source) },
  ]
}

function sandboxFiles({ program, sandbox }: TypeScriptExport): readonly ExportedFile[] {
  if (!runsModelCode(program.graph)) return []
  if (sandbox === undefined) throw new Error('a program that runs code of a model needs the code runner')
  const types = "import type { Sandbox } from './engine.js'\nexport function createQuickJsRunner(): Promise<Sandbox>\n"
  return [
    { path: 'sandbox.js', text: sandbox },
    { path: 'sandbox.d.ts', text: types },
  ]
}

export function exportedProgram({ program, models, blobs = [] }: Pick<TypeScriptExport, 'program' | 'models' | 'blobs'>): ExportedProgram {
  const { task, overrides, extraction } = models
  const asked = { task, overrides, ...(extraction && isExtracting(program.graph) && { extraction }) }
  return { format: 'dspy-studio-program', program, models: asked, ...(blobs.length > 0 && { blobs }) }
}

function packageJson({ name, program }: TypeScriptExport): string {
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
    dependencies: {
      openai: '^6.49.0',
      ...(runsModelCode(program.graph) && {
        '@jitl/quickjs-wasmfile-release-sync': '^0.32.0',
        'quickjs-emscripten-core': '^0.32.0',
      }),
    },
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

function fieldLines(fields: readonly Field[], mayLack: (field: Field) => boolean = () => false): string {
  return fields
    .map(
      field =>
        `${field.desc ? `  /** ${scriptComment(field.desc)} */\n` : ''}  ${scriptName(field.name)}${field.default === undefined && !mayLack(field) ? '' : '?'}: ${typeScriptType(field.type)}\n`,
    )
    .join('')
}

function fieldsOfKind(nodes: readonly ProgramNode[], kind: 'input' | 'output'): readonly Field[] {
  return nodes.filter(node => node.kind === kind).flatMap(node => node.fields)
}

function programModule(source: TypeScriptExport): string {
  const { nodes } = source.program.graph
  const sandboxed = runsModelCode(source.program.graph)
  const presence = presenceOf(source.program.graph)
  const returning = nodes.find(isOutputNode)?.id ?? ''
  /** An output that a branch may leave without a value. */
  const mayLack = ({ id }: Field): boolean => !isAlways(presence.input({ node: returning, field: id }))
  return `import { readFileSync } from 'node:fs'
import { code } from './code.js'
${sandboxed ? "import { createQuickJsRunner } from './sandbox.js'\n" : ''}import { createProgram, type CallOptions, type ${fileTypes(source)}ProgramOptions, type Step } from './engine.js'
${classLines([...fieldsOfKind(nodes, 'input'), ...fieldsOfKind(nodes, 'output')])}
/** What ${scriptComment(source.name)} takes. */
export interface Inputs {
${fieldLines(fieldsOfKind(nodes, 'input'))}}

/** What it returns. */
export interface Outputs {
${fieldLines(fieldsOfKind(nodes, 'output'), mayLack)}}

export interface Result {
  outputs: Outputs
  /** Every step: its inputs, outputs and the requests it sent. */
  trace: readonly Step[]
}

/**
 * Makes the compiled program ready to call. Address, model and key come from \`options\`, else from OPENAI_BASE_URL,
 * OPENAI_MODEL and OPENAI_API_KEY, else from program.json.
 */
export function load(options: ProgramOptions = {}): (inputs: Inputs, call?: CallOptions) => Promise<Result> {
  const definition = JSON.parse(readFileSync(new URL('./program.json', import.meta.url), 'utf8'))
  const run = createProgram(definition, {
    baseUrl: process.env.OPENAI_BASE_URL,
    model: process.env.OPENAI_MODEL,
    apiKey: process.env.OPENAI_API_KEY,
    code,${toolOptions(source)}${sandboxed ? '\n    sandbox: () => createQuickJsRunner(),' : ''}
    ...options,
  })
  return async (inputs, call) => {
    const { outputs, trace } = await run({ ...inputs }, call)
    // The engine has checked every value against the field types these interfaces were written from.
    return { outputs: outputs as unknown as Outputs, trace }
  }
}
`
}

/** Where the tools go stands in the code of the folder, for whoever runs it to read; each secret goes to its own address
 * alone. The prefix keeps a program of somebody else from naming a variable that is there for something else. */
function toolOptions({ program }: TypeScriptExport): string {
  const reaches = reachesOf(toolsOf(program.graph))
  if (reaches.length === 0) return ''
  const origins = [...new Set(reaches.map(({ origin }) => origin))]
  const lines = [`toolHosts: [${origins.map(scriptString).join(', ')}],`]
  const secrets = reaches.flatMap(({ origin, secrets: names }) => names.map(name => scriptString(`${origin}#${name}`)))
  if (secrets.length > 0)
    lines.push(
      `secret: (name, origin) => [${[...new Set(secrets)].join(', ')}].includes(\`\${origin}#\${name}\`) ? process.env[\`TOOL_\${name}\`] : undefined,`,
    )
  return lines.map(line => `\n    ${line}`).join('')
}

function toolAddresses({ program }: TypeScriptExport): string {
  const reaches = reachesOf(toolsOf(program.graph))
  if (reaches.length === 0) return ''
  const origins = [...new Set(reaches.map(({ origin }) => origin))]
  const secrets = [
    ...new Set(
      reaches.flatMap(({ origin, secrets: names }) =>
        names.map(name => `${markdownCode(`TOOL_${name}`)} (sent to ${markdownCode(origin)})`),
      ),
    ),
  ]
  const needed = secrets.length === 0 ? '' : ` They need ${secrets.join(', ')}, each as an environment variable.`
  return `Its tools contact ${origins.map(markdownCode).join(', ')}, and nothing else: \`toolHosts\` in program.ts says so.${needed}\n`
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
${runsModelCode(source.program.graph) ? '| sandbox.js | runs what the model writes: QuickJS in WebAssembly, with limits on time, memory and steps |\n' : ''}| main.ts | runs rows from the command line |

${remarksOf(source)}\`run(inputs, { stream: { onEvent: event => … } })\` tells of outputs while the model writes them; \`signal\` beside it stops a call.

Set \`OPENAI_API_KEY\`, and \`OPENAI_BASE_URL\` and \`OPENAI_MODEL\` to use another address or model.
${keyAddress(source)}${otherAddresses(source)}${toolAddresses(source)}`
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

/** The types of files that main and program name, as the start of a list of imports. */
function fileTypes({ program }: TypeScriptExport): string {
  const ends = [...fieldsOfKind(program.graph.nodes, 'input'), ...fieldsOfKind(program.graph.nodes, 'output')]
  const kinds = new Set(ends.flatMap(({ type }) => typesWithin(type).map(({ kind }) => kind)))
  const names = (['image', 'audio', 'file'] as const).filter(kind => kinds.has(kind)).map(kind => typeScriptType({ kind }))
  return names.map(name => `${name}, type `).join('')
}
