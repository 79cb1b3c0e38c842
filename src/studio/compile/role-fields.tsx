import { isExtracting } from '@/engine/graph/predictors'
import { optimizerKind } from '@/engine/optimizers/registry'
import type { OptimizerKind } from '@/engine/optimizers/kit/optimizer'
import type { ModelSpec } from '@/engine/lm/lm'
import type { MetricSpec } from '@/engine/metrics/metric'
import { asksJudge } from '@/engine/metrics/registry'
import { traitsOf } from '@/engine/providers/registry'
import type { ProjectRoles } from '@/engine/project/project'
import { setRole, type Role } from '@/state/document/edits/project-edits'
import { useProject } from '@/state/document/project-store'
import { FormField } from '@/ui/form-field'
import { Select } from '@/ui/select'
import { describeModel } from './model-words'

/** Which model does what. A role that the chosen optimizer does not ask stays where it is, and says so. */
export function RoleFields() {
  const models = useProject(project => project.models)
  const roles = useProject(project => project.roles)
  const optimizer = useProject(project => project.optimizer)
  const metric = useProject(project => project.metric)
  const asksTwice = useProject(project => isExtracting(project.graph))
  const kind = optimizerKind(optimizer.id)
  const byOptimizer = kind && askedRoles(kind, optimizer.params[optimizer.id] ?? {})
  const byMetric: readonly Role[] = asksJudge(metric) ? [roles.judge === undefined ? 'prompt' : 'judge'] : []
  const asked = byOptimizer && [...byOptimizer, ...byMetric]
  const noteFor = (role: Role): Note | undefined => {
    if (role === 'judge') return judgeNote(metric, models, roles)
    if (role === 'extraction') return asksTwice ? undefined : { kind: 'unused', text: 'Not used: no step answers in two steps.' }
    return kind && asked && noteOf(role, kind, asked)
  }
  return (
    <div className="grid gap-x-5 gap-y-4 sm:grid-cols-2">
      {roleTexts.map(text => (
        <RoleField key={text.role} text={text} models={models} chosen={roles[text.role]} note={noteFor(text.role)} />
      ))}
    </div>
  )
}

interface RoleFieldProps {
  readonly text: RoleText
  readonly models: readonly ModelSpec[]
  readonly chosen: string | undefined
  readonly note: Note | undefined
}

function RoleField({ text: { role, label, help, none }, models, chosen, note }: RoleFieldProps) {
  // Texts are compared by what they mean, which the Sandbox cannot.
  const able = role === 'embedding' ? models.filter(model => traitsOf(model).embeds) : models
  const options = able.map(model => ({ value: model.id, label: model.label, hint: describeModel(model) }))
  const isMissing = note?.kind === 'needed' && chosen === undefined
  const advice =
    able.length === 0 ? 'Add a model with an embeddings API below, and choose it here.' : 'Choose the model to compare texts with.'
  return (
    <FormField
      label={label}
      help={
        <>
          {help}
          {note !== undefined && note.kind !== 'needed' && <span className="block italic">{note.text}</span>}
        </>
      }
      {...(isMissing && { error: `Similarity by embedding needs one. ${advice}` })}
      className={role === 'task' ? 'sm:col-span-2' : undefined}
    >
      <Select
        value={chosen ?? unset}
        onChange={id => setRole(role, id === unset ? undefined : id)}
        options={none === undefined ? options : [{ value: unset, label: none }, ...options]}
      />
    </FormField>
  )
}

interface RoleText {
  readonly role: Role
  readonly label: string
  readonly help: string
  /** What stands for a role without a model; absent where there has to be one. */
  readonly none?: string
}

const roleTexts: readonly RoleText[] = [
  { role: 'task', label: 'Task LM', help: 'Runs the program, whichever optimizer compiles it.' },
  { role: 'prompt', label: 'Prompt LM', help: 'Writes instructions and rules for MIPROv2, COPRO, SIMBA and InferRules.' },
  {
    role: 'reflection',
    label: 'Reflection LM',
    help: 'Reads traces and feedback for GEPA, and rewrites instructions.',
    none: 'Same as the prompt LM',
  },
  {
    role: 'teacher',
    label: 'Teacher LM',
    help: 'Answers train rows for every optimizer that bootstraps demos, and a share of them for SIMBA.',
    none: 'Same as the task LM',
  },
  {
    role: 'judge',
    label: 'Judge LM',
    help: 'Grades answers, where the metric asks a model. A stronger model than the task LM judges best.',
    none: 'Same as the prompt LM',
  },
  {
    role: 'extraction',
    label: 'Extraction LM',
    help: 'Reads the fields out of answers in plain words, for steps with the adapter “Two steps”. A small model does.',
    none: 'Whoever wrote the answer',
  },
  {
    role: 'embedding',
    label: 'Embedding model',
    help: 'Compares texts for nearest-neighbour few-shot, when its similarity is by embedding.',
    none: 'None',
  },
]

type Note = { readonly kind: 'needed' } | { readonly kind: 'unused' | 'caution'; readonly text: string }

/** The metric decides whether there is anything to judge. */
function judgeNote(metric: MetricSpec, models: readonly ModelSpec[], { judge, prompt }: ProjectRoles): Note | undefined {
  if (!asksJudge(metric)) return { kind: 'unused', text: 'Not used: the metric asks no model.' }
  const model = models.find(({ id }) => id === (judge ?? prompt))
  if (model === undefined || traitsOf(model).isLanguageModel) return undefined
  return { kind: 'caution', text: `The ${model.label} only compares words. Choose a language model for a judgement.` }
}

function noteOf(role: Role, kind: OptimizerKind, asked: readonly Role[]): Note | undefined {
  if (role === 'embedding' && asked.includes(role)) return { kind: 'needed' }
  if (role === 'task' || asked.includes(role)) return undefined
  const isLexical = role === 'embedding' && 'vectorizer' in kind.params.shape
  return { kind: 'unused', text: isLexical ? 'Not used while similarity is lexical.' : `Not used by ${kind.title}.` }
}

/** Undefined while its settings are half set. */
function askedRoles(kind: OptimizerKind, params: object): readonly (keyof ProjectRoles)[] | undefined {
  const parsed = kind.params.safeParse(params)
  return parsed.success ? kind.roles(parsed.data) : undefined
}

const unset = 'unset'
