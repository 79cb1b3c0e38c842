import { adapters, exactAdapters } from '@/engine/adapters/registry'
import type { AdapterId } from '@/engine/program/adapter-id'
import { readLooseJson, readLooseObject } from '@/engine/adapters/loose-json'
import { parseValue } from '@/engine/adapters/parse-value'
import { fieldReader } from '@/engine/adapters/stream/registry'
import { splitTools, trajectoryIn } from '@/engine/adapters/prompt/read-agent'
import { agentTrajectory, splitFunctions, submittedIn } from '@/engine/adapters/prompt/read-code'
import { replPrompt } from '@/engine/adapters/prompt/read-repl'
import { repairJson } from '@/engine/adapters/repair-json'
import { blocksOf } from '@/engine/adapters/prompt/read-blocks'
import { readPrompt } from '@/engine/adapters/prompt/read-prompt'
import { conversationTurn } from '@/engine/adapters/prompt/read-turns'
import { readSystem } from '@/engine/adapters/prompt/read-system'
import { readPythonLiteral } from '@/engine/adapters/python-literal'
import { decodeXml, readXmlChildren, readXmlFields } from '@/engine/adapters/read-xml'
import { EngineError } from '@/engine/base/errors'
import { finishOf } from '@/engine/lm/finish'
import type { ChatRequest, EmbedRequest } from '@/engine/lm/lm'
import { plainMessages } from '@/engine/lm/parts'
import { createMasker } from '@/engine/lm/keys/mask'
import { redact } from '@/engine/lm/keys/redact'
import { takeKey } from '@/engine/lm/keys/take-key'
import { answerOf } from '@/engine/lm/kept/stored-answer'
import { cleanPieces } from '@/engine/lm/keys/mask-pieces'
import { splitThoughts } from '@/engine/lm/thoughts'
import { thoughtReader } from '@/engine/lm/thoughts-in-pieces'
import { valueSpans } from '@/engine/lm/value-spans'
import { usageFrom } from '@/engine/lm/usage'
import { decodeVectors, vectorsInText } from '@/engine/lm/vectors'
import { programIn } from '@/engine/modules/model-code'
import { blockIn } from '@/engine/modules/rlm-run'
import { normalizeText, tokensOf } from '@/engine/metrics/normalize-text'
import { numberIn } from '@/engine/metrics/numeric'
import { instructionIn } from '@/engine/optimizers/gepa/text'
import { cleanProposal } from '@/engine/optimizers/kit/instructions'
import { readBody } from '@/engine/providers/openai/read-body'
import { deltaReader } from '@/engine/providers/openai/read-deltas'
import { isPage, pageText } from '@/engine/providers/openai/page-text'
import { providerError } from '@/engine/providers/openai/provider-error'
import { readCompletion } from '@/engine/providers/openai/read-completion'
import { readEmbeddings } from '@/engine/providers/openai/read-embeddings'
import { readRefusal } from '@/engine/providers/openai/read-refusal'
import { refusalTexts } from '@/engine/providers/openai/refusal-texts'
import { createTransport } from '@/engine/providers/openai/transport'
import { withUpstreamError } from '@/engine/providers/openai/upstream-error'
import { respond } from '@/engine/providers/sandbox/sandbox-lm'
import { parseProjectFile } from '@/engine/project/read-project-file'
import { readUserSource } from '@/engine/user-code/user-source'
import { coerceValue } from '@/engine/signature/check-value'
import { cleanInstructions } from '@/engine/signature/clean-instructions'
import { fieldNameProblem } from '@/engine/signature/types/field-name'
import { inferPrefix } from '@/engine/signature/label'
import { linearPattern } from '@/lib/linear-pattern'
import { parseSignatureLine } from '@/engine/signature/parse-signature'
import { pythonName } from '@/engine/signature/python-name'
import type { Signature } from '@/engine/signature/signature'
import { parseTypeName } from '@/engine/signature/parse-type-name'
import { looksLikePython } from '@/engine/signature/python/looks-like-python'
import { readPythonSignatures } from '@/engine/signature/python/read-signatures'
import { readDspyState } from '@/export/from-dspy-json'
import { parseJson, type Json } from '@/lib/json'
import { pythonJson, pythonRepr } from '@/lib/python-text'
import { convertCell } from '@/lib/cell-types'
import { readTable } from '@/lib/tabular/table-reader'
import { parseRunFile } from '@/storage/run-file'
import { systemClock } from '@/lib/system-clock'
import { readersOfFiles } from './readers-of-files'
import { field, oneStep } from './toy-programs'
import type { Reader } from './work-ratio'

