import { readDataUrl } from '@/engine/blobs/data-url'
import { filePlaces } from '@/engine/adapters/file-places'
import { memoryBlobs } from '@/engine/blobs/blob-store'
import { readBlobEntry } from '@/engine/blobs/blob-entry'
import { takeMediaCell } from '@/engine/blobs/take-media'
import { cellText } from '@/engine/data/cell-text'
import { fedValue } from '@/engine/data/fed-value'
import { estimateTokens } from '@/engine/lm/usage'
import { containsWords } from '@/engine/metrics/contains-words'
import { answerKey, isSameAnswer } from '@/engine/metrics/rules'
import { readNumber } from '@/engine/metrics/read-number'
import { f1Score } from '@/engine/metrics/token-f1'
import { toolFaults, toolLine, toolProblems } from '@/engine/modules/react-tools'
import { readProject } from '@/engine/project/read-project'
import { listModels } from '@/engine/providers/list-models'
import { addressUnder, isLoopbackHost, isPrivateHost, parseBaseUrl } from '@/engine/providers/openai/hosts'
import { providerError } from '@/engine/providers/openai/provider-error'
import { saidIn } from '@/engine/providers/openai/said-text'
import { createTransport } from '@/engine/providers/openai/transport'
import { unquoted } from '@/engine/optimizers/copro/text'
import { ruleField, ruleIn } from '@/engine/optimizers/simba/text'
import { typeOfSchema } from '@/engine/signature/type-of-schema'
import { parseTypeName } from '@/engine/signature/parse-type-name'
import { mentionsFeedback } from '@/engine/user-code/mentions-feedback'
import { readThrown } from '@/engine/user-code/user-error'
import { withoutEnd } from '@/engine/user-code/user-source'
import { markdownCode, markdownText } from '@/export/markdown-text'
import { scriptComment, scriptName } from '@/export/script-text'
import { canonicalJson } from '@/lib/canonical-json'
import { columnGuesser, numberOf, storedCell } from '@/lib/cell-types'
import { cutText, wellFormed } from '@/lib/cut-text'
import { parseTwofoldJson, plainDigits } from '@/lib/exact-json'
import { parseJson, type Json, type JsonObject } from '@/lib/json'
import { fileStem } from '@/lib/file-stem'
import { asLine } from '@/lib/line-text'
import { readSharedJson } from '@/lib/shared-json'
import { systemClock } from '@/lib/system-clock'
import { headerNames } from '@/lib/tabular/column-names'
import { foreignText } from '@/lib/tabular/file-kind'
import { readTable } from '@/lib/tabular/table-reader'
import { joinLines } from '@/lib/trim-of'
import { readNodesText } from '@/state/document/edits/clipboard'
import { typedCell } from '@/studio/data/cell-value'
import { readEnumValues } from '@/studio/inspector/type-choice'
import { oneStep } from './toy-programs'
import type { Reader } from './work-ratio'
import { completeState } from '@/engine/graph/default-state'
import { predictorsOf } from '@/engine/graph/predictors'
import { modelOfDspy } from '@/export/dspy-lm'
import { readDspyState } from '@/export/from-dspy-json'
import { parseDspyText } from '@/export/open-dspy-file'
import { programOfDspy } from '@/export/program-of-dspy'

const program = oneStep()
const opened = (file: JsonObject) => programOfDspy(file)
const agentFields = ['Text:', 'Trajectory:', 'Next Thought:', 'Next Tool Name:', 'Next Tool Args:'].map(prefix => ({ prefix }))
const extractFields = ['Text:', 'Trajectory:', 'Reasoning:', 'Label:'].map(prefix => ({ prefix }))
const predictors = predictorsOf(program.graph)
const transport = (body: string) =>
  createTransport({
    baseUrl: 'https://models.example/v1',
    fetch: () => Promise.resolve(new Response(body)),
    clock: systemClock,
    authorize: () => Promise.resolve(undefined),
  })
const json = (text: string): Json => {
  const parsed = parseJson(text)
  return parsed.ok ? parsed.value : text
}
const withFile: Json = { $blob: 'a'.repeat(64), mime: 'image/png', bytes: 4 }
const takes = { store: memoryBlobs(), fetch: () => Promise.reject(new TypeError('not here')) }
const asTable = (value: unknown) => readTable(JSON.stringify(value), { format: 'json' })
const tool = (text: string) => ({ name: text, desc: text, args: [{ name: text, type: parseTypeName('str'), desc: text }], source: text })

