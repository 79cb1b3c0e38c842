import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { completeState } from '@/engine/graph/default-state'
import type { Program, ProgramGraph } from '@/engine/program/program'
import { predictorsOf } from '@/engine/graph/predictors'
import { stepOf } from '@/engine/modules/registry'
import { voteProgram } from '@/engine/modules/vote-program'
import { pythonName } from '@/engine/signature/python-name'
import { printSignatureLine } from '@/engine/signature/print-signature'
import { parseTypeName } from '@/engine/signature/parse-type-name'
import { isJsonObject, parseJson, type JsonObject } from '@/lib/json'
import { dspyPython } from '@/testing/dspy-python'
import { agentStep, edge, field, inputNode, oneStep, outputNode, signatureNode, twoSteps, voteOf } from '@/testing/toy-programs'
import { plainState } from './plain-state'
import { readDspyState } from './from-dspy-json'
import { dspyState } from './to-dspy-json'

/** Each version that people have; `python` is undefined only where there is none, see `dspyPython`. */
const pythons = (['3.3.1', '3.4.1'] as const).map(version => ({ version, python: dspyPython(version) }))

const withState = (program: Program, state: Program['state']): Program => ({ ...program, state: completeState(program.graph, state) })

const demos = {
  labelled: { text: 'order 2 for item "blin"', label: 'green' },
  augmented: { augmented: true, text: 'order 1', label: 'red' },
  incomplete: { text: 'only the text' },
}

const rich: Program = (() => {
  const fields = [
    field('document', 'input'),
    field('limits', 'input', parseTypeName('dict[str, int]')),
    { ...field('labels', 'output', parseTypeName("list[Literal['red', 'dark blue']]")), desc: 'Farben – 色, "quoted"' },
    field('facts', 'output', parseTypeName('list[dict[str, Any]]')),
    field('score', 'output', parseTypeName('float')),
    field('sure', 'output', parseTypeName('Optional[bool]')),
  ]
  const graph = {
    nodes: [
      inputNode(field('document', 'output'), field('limits', 'output', parseTypeName('dict[str, int]'))),
      signatureNode('read', 'Read all', fields),
      outputNode(field('score', 'input', parseTypeName('float'))),
    ],
    edges: [edge('in.document', 'read.document'), edge('in.limits', 'read.limits'), edge('read.score', 'out.score')],
  }
  const demo = {
    augmented: true,
    document: 'Zeile eins\nZeile zwei\t日本語 😀 \u2028 "so"',
    limits: { a: 1, b: -2 },
    labels: ['red', 'dark blue'],
    facts: [{ who: 'é', n: 1.5, deep: { list: [1, [2, null]], ok: true } }],
    score: 0.1,
    sure: null,
  }
  return withState(
    { graph, state: {} },
    { read: { instructions: 'Lies alles.\n\nÜber 日本 – "genau" \\ {x}', demos: [demo, { document: 'x', labels: [] }] } },
  )
})()

/** As the studio renames steps: the labels decide the names in the file, the ids stay. */
const renamed: Program = (() => {
  const { graph } = twoSteps()
  const names: Record<string, string> = { extract: 'Find the keyword!', classify: 'Class' }
  return withState(
    { graph: { ...graph, nodes: graph.nodes.map(node => ({ ...node, name: names[node.id] ?? node.name })) }, state: {} },
    {
      extract: { instructions: 'Find it.', demos: [{ augmented: true, text: 'order 1 for item zorp', keyword: 'zorp' }] },
      classify: {
        instructions: 'Name it.',
        demos: [
          { augmented: true, keyword: 'zorp', reasoning: 'Known.', label: 'red' },
          { text: 'a row', label: 'red' },
        ],
      },
    },
  )
})()