const types = [
  'str',
  'Any',
  'int',
  'float',
  'bool',
  "Literal['yes', 'no', 3]",
  'Optional[int]',
  "Optional[Literal['yes', 'no']]",
  'list[str]',
  'dict[str, Any]',
  "{'a': int, 'b': list[str]}",
] as const

const signature: Signature = {
  instructions: 'Answer.',
  fields: [
    field('text', 'input'),
    ...(['label', 'score', 'item', 'entry', 'note'] as const).map((name, at) => ({
      ...field(name, 'output'),
      type: parseTypeName(['dict[str, Any]', 'float', 'list[list[Any]]', 'Any', 'str'][at] ?? 'str'),
    })),
  ],
}

/** In pieces of a few letters, as models send them. */
function readWritten(adapter: AdapterId, text: string): void {
  const reader = fieldReader(adapter, signature)
  if (reader) inPieces(text, reader)
}

function inPieces(text: string, reader: { push(piece: string): unknown; end(): unknown }): void {
  for (let at = 0; at < text.length; at += 5) reader.push(text.slice(at, at + 5))
  reader.end()
}

const inSection: Readonly<Record<AdapterId, string>> = {
  chat: '[[ ## label ## ]]\n',
  json: '{"label": ',
  xml: '<label>',
  baml: '{"label": ',
  'two-step': 'label: ',
}

const embedRequest: EmbedRequest = { kind: 'embed', model: 'm', texts: ['a'] }
const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'a' }], settings: {} }
const secret = 'abcd-1234-efgh'
/** One key that begins as the texts of these tests do, one that repeats itself, one that is only a word. */
const masker = createMasker([secret, 'sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaab', 'word'])
const transport = createTransport({
  baseUrl: 'https://models.example/v1',
  fetch: () => Promise.reject(new TypeError('not here')),
  clock: systemClock,
  authorize: () => Promise.resolve(secret),
})
const refused = (body: string, status = 400): EngineError => providerError({ status, body, model: 'm', host: 'models.example', now: 0 })