/** Readers of files, cells, addresses, the clipboard, metrics and names: what comes in beside the answers of models. */
export const readersOfFiles: Readonly<Record<string, Reader>> = {
  'wait that a body asks for': text =>
    providerError({
      status: 429,
      body: JSON.stringify({ error: { message: `try again in ${text}`, details: [{ retryDelay: text }] } }),
      model: 'm',
      host: 'h',
      now: 0,
      retryAfter: text,
      retryAfterMs: text,
    }),
  'words of any body': saidIn,
  'list of models': text => listModels(transport(text)),
  'list of models with names': text => listModels(transport(JSON.stringify({ data: [{ id: text }, text] }))),
  'base URL': text => parseBaseUrl(text),
  'base URL with a path': text => addressUnder(parseBaseUrl(`https://a.example/${text}`), '/models'),
  'host name': text => [isPrivateHost(text), isLoopbackHost(text)],
  'tool of a project': text => [toolLine(tool(text)), toolFaults('Step', [tool(text), tool(text)]), toolProblems('Step', [tool(text)])],
  'schema of a tool': text => typeOfSchema(json(text)),
  'source without its end': withoutEnd,
  'source that gives feedback': mentionsFeedback,
  'thrown value': readThrown,
  'thrown text': text => readThrown(JSON.stringify({ type: 'error', name: text, message: text, stack: text })),
  'rule of an optimizer': text => predictors.map(predictor => ruleIn({ [ruleField(predictor)]: text }, predictor)),
  'proposal in quotes': unquoted,
  'tokens, estimated': estimateTokens,
  'token F1': text => [f1Score(text, text, 'dspy'), f1Score(text, 'a', 'distinct')],
  'contained words': text => [containsWords(text, 'a b', true), containsWords('a b', text, false), containsWords(text, text, true)],
  'same answer': text => [
    isSameAnswer('distinct', undefined, text, text),
    isSameAnswer('distinct', parseTypeName('float'), '1.0', text),
    isSameAnswer('dspy', parseTypeName('list[str]'), json(text), text),
  ],
  'key of an answer': text => [answerKey('distinct', undefined, text), answerKey('dspy', undefined, json(text))],
  'number of an answer': text => readNumber(text),
  'cell, stored': text => (['int', 'float', 'bool', 'json', 'image', 'audio', 'file'] as const).map(type => storedCell(text, type)),
  'cell with something behind it': text => storedCell(`${text}\u0001`, 'float'),
  'cell, its type guessed': text => columnGuesser().add([text, json(text)]),
  'cell as a text': text => cellText(json(text)),
  'cell for an input': text => fedValue(text, 'str', parseTypeName('list[str]')),
  'cell, typed in': text => (['int', 'float', 'bool', 'json', 'str'] as const).map(type => typedCell(text, type)),
  'cell of an image': text => takeMediaCell('image', `data:image/png;base64,${text}`, takes),
  'number of a cell': text => [numberOf(text, 'int'), numberOf(text, 'float')],
  'digits without zeros': text => plainDigits(`${text}x`),
  'JSON, exact': parseTwofoldJson,
  'JSON, canonical': text => canonicalJson(json(text)),
  'JSON, shared': readSharedJson,
  'header of a table': text => headerNames(text.split(',')),
  'start of a file': foreignText,
  'pandas file by columns': text => asTable({ a: { 0: text, 1: json(text) }, [text]: { 0: 1 } }),
  'pandas file, split': text => asTable({ columns: ['a', text], index: [0, text], data: [[json(text), text]] }),
  'pandas file with a schema': text => asTable({ schema: { fields: [{ name: text }] }, data: [{ a: text }] }),
  'file of values': text => readTable(`{"rows": ${text}}`, { format: 'json' }),
  'CSV file of quoted cells': text => readTable(`"a","b"\n"${text}`, { format: 'csv' }),
  'data URL': readDataUrl,
  'data URL with parameters': text => readDataUrl(`data:a/b;${text}`),
  'file in a file': text => readBlobEntry({ $blob: text, mime: text, bytes: 1, data: text }),
  'places of files': text => filePlaces([text, withFile]).fill(text),
  'copied nodes': readNodesText,
  'copied nodes in JSON': text => readNodesText(`{"nodes": ${text}`),
  'choices, typed in': text => readEnumValues(text, []),
  'project of the list': text => readProject(json(text)),
  'DSPy state with demos': text =>
    readDspyState(
      { 'classify.predict': { demos: [{ text: json(text), label: text }], signature: { fields: [{ prefix: text, description: text }] } } },
      { ...program, state: completeState(program.graph, program.state) },
    ),
  'DSPy state as a program': text =>
    opened({ 'a.predict': { signature: { instructions: text, fields: [{ prefix: text, description: text }] }, demos: [{ a: text }] } }),
  'DSPy state, its names': text => opened({ [text]: { signature: {} }, [`a.${text}.predict`]: { signature: { instructions: 'a' } } }),
  'DSPy state of many': text =>
    opened(
      Object.fromEntries(
        text
          .split(',')
          .slice(0, 900)
          .map((name, at) => [`programs[${at}].${name}`, { signature: { fields: [{ prefix: name }] } }]),
      ),
    ),
  'DSPy state of an agent': text =>
    opened({
      react: {
        signature: {
          instructions: `(1) look, whose description is <desc>${text}</desc>. It takes arguments {${text}}.\n${text}`,
          fields: agentFields,
        },
      },
      'extract.predict': { signature: { fields: extractFields } },
    }),
  'DSPy state with a model': text => modelOfDspy({ model: text, api_base: text, temperature: json(text), stop: text }),
  'DSPy state, its text': text => parseDspyText(text),
  'Markdown text': markdownText,
  'Markdown code': markdownCode,
  'name in a script': scriptName,
  'name of a download': fileStem,
  'comment in a script': scriptComment,
  line: asLine,
  'lines in one': joinLines,
  'text, cut': text => cutText(text, Math.floor(text.length / 2)),
  'text, well formed': text => wellFormed({ [text]: text }),
}
