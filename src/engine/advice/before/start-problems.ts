import { distinctBy } from '@/lib/distinct-by'
import type { Example } from '../../base/example'
import { guessMapping, labelNames, unmappedInputs } from '../../data/mapping'
import { splits, type Split } from '../../data/split'
import { typesOfOutputs } from '../../graph/ports'
import { mergedLabels, mergedSentence } from '../../metrics/merged-labels'
import { metricLabels } from '../../metrics/registry'
import { programOutputs } from '../../program/ends'
import type { Column, Mapping, Project } from '../../project/project'
import type { RunSpec, SplitName } from '../../record/spec'
import type { TrainAndVal } from '../../optimizers/kit/optimizer'
import type { Field } from '../../signature/signature'
import { likelyOptions } from '../../data/literal-values'
import { labelProblems } from './label-problems'
import type { Json } from '@/lib/json'
import type { MetricSpec } from '../../metrics/metric'
import { changedMetric, fieldMetrics, isKnownThroughout, type FieldMetric } from './metric-leaves'
import { countIn, rowsIn, rowSurveyor, type RowSurvey } from './row-survey'
import { fileProblems } from './file-limits'
import { splitProblems } from './split-problems'
import type { StartFix, StartProblem } from './start-problem'
import { quoted, rowWords } from './words'

type Scored = Pick<Project, 'graph' | 'mapping' | 'metric'>

export interface StartQuestion {
  readonly project: Scored & Pick<Project, 'split' | 'optimizer'>
  readonly columns: readonly Column[]
  readonly kind: 'compile' | 'evaluate'
  /** What an evaluation scores; a compile scores val, or train where there is no val split. */
  readonly split: SplitName
  /** Where the models are that the steps ask. */
  readonly addresses?: readonly string[]
}

/**
 * What is certain or likely to make a run come to nothing, each with what mends it: a column that is missing, splits without rows, labels
 * that no answer can equal. Those that stop it come first. Pure of its arguments, at a cost that grows with the different labels only.
 */
export function startProblems(
  { project, columns, kind, split, addresses = [] }: StartQuestion,
  survey: RowSurvey,
): readonly StartProblem[] {
  const { graph, mapping, optimizer, split: shares } = project
  const chosen = { id: optimizer.id, params: optimizer.params[optimizer.id] ?? {} }
  const ids = rowsIn(survey.rows, splits)
  const missing = [
    ...inputColumns(project, columns),
    ...labelColumns(project, columns, labelNames(graph, columns, mapping)),
    ...splitProblems({ kind, scored: kind === 'compile' ? 'val' : split, graph, optimizer: chosen, split: shares, ids }),
  ]
  if (missing.length > 0) return missing
  if (kind === 'evaluate') {
    const scored = split === 'all' ? splits : [split]
    return rowProblems(project, survey, { read: scored, scored, addresses })
  }
  return rowProblems(project, survey, { read: ['train', 'val'], scored: survey.rows.val.length > 0 ? ['val'] : ['train'], addresses })
}

/** The same for a run whose rows are dealt already, as on a command line: of an evaluation, `val` are the rows to score. */
export function problemsOfRun(
  { kind, graph, metric, models }: Pick<RunSpec, 'kind' | 'graph' | 'metric'> & Partial<Pick<RunSpec, 'models'>>,
  { train, val }: TrainAndVal<readonly Example[]>,
): readonly StartProblem[] {
  if (kind === 'row' || metric === undefined) return []
  const project: Scored = { graph, metric, mapping: { inputs: {}, labels: {} } }
  const { add, survey } = rowSurveyor(graph)
  add('train', train)
  add('val', val)
  const known = new Set([...train, ...val].flatMap(({ labels }) => Object.keys(labels)))
  const missing = labelColumns(project, [], known)
  const asked = models ? [models.task, ...Object.values(models.overrides)] : []
  const addresses = asked.flatMap(({ baseUrl }) => (baseUrl === undefined ? [] : [baseUrl]))
  const scored: readonly Split[] = val.length > 0 ? ['val'] : ['train']
  return missing.length > 0
    ? missing
    : rowProblems(project, survey(), { read: kind === 'compile' ? ['train', 'val'] : scored, scored, addresses })
}