/** Every function that reads text of a model, a server, a file or a stranger's project: each may throw an error with a sentence, never anything else. */
export const foreignReaders: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries(
    Object.entries(adapters).flatMap(([name, adapter]): [string, Reader][] => [
      [`${name} adapter`, text => adapter.parse(signature, text)],
      [`${name} adapter, in a section`, text => adapter.parse(signature, inSection[adapter.id] + text)],
      [`${name} adapter, while it is written`, text => readWritten(adapter.id, text)],
      [`${name} adapter, in a section while it is written`, text => readWritten(adapter.id, inSection[adapter.id] + text)],
      [`${name} adapter, to the letter`, text => exactAdapters[adapter.id].parse(signature, text)],
      [`${name} adapter, to the letter, in a section`, text => exactAdapters[adapter.id].parse(signature, inSection[adapter.id] + text)],
      [`${name} adapter, prompt of`, text => adapter.format(signature, [{ text, label: text, score: text }], { text })],
      [
        `${name} adapter, prompt read back`,
        text =>
          readPrompt(
            plainMessages(
              adapter.format(signature, [{ text: 'a', label: { a: text }, score: 1, item: [], entry: 1, note: 'a' }], { text }),
            ),
          ),
      ],
    ]),
  ),
  ...Object.fromEntries(types.map(type => [`value of ${type}`, (text: string) => parseValue(parseTypeName(type), text)])),
  ...Object.fromEntries(types.map(type => [`coercion to ${type}`, (text: string) => coerceValue(parseTypeName(type), text)])),
  'Python literal': readPythonLiteral,
  'loose JSON': text => readLooseJson(text, { anywhere: true }),
  'loose JSON, at the start only': text => readLooseJson(text, { anywhere: false }),
  'broken JSON': repairJson,
  'loose object': text => readLooseObject(text, () => false),
  'XML fields': text => readXmlFields(text, new Set(['label', 'item'])),
  'XML children': readXmlChildren,
  'XML entities': decodeXml,
  thoughts: splitThoughts,
  'thoughts in pieces': text => inPieces(text, thoughtReader()),
  'a thought in pieces': text => inPieces(`<think>${text}`, thoughtReader()),
  'events in pieces': text =>
    inPieces(
      text,
      deltaReader(
        () => undefined,
        () => masker,
      ),
    ),
  'an event in pieces': text =>
    inPieces(
      `data: ${JSON.stringify({ choices: [{ delta: { content: text } }] })}\n\n`,
      deltaReader(
        () => undefined,
        () => masker,
      ),
    ),
  'a text without keys, in pieces': text =>
    inPieces(
      text,
      cleanPieces(() => masker),
    ),
  'thoughts, opened in the prompt': text => splitThoughts(`a ${text}</think>\nb`),
  'thoughts, behind a lead': text => splitThoughts(`<think>a</think>${text}`),
  answer: text => answerOf({ text, thoughts: [text] }),
  'value spans': text => valueSpans(text, 0),
  finish: finishOf,
  usage: text => usageFrom(null, request, text),
  vectors: text => decodeVectors(vectorsInText(text)),
  'vectors with a shape': text => decodeVectors(vectorsInText(`1x1 ${text}`)),
  redaction: redact,
  'keys in a text': masker.text,
  'keys in a body': masker.body,
  'keys in a value': text => masker.value({ [text]: [text, jsonOf(text)] }),
  'keys in a message': text => masker.error(new EngineError('lm-server', text, { text })),
  'key, typed': takeKey,
  'body of a response': readBody,
  completion: text => readCompletion(text, request, 1, transport),
  'completion of content': text => readCompletion(JSON.stringify({ choices: [{ message: { content: text } }] }), request, 1, transport),
  'completion of a list': text => readCompletion(`{"choices": [{"message": {"content": [${text}]}}]}`, request, 1, transport),
  'completion with an error': text => readCompletion(`{"error": {"message": ${text}}}`, request, 1, transport),
  'completion with a refusal': text =>
    readCompletion(JSON.stringify({ choices: [{ message: { content: '', refusal: text } }] }), request, 1, transport),
  'completion of tool calls': text =>
    readCompletion(
      JSON.stringify({ choices: [{ message: { content: '', tool_calls: [{ function: { name: text, arguments: text } }] } }] }),
      request,
      1,
      transport,
    ),
  embeddings: text => readEmbeddings(text, embedRequest, 1, transport),
  'embeddings with data': text => readEmbeddings(`{"data": [${text}]}`, embedRequest, 1, transport),
  'error body': text => refused(text),
  'error body of status 500': text => refused(text, 500),
  'error body of status 429': text => refused(text, 429),
  'error body with a message': text => refused(JSON.stringify({ error: { message: text, code: text, type: text } })),
  'error body with a detail': text => refused(`{"detail": [${text}]}`),
  'error body behind a gateway': text => refused(JSON.stringify({ error: { message: 'a', metadata: { raw: text } } })),
  'error body in a page': text => refused(`<html><body>${text}`),
  'words of a gateway': text => withUpstreamError({ error: { message: 'a', metadata: { raw: text } } }),
  refusal: readRefusal,
  'texts of a refusal': refusalTexts,
  'page, told apart': isPage,
  'page, in words': pageText,
  'prompt, as system message': text =>
    readPrompt([
      { role: 'system', content: text },
      { role: 'user', content: text },
    ]),
  'prompt, in one message': text => readPrompt([{ role: 'user', content: `1. \`a\` (str)\n${text}` }]),
  'system message': readSystem,
  'blocks of a prompt': text => blocksOf(text),
  'tools of a prompt': text => splitTools(`${text}\n(1) \`finish\`: done {}`),
  'program of a model': programIn,
  'program of a model, in a fence': text => programIn(`a\n\`\`\`js\n${text}`),
  'outputs of a program, in a prompt': text => submittedIn(`SUBMIT({${text}`),
  'functions of a prompt': text => splitFunctions(`a\n\n${text}`),
  'trajectory of code': text => agentTrajectory(`[[ ## generated_code_0 ## ]]\nprint(a({${text}}))\n[[ ## code_output_0 ## ]]\n${text}`),
  'trajectory of code, in tags': text => agentTrajectory(`<generated_code_0>${text}</generated_code_0>${text}`),
  'block of a model': blockIn,
  'block of a model, in fences': text => blockIn(`\`\`\`\n${text}\n\`\`\`js\n${text}\n\`\`\`\n\`\`\``),
  'turn over variables': text =>
    replPrompt({
      instructions: `a\n\nWork these out: \`a\` (${text}\nIn all, ${text} prompts may be asked`,
      request: { variables_info: `Variable: \`a\`\n${text}`, repl_history: `${text}\nOutput (${text}` },
    }),
  'turn of a conversation': text =>
    conversationTurn(
      {
        ...readPrompt([]),
        outputs: [{ name: 'tool_calls', type: { kind: 'any' }, desc: '' }],
        request: { tools: JSON.stringify([`a: <desc>${text}`, `submit: <desc>a</desc> {${text}}`]) },
      },
      [
        { role: 'assistant', content: `{"tool_calls": [${text}` },
        { role: 'assistant', content: `{"tool_calls": [${text}]}` },
        { role: 'user', content: `{"tool_call_results": [${text}]}` },
        { role: 'user', content: text },
      ],
    ),
  'trajectory in tags': text => trajectoryIn({ trajectory: `<thought_0>a</thought_0>${text}` }),
  'trajectory in blocks': text => trajectoryIn({ trajectory: `[[ ## thought_0 ## ]]\n${text}` }),
  'signature line': parseSignatureLine,
  'signature line, with a default': text => parseSignatureLine(`a = ${text}`),
  'Python text': readPythonSignatures,
  'Python text, in a class': text => readPythonSignatures(`class A(Signature):\n  ${text}`),
  'Python text, in a docstring': text => readPythonSignatures(`class A(Signature):\n  """${text}"""`),
  'Python text, as a field': text => readPythonSignatures(`class A(Signature):\n  a: ${text} = InputField(desc="")`),
  'Python text, in the arguments of a field': text => readPythonSignatures(`class A(Signature):\n  a: str = InputField(${text})`),
  'Python text, as members and models': text =>
    readPythonSignatures(
      `class E(Enum):\n  A = ${text}\nclass M(BaseModel):\n  a: ${text}\nclass A(Signature):\n  m: M = InputField(default=E.A)`,
    ),
  'Python text, told apart': looksLikePython,
  'type name': parseTypeName,
  'pattern of a type': linearPattern,
  'text for a pattern of a type': text => linearTry(text),
  'field name': fieldNameProblem,
  'label of a field': inferPrefix,
  'Python name': text => pythonName(text),
  instructions: cleanInstructions,
  'user source of a metric': text => readUserSource(text, 'metric'),
  'user source of a metric, in a function': text => readUserSource(`function metric() {${text}}`, 'metric'),
  'proposal of an instruction': cleanProposal,
  'instruction in fences': instructionIn,
  'normalised text': normalizeText,
  'tokens of a text': tokensOf,
  'number in a text': numberIn,
  JSON: parseJson,
  'JSON, printed as Python': text => printed(parseJson(text)),
  'CSV file': text => readTable(text, { format: 'csv' }),
  'CSV file with a header': text => readTable(`a,b\n${text}`, { name: 'a.csv' }),
  'TSV file': text => readTable(`a\tb\n${text}`, { name: 'a.tsv' }),
  'JSONL file': text => readTable(text, { format: 'jsonl' }),
  'JSON file': text => readTable(text, { format: 'json' }),
  'JSON file with a list': text => readTable(`[{"a": ${text}`, { format: 'json' }),
  'file of no known kind': text => readTable(text),
  ...Object.fromEntries(
    (['str', 'int', 'float', 'bool', 'json'] as const).map(type => [`cell of ${type}`, (text: string) => convertCell(text, type)]),
  ),
  'DSPy state': text => readDspyState(jsonOf(text), oneStep()),
  'DSPy state with instructions': text =>
    readDspyState({ 'classify.predict': { signature: { instructions: text }, demos: [{ text }] } }, oneStep()),
  'project file': text => parseProjectFile(jsonOf(`{"format": "dspy-studio-project", "schemaVersion": 1, "project": ${text}}`)),
  ...readersOfFiles,
  'run file': text => parseRunFile(jsonOf(`{"format": "dspy-studio-run", "schemaVersion": 1, "run": ${text}}`)),
}

/** The Sandbox compares the parts of a text with each other, and so looks at its beginning only. */
export const costlyReaders: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries(
    Object.entries(adapters).map(([name, adapter]): [string, Reader] => [
      `the Sandbox, asked by the ${name} adapter`,
      text => respond({ ...request, messages: adapter.format(signature, [{ text, label: { a: 1 }, note: text }], { text }) }, 0),
    ]),
  ),
  'the Sandbox, asked in prose': text => respond({ ...request, messages: [{ role: 'user', content: text }] }, 0),
  'the Sandbox, asked for an instruction': text =>
    respond({ ...request, messages: [{ role: 'user', content: `Write an instruction.\n${text}` }] }, 0),
}

function jsonOf(text: string): Json {
  const parsed = parseJson(text)
  return parsed.ok ? parsed.value : null
}

function printed(parsed: ReturnType<typeof parseJson>): string {
  return parsed.ok ? pythonRepr(parsed.value) + pythonJson(parsed.value) : ''
}

function linearTry(text: string): unknown {
  const read = linearPattern('^(a+|[^a]b?)+$')
  return read.ok && read.pattern.isIn(text)
}