const cases: Readonly<Record<string, Program>> = {
  'one Predict': withState(oneStep(), { classify: { instructions: 'Name the colour.', demos: Object.values(demos) } }),
  'one ChainOfThought': withState(oneStep('chain-of-thought'), {
    classify: { instructions: 'Think, then name it.', demos: [{ ...demos.augmented, reasoning: 'Because.' }, demos.labelled] },
  }),
  'an empty state': withState(oneStep(), {}),
  'two steps with renamed nodes': renamed,
  'lists, objects, enums, numbers and every script': rich,
  'a pool of demos to pick from': withState(oneStep(), {
    classify: { instructions: 'Name the colour.', demos: [demos.augmented, demos.labelled], nearest: { k: 1 } },
  }),
  'an agent': withState(agentStep(), {
    'classify.react': {
      instructions: 'Look the word up first.',
      demos: [
        {
          augmented: true,
          text: 'order 1 for item zorp',
          trajectory: '',
          next_thought: 'Unknown.',
          next_tool_name: 'lookup',
          next_tool_args: { word: 'zorp' },
        },
      ],
    },
    'classify.extract': { instructions: 'Say what was found.', demos: [{ ...demos.augmented, trajectory: 'seen', reasoning: 'Seen.' }] },
  }),
  'the best of several attempts': withState(oneStep('best-of-n'), {
    'classify.module': { instructions: 'Name the colour.', demos: [{ ...demos.augmented, reasoning: 'So.' }] },
  }),
  'refined attempts': withState(oneStep('refine'), { 'classify.module': { instructions: 'Name the colour, then look again.', demos: [] } }),
  'compared chains': withState(oneStep('multi-chain-comparison', {}, { M: 3 }), {
    classify: { instructions: 'Compare them.', demos: [] },
  }),
  'a program that is a vote': voteProgram(
    oneStep().graph,
    [{ classify: { instructions: 'The best.', demos: [demos.augmented] } }, { classify: { instructions: 'Another.', demos: [] } }],
    'majority',
  ),
  'votes among other steps, and within each other': (() => {
    const inner = voteOf([oneStep('chain-of-thought'), voteOf([oneStep(), twoSteps()])])
    const last = signatureNode('last', 'Last word', [field('label', 'input'), field('why', 'output')])
    const nodes = inner.graph.nodes.flatMap(node => (node.kind === 'output' ? [last, outputNode(field('why', 'input'))] : [node]))
    const edges = [edge('in.text', 'vote.text'), edge('vote.label', 'last.label'), edge('last.why', 'out.why')]
    return withState(
      { graph: { nodes, edges }, state: {} },
      { 'vote/b2/vote/b2/extract': { instructions: 'Deep inside.', demos: [{ text: 'a', keyword: 'b' }] } },
    )
  })(),
}

/** Builds the modules by name, loads each file, and saves it again. */
const script = `
import json, sys, tempfile, os, typing
import dspy
def lookup(word: str) -> str:
    """The colour of a word."""
    return word
def reward(args, pred):
    return 1.0
def module(part):
    name, signature = part["module"], part["signature"]
    if name == "react":
        return dspy.ReAct(signature, tools=[lookup], max_iters=4)
    if name in ("best-of-n", "refine"):
        kind = dspy.BestOfN if name == "best-of-n" else dspy.Refine
        return kind(module=dspy.ChainOfThought(signature), N=3, reward_fn=reward, threshold=1.0)
    if name == "multi-chain-comparison":
        return dspy.MultiChainComparison(signature, M=3)
    return dspy.ChainOfThought(signature) if name == "chain-of-thought" else dspy.Predict(signature)
def program_of(parts):
    class Program(dspy.Module):
        def __init__(self):
            super().__init__()
            for part in parts:
                setattr(self, part["attribute"], ensemble(part) if "programs" in part else module(part))
    if len(parts) == 1 and "programs" in parts[0]:
        return ensemble(parts[0])
    return Program()
def ensemble(part):
    return dspy.Ensemble(reduce_fn=dspy.majority).compile([program_of(parts) for parts in part["programs"]])
def run(case):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "in.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(case["text"])
    program = program_of(case["parts"])
    program.load(path)
    out = os.path.join(folder, "out.json")
    program.save(out)
    seen = {name: {"instructions": p.signature.instructions, "demos": [dict(d) for d in p.demos], "fields": [f.json_schema_extra["desc"] for f in p.signature.fields.values()]} for name, p in program.named_predictors()}
    bare = None
    if len(case["parts"]) == 1 and "programs" not in case["parts"][0]:
        module_alone = module(case["parts"][0])
        module_alone.load(path)
        bare = [{"instructions": p.signature.instructions, "demos": [dict(d) for d in p.demos]} for p in module_alone.predictors()]
    return {"bare": bare, "saved": open(out, encoding="utf-8").read(), "seen": seen, "version": dspy.__version__}
json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
`