interface RowsOfRun {
  /** Splits whose rows the run reads, and those whose rows it scores. */
  readonly read: readonly Split[]
  readonly scored: readonly Split[]
  readonly addresses: readonly string[]
}

function rowProblems(project: Scored, survey: RowSurvey, rows: RowsOfRun): readonly StartProblem[] {
  const { graph, mapping, metric } = project
  const typeOf = typesOfOutputs(graph)
  const parts = fieldMetrics(metric, typeOf)
  const leaves = distinctBy(parts, ({ field }) => field).flatMap(({ field }) =>
    together(
      parts.filter(part => part.field === field),
      metric,
    ),
  )
  const fields = new Map(programOutputs(graph).map(field => [field.name, field.id]))
  const labels = leaves.flatMap(leaf => {
    const values = survey.labels.get(leaf.field)
    if (values === undefined) return []
    const field = fields.get(leaf.field)
    const column = field === undefined ? undefined : mapping.labels[field]
    const isWhole = leaves.length === 1 && isKnownThroughout(metric)
    return labelProblems({ metric: leaf, isWhole, type: typeOf(leaf.field), values, ...rows, field, column })
  })
  const outputs = leaves.map(leaf => leaf.field)
  const found = [
    ...labels,
    ...mergedProblem(project, survey, rows.read),
    ...inputProblems(project, survey, { read: rows.read, outputs }),
    ...fileProblems(
      survey.files.filter(file => rows.read.includes(file.split)),
      rows.addresses,
    ),
  ]
  return found.toSorted((one, other) => Number(other.severity === 'stop') - Number(one.severity === 'stop'))
}

/** Parts of a sum that compare the same output, as one: a label is in reach where any of them can give points for it. */
function together(parts: readonly FieldMetric[], whole: MetricSpec): readonly FieldMetric[] {
  const [first, ...others] = parts
  if (first === undefined || others.length === 0) return parts
  const reaches = parts.flatMap(({ reach }) => reach ?? [])
  const reach = reaches.length < parts.length ? undefined : (label: Json): boolean => reaches.some(isReached => isReached(label))
  return [{ spec: whole, field: first.field, ...(reach && { reach }) }]
}

function inputColumns(project: Scored, columns: readonly Column[]): readonly StartProblem[] {
  return unmappedInputs(project.graph, columns, project.mapping).map(field => ({
    id: 'no-column',
    severity: 'stop',
    message: `No column feeds the program's input "${field.name}".`,
    advice: `Map one of the columns to it: ${columns.map(({ name }) => name).join(', ')}.`,
    fixes: mappingFixes(project, columns, { field, side: 'inputs' }),
  }))
}

/** Labels of the metric that no column gives, and outputs it names that the program does not have. */
function labelColumns(project: Scored, columns: readonly Column[], known: ReadonlySet<string>): readonly StartProblem[] {
  const outputs = programOutputs(project.graph)
  const names = new Set([...fieldMetrics(project.metric, () => undefined).map(leaf => leaf.field), ...metricLabels(project.metric)])
  return [...names].flatMap((name): readonly StartProblem[] => {
    const field = outputs.find(output => output.name === name)
    if (field === undefined) return [noOutput(project, name, outputs)]
    if (known.has(name)) return []
    return [
      {
        id: 'no-label',
        severity: 'stop',
        message: `The metric compares "${name}" with a label, and no column of the dataset gives it.`,
        advice: 'Map a column to it, or choose another metric.',
        fixes: mappingFixes(project, columns, { field, side: 'labels' }),
      },
    ]
  })
}

function noOutput({ metric }: Pick<Project, 'metric'>, name: string, outputs: readonly Field[]): StartProblem {
  const likely = likelyOptions(outputs.map(output => output.name))(name)?.option
  const named = likely === undefined ? outputs.slice(0, 3) : outputs.filter(output => output.name === likely)
  const fixes = named.map((output): StartFix => {
    const change = changedMetric(metric, params => (params['field'] === name ? { ...params, field: output.name } : params))
    return { kind: 'set-metric', metric: change, words: `Score "${output.name}"` }
  })
  return {
    id: 'no-output',
    severity: 'stop',
    message: `The metric scores "${name}", which the program does not return.`,
    advice: `It returns ${outputs.map(output => output.name).join(', ')}.`,
    fixes,
  }
}

