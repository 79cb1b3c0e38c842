import type { Example } from '@/engine/base/example'
import { requireSound } from '@/engine/graph/require-sound'
import { userSources } from '@/engine/graph/user-sources'
import type { Program } from '@/engine/program/program'
import { sourceWords } from '@/engine/user-code/source-kind'
import { readUserSource } from '@/engine/user-code/user-source'
import type { Json } from '@/lib/json'
import { fileWords, mapFiles } from '@/engine/blobs/blob-ref'
import { fileKey, type DspyFiles } from '../dspy-files'
import { markdownCode, markdownText } from '../markdown-text'
import { agentsPython } from './agents-python'
import { nearestPython } from './nearest-python'
import { valuesPython } from './values-python'
import { adapterPython } from './adapter-python'
import { mainPython, pyproject } from './main-python'
import { messagesJson, packageName, type MessagesSource } from './messages-json'
import { pythonRemarks } from './python-remarks'
import { programPython } from './program-python'
import { withPythonNames } from './python-parts'
import { sandboxPython } from './sandbox-python'
import { sandboxTexts } from './sandbox-texts'
import { stepsPython } from './steps-python'
import { packageStateText } from '../to-dspy-json'
import type { ExportedFile } from '../zip'

export interface PythonExport extends MessagesSource {
  readonly name: string
  /** Rows for `main.py` to run when it is given none. */
  readonly examples: readonly Example[]
  /** Files that demos and examples show. */
  readonly files?: DspyFiles
  /** Text of the built rules of comparison, which count votes and score rows. */
  readonly rules: string
}

/**
 * A folder that runs the program through DSPy 3.4.1 in Python, and its JavaScript in QuickJS. Throws `graph-invalid` for a program that cannot
 * run, and for names that Python or DSPy cannot take. What it does otherwise than the studio is said by `pythonRemarks`.
 */
export function exportPython(source: PythonExport): readonly ExportedFile[] {
  requireSound(source.program.graph)
  const program = withPythonNames(source.program)
  const { overrides, task } = source.models
  const state = withoutNearest(program)
  return [
    { path: 'pyproject.toml', text: pyproject(source.name) },
    { path: 'program.py', text: programPython(source.name, program) },
    { path: 'adapter.py', text: adapterPython },
    { path: 'values.py', text: valuesPython },
    { path: 'steps.py', text: stepsPython },
    { path: 'agents.py', text: agentsPython },
    { path: 'nearest.py', text: nearestPython },
    { path: 'sandbox.py', text: sandboxPython },
    { path: 'main.py', text: mainPython(task, source.models.extraction) },
    { path: 'state.json', text: packageStateText(state, packageName, { models: overrides, ...(source.files && { files: source.files }) }) },
    { path: 'messages.json', text: jsonText(messagesJson({ ...source, program })) },
    { path: 'code.json', text: jsonText(codeJson(program)) },
    { path: 'sandbox.json', text: jsonText({ ...sandboxTexts }) },
    { path: 'rules.js', text: source.rules },
    { path: 'examples.jsonl', text: exampleLines(source) },
    { path: 'README.md', text: readme(source) },
  ]
}

/** A file stands among the inputs as in DSPy's demos. */
function exampleLines({ examples, files }: PythonExport): string {
  return examples
    .map(({ inputs }) => `${JSON.stringify(mapFiles(inputs, ref => files?.get(fileKey(ref)) ?? `[${fileWords(ref)}]`))}\n`)
    .join('')
}

/** The whole pool of demos stands in the file: program.py picks from it. */
function withoutNearest({ graph, state }: Program): Program {
  const whole = Object.entries(state).map(([id, { nearest: _nearest, ...own }]) => [id, own])
  return { graph, state: Object.fromEntries(whole) }
}

/** Bodies of functions as they were written; of a function written out, each way to read it. */
function codeJson({ graph }: Program): Json {
  return Object.fromEntries(
    userSources(graph).map(({ id, kind, source }) => [
      id,
      sourceWords[kind].form === 'body' ? source : readUserSource(source, kind).map(({ code }) => code),
    ]),
  )
}

function jsonText(value: Json): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function readme(source: PythonExport): string {
  const { name, program, models, metric, wording } = source
  const remarks = pythonRemarks({ program, models, wording, ...(metric && { metric }) })
  const { baseUrl } = models.task
  const said = wording === 'studio' ? 'the studio, word for word' : 'DSPy’s own adapters'
  return `# ${markdownText(name)}

A compiled program, exported from DSPy Studio. It runs in Python 3.10 or later with DSPy 3.4.1.

\`\`\`sh
pip install .
python main.py
python main.py rows.jsonl
\`\`\`

| file | what it is |
|---|---|
| program.py | the types, a signature class for each predictor, the module, \`load()\` and \`metric()\` |
| state.json | what was learned: instructions and demos, as \`program.load\` of DSPy reads them |
| adapter.py, values.py, messages.json | send the messages of the studio through DSPy |
| steps.py, agents.py, nearest.py | the steps of the studio as modules of DSPy |
| sandbox.py, sandbox.json | run JavaScript in QuickJS, with limits on time and memory |
| code.json | your JavaScript: code steps, tools, rewards |
| rules.js | how answers are compared, in votes and in the metric |
| main.py | runs rows from the command line |

Prompts are written as by ${said}. \`load(wording="studio")\` and \`load(wording="dspy")\` choose, and so does \`python main.py --wording dspy\`.

${remarks.map(remark => `- ${markdownText(remark)}\n`).join('')}
Set \`OPENAI_API_KEY\`, and \`OPENAI_BASE_URL\` and \`OPENAI_MODEL\` to use another address or model.
${baseUrl === undefined ? '' : `The key is sent to ${markdownCode(baseUrl)}, unless \`OPENAI_BASE_URL\` names another address.\n`}A model of a step’s own at another address gets no key: pass \`load(keys={address: key})\`.
`
}