/** A file rather than a line: DSPy's Refine reads the source of the reward function. */
function scriptFile(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'dspy-studio-')), 'load.py')
  writeFileSync(file, script)
  return file
}

describe.each(pythons)('our state file in DSPy $version', ({ version, python }) => {
  it.skipIf(!python)(
    'is loaded as it stands, by the module alone as well, and what DSPy saves comes back to us the same',
    { timeout: 120_000 },
    () => {
      const programs = Object.values(cases)
      const sent = programs.map(program => ({ parts: partsOf(program.graph), text: JSON.stringify(dspyState(program)) }))
      const child = spawnSync(python ?? '', [scriptFile()], { input: JSON.stringify(sent), encoding: 'utf8', maxBuffer: 1e8 })
      expect(child.stderr).not.toMatch(/Traceback/)
      const parsed = parseJson(child.stdout)
      const results = parsed.ok && Array.isArray(parsed.value) ? parsed.value : []
      expect(results).toHaveLength(programs.length)
      for (const [index, name] of Object.keys(cases).entries()) {
        const program = programs[index]
        const result = results[index]
        if (!program || !isJsonObject(result)) throw new Error(name)
        expect(result['version']).toBe(version)
        const saved = parseJson(String(result['saved']))
        if (!saved.ok) throw new Error(saved.reason)
        const plain = plainState(program)
        // Everything but the metadata comes out of DSPy as it went in.
        expect({ name, file: withoutMetadata(saved.value) }).toEqual({ name, file: knownToDspy(program) })
        expect({ name, ...readDspyState(saved.value, withState(program, {})) }).toEqual({
          name,
          graph: program.graph,
          state: plain,
          models: [],
          notCarried: [],
          hasSameFields: true,
        })
        const own = predictorsOf(program.graph).filter(({ isOnlyHere }) => !isOnlyHere)
        expect({ name, bare: result['bare'] }).toEqual({
          name,
          bare:
            result['bare'] === null
              ? null
              : own.map(({ id, signature }) => ({ instructions: signature(plain).instructions, demos: plain[id]?.demos ?? [] })),
        })
        for (const predictor of predictorsOf(program.graph).filter(({ isOnlyHere }) => !isOnlyHere)) {
          const { seen } = result
          expect(isJsonObject(seen) && seen[predictor.dspyName]).toMatchObject({
            instructions: predictor.signature(plain).instructions,
            demos: plain[predictor.id]?.demos,
          })
        }
      }
    },
  )
})

/** The modules of a program by the attributes they are; a vote is the programs it is of. */
function partsOf(graph: ProgramGraph): readonly JsonObject[] {
  const taken = new Set<string>()
  return graph.nodes.flatMap((node): readonly JsonObject[] => {
    const step = stepOf(node)
    if (step === undefined) return []
    const attribute = pythonName(node.name, taken)
    taken.add(attribute)
    const bodies = step.bodies()
    if (bodies.length > 0) return [{ attribute, programs: bodies.map(({ body }) => partsOf(body.graph)) }]
    return [{ attribute, module: step.id, signature: printSignatureLine(node.fields) }]
  })
}

/** What DSPy keeps of our file: its own predictors. */
function knownToDspy(program: Program): unknown {
  const file = dspyState(program)
  return Object.fromEntries(
    predictorsOf(program.graph).flatMap(({ dspyName, isOnlyHere }) => (isOnlyHere ? [] : [[dspyName, file[dspyName]]])),
  )
}

function withoutMetadata(file: unknown): unknown {
  const { metadata: _metadata, ...rest } = file as JsonObject
  return rest
}