/** The column that is likely meant, by its name, where nothing else uses it; and the place where another is chosen. */
function mappingFixes(
  { graph, mapping }: Pick<Project, 'graph' | 'mapping'>,
  columns: readonly Column[],
  { field, side }: { readonly field: Field; readonly side: keyof Mapping },
): readonly StartFix[] {
  const ids = new Set(columns.map(({ id }) => id))
  const used = new Set([...Object.values(mapping.inputs), ...Object.values(mapping.labels)])
  const likely = guessMapping(graph, columns)[side][field.id]
  const free = columns.filter(({ id }) => !used.has(id))
  // The last column left is taken for granted for nothing: it may be a number of the row.
  const column =
    columns.find(({ id }) => id === likely && ids.has(id) && !used.has(id)) ?? free.find(({ name }) => likelyOptions([name])(field.name))
  return [
    ...(column
      ? [{ kind: 'map-column', side, field: field.id, column: column.id, words: `Use the column "${column.name}"` } as const]
      : []),
    { kind: 'open-mapping', field: field.id, words: 'Choose a column' },
  ]
}

function mergedProblem({ metric, graph }: Scored, { labels }: RowSurvey, read: readonly Split[]): readonly StartProblem[] {
  const examples = [...labels].flatMap(([output, values]) =>
    values.filter(({ rows }) => countIn(rows, read) > 0).map(({ value }) => ({ labels: { [output]: value } })),
  )
  const message = mergedSentence(mergedLabels(metric, examples, typesOfOutputs(graph)))
  if (message === undefined) return []
  const apart = changedMetric(metric, params => (params['rule'] === 'dspy' ? { ...params, rule: 'distinct' } : params))
  return [
    {
      id: 'merged-labels',
      severity: 'warning',
      message,
      advice: 'Choose the comparison "distinct" in the metric to tell them apart.',
      fixes: [{ kind: 'set-metric', metric: apart, words: 'Tell them apart' }],
    },
  ]
}

function inputProblems(
  { graph, mapping }: Scored,
  { rows, emptyInputs, sameAsLabel }: RowSurvey,
  { read, outputs }: { readonly read: readonly Split[]; readonly outputs: readonly string[] },
): readonly StartProblem[] {
  const total = countIn(rows, read)
  const idOf = new Map(
    graph.nodes.flatMap(node => (node.kind === 'input' ? node.fields.map(field => [field.name, field.id] as const) : [])),
  )
  const choose = (input: string): readonly StartFix[] => {
    const field = idOf.get(input)
    return field !== undefined && mapping.inputs[field] !== undefined
      ? [{ kind: 'open-mapping', field, words: 'Choose another column' }]
      : []
  }
  const empty = [...emptyInputs].flatMap(([input, of]): readonly StartProblem[] => {
    const count = countIn(of, read)
    if (total === 0 || count * 2 < total) return []
    const show: readonly StartFix[] = count === total ? [] : [{ kind: 'show-rows', rows: rowsIn(of, read), words: 'Show these rows' }]
    return [
      {
        id: 'empty-inputs',
        severity: 'warning',
        message: `The input "${input}" is empty in ${count === total ? `all ${rowWords(total)}` : `${count} of ${rowWords(total)}`}: the program has nothing to read there.`,
        advice: 'Choose another column, fill in the cells, or make the input optional.',
        fixes: [...show, ...choose(input)],
      },
    ]
  })
  const told = sameAsLabel.flatMap(({ input, output, rows: same }): readonly StartProblem[] => {
    if (!outputs.includes(output) || total < fewRows || countIn(same, read) < total * mostRows) return []
    return [
      {
        id: 'answer-in-input',
        severity: 'warning',
        message: `The input ${quoted(input)} holds the right answer of ${quoted(output)} itself, so the score says nothing.`,
        advice: 'Choose another column for one of them.',
        fixes: choose(input),
      },
    ]
  })
  return [...empty, ...told]
}

const fewRows = 3
const mostRows = 0.9
