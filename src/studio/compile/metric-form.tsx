import { Plus, Trash2 } from 'lucide-react'
import { useMemo } from 'react'
import { z } from 'zod'
import { programOutputs } from '@/engine/program/ends'
import type { MetricKind, MetricSpec } from '@/engine/metrics/metric'
import { metricKind, metricKinds } from '@/engine/metrics/registry'
import type { JsonObject } from '@/lib/json'
import { wholePercent } from '@/lib/percent'
import { unknownWords } from '@/state/document/unknown-kinds'
import { useProject } from '@/state/document/project-store'
import { Button } from '@/ui/button'
import { CodeEditor } from '@/ui/code-editor'
import { FormField } from '@/ui/form-field'
import { IconButton } from '@/ui/icon-button'
import { NumberInput } from '@/ui/number-input'
import { SchemaForm } from '@/ui/schema-form'
import { schemaProperties } from '@/ui/schema-properties'
import { Select } from '@/ui/select'
import { otherMetric, newPart, readParts, type MetricPart } from './metric-parts'

interface MetricFormProps {
  readonly metric: MetricSpec
  readonly onChange: (metric: MetricSpec) => void
  /** A part of a sum is no sum itself. */
  readonly isPart?: boolean
}

/** Chooses a metric and its settings; a weighted sum holds more of these. */
export function MetricForm({ metric, onChange, isPart = false }: MetricFormProps) {
  const graph = useProject(project => project.graph)
  const outputs = useMemo(() => programOutputs(graph).map(field => field.name), [graph])
  const kinds = metricKinds.filter(kind => !isPart || kind.parts === undefined)
  const known = metricKind(metric.kind)
  const { code, metrics: parts } = useMemo(() => ownControls(known), [known])
  // A part of a sum has no memory of its own.
  const kept = useProject(project => (isPart ? undefined : project.otherMetrics))
  const setParams = (params: JsonObject) => onChange({ kind: metric.kind, params })
  return (
    <div className="flex flex-col gap-4">
      <FormField
        label="Metric"
        help={known?.help}
        error={known === undefined ? `${unknownWords('metric', metric.kind)} Choose another one.` : undefined}
      >
        <Select
          value={metric.kind}
          onChange={kind => onChange(kept?.[kind] ? { kind, params: kept[kind] } : otherMetric(kind, outputs, metric.params))}
          options={kinds.map(kind => ({ value: kind.id, label: kind.title }))}
          className="max-w-72"
        />
      </FormField>
      {'field' in (known?.params.shape ?? {}) && (
        <FormField
          label="Output to score"
          help="The row's label of the same name holds the right answer."
          error={outputs.includes(String(metric.params['field'])) ? undefined : 'The program has no such output. Choose one.'}
        >
          <Select
            value={typeof metric.params['field'] === 'string' ? metric.params['field'] : undefined}
            onChange={field => setParams({ ...metric.params, field })}
            options={outputs.map(name => ({ value: name, label: name }))}
            className="max-w-72"
          />
        </FormField>
      )}
      {code !== undefined && (
        <CodeMetric source={String(metric.params[code] ?? '')} onChange={source => setParams({ ...metric.params, [code]: source })} />
      )}
      {parts !== undefined && (
        <PartsEditor
          parts={readParts(metric.params[parts])}
          outputs={outputs}
          onChange={next => setParams({ ...metric.params, [parts]: next.map(part => ({ ...part })) })}
        />
      )}
      {known && <OtherParams kind={known} metric={metric} onChange={setParams} />}
    </div>
  )
}

/** The settings of a kind that this form has a control for, by the widget they ask for. */
function ownControls(kind: MetricKind | undefined): Readonly<Partial<Record<'code' | 'metrics', string>>> {
  const properties = kind ? schemaProperties(kind.params) : []
  const named = (widget: string): string | undefined => properties.find(property => property.widget === widget)?.key
  const [code, metrics] = [named('code'), named('metrics')]
  return { ...(code !== undefined && { code }), ...(metrics !== undefined && { metrics }) }
}

interface OtherParamsProps {
  readonly kind: MetricKind
  readonly metric: MetricSpec
  readonly onChange: (params: JsonObject) => void
}

/** What a kind takes beside the output it looks at and what has a control of its own. */
function OtherParams({ kind, metric, onChange }: OtherParamsProps) {
  const { params } = kind
  const { elsewhere, schema } = useMemo(() => {
    const { code, metrics } = ownControls(kind)
    const keys = Object.keys(params.shape).filter(key => key === 'field' || key === code || key === metrics)
    const shape = Object.entries(params.shape).filter(([key]) => !keys.includes(key))
    return { elsewhere: keys, schema: z.object(Object.fromEntries(shape)) }
  }, [kind, params])
  if (Object.keys(schema.shape).length === 0) return null
  return (
    <SchemaForm
      schema={schema}
      value={metric.params}
      // The form hands back what it was given, changed by values its controls make: all of it JSON.
      onChange={value =>
        onChange({
          ...(value as JsonObject),
          ...Object.fromEntries(Object.entries(metric.params).filter(([key]) => elsewhere.includes(key))),
        })
      }
    />
  )
}

function CodeMetric({ source, onChange }: { readonly source: string; readonly onChange: (source: string) => void }) {
  return (
    <FormField
      label="Source"
      help="Runs with no network and no access to this page, two seconds a row. Return a number from 0 to 1, true or false, or { score, feedback }."
    >
      <CodeEditor label="Metric source" language="javascript" value={source} onChange={onChange} minHeight={160} />
    </FormField>
  )
}

interface PartsEditorProps {
  readonly parts: readonly MetricPart[]
  readonly outputs: readonly string[]
  readonly onChange: (parts: readonly MetricPart[]) => void
}

function PartsEditor({ parts, outputs, onChange }: PartsEditorProps) {
  const total = parts.reduce((sum, part) => sum + part.weight, 0)
  const replace = (at: number, part: MetricPart) => onChange(parts.map((one, index) => (index === at ? part : one)))
  return (
    <div className="flex flex-col gap-3">
      {parts.map((part, index) => (
        // Parts have no identity but their place.
        <fieldset key={index} className="rounded-lg border border-line bg-sunken p-3">
          <legend className="sr-only">Part {index + 1}</legend>
          <div className="mb-3 flex items-end gap-3">
            <FormField label={`Weight of part ${index + 1}`} className="w-40">
              <NumberInput
                value={part.weight}
                min={0.01}
                step={0.5}
                onChange={weight => replace(index, { ...part, weight: weight ?? 1 })}
              />
            </FormField>
            <p className="flex-1 pb-1 text-sm text-faint tabular">{total > 0 ? `${wholePercent(part.weight / total)} of the score` : ''}</p>
            <IconButton
              label={`Remove part ${index + 1}`}
              icon={<Trash2 />}
              disabled={parts.length === 1}
              onClick={() => onChange(parts.filter((_, at) => at !== index))}
            />
          </div>
          <MetricForm isPart metric={part} onChange={metric => replace(index, { ...metric, weight: part.weight })} />
        </fieldset>
      ))}
      <Button icon={<Plus />} className="self-start" onClick={() => onChange([...parts, newPart(outputs)])}>
        Add part
      </Button>
    </div>
  )
}
