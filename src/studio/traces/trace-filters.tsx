import { ListFilter } from 'lucide-react'
import { useMemo } from 'react'
import type { ErrorJson } from '@/engine/base/errors'
import { predictorsOf } from '@/engine/graph/predictors'
import type { CandidateId } from '@/engine/program/program'
import { errorWords, outcomeOf, outcomes, type Outcome } from '@/state/runs/outcome'
import { openTraceFilter, setRunPage, setTraceFilter, useRunPage, type TraceFilter } from '@/state/runs/run-page'
import { stopNames, stopsOf } from '@/engine/trace/stops'
import type { RunRecord, StoredRollout } from '@/storage/records'
import { Button } from '@/ui/button'
import { Checkbox } from '@/ui/checkbox'
import { FormField } from '@/ui/form-field'
import { Popover } from '@/ui/popover'
import { Select } from '@/ui/select'
import { activeFilterCount, errorCodes, fallbackCount } from './trace-filter'
import { purposeNames } from './trace-words'

interface TraceFiltersProps {
  readonly record: RunRecord
  readonly rollouts: readonly StoredRollout[]
  readonly labels: ReadonlyMap<CandidateId, string>
}

/** Narrows the list: only what the run's rollouts hold is offered. */
export function TraceFilters({ record, rollouts, labels }: TraceFiltersProps) {
  const { trace: filter } = useRunPage(record.id)
  const found = useMemo(() => facets(rollouts), [rollouts])
  const count = activeFilterCount(filter)
  const set = (patch: Partial<TraceFilter>) => setTraceFilter(record.id, patch)
  const predictors = predictorsOf(record.spec.graph)
  return (
    <Popover
      label="Filters"
      align="end"
      trigger={
        <Button icon={<ListFilter />} aria-label={count === 0 ? 'Filters' : `Filters, ${count} set`}>
          {count > 0 && count}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <FormField label="Outcome">
          <Select
            value={filter.outcome}
            onChange={outcome => set({ outcome })}
            options={[
              { value: 'all' as const, label: 'All' },
              ...outcomes.filter(each => found.outcomes.has(each)).map(each => ({ value: each, label: outcomeNames[each] })),
            ]}
          />
        </FormField>
        {record.kind === 'compile' && (
          <>
            <FormField label="Candidate">
              <Select
                value={filter.candidate ?? 'all'}
                onChange={candidate => set({ candidate: candidate === 'all' ? undefined : candidate, batch: undefined })}
                options={[
                  { value: 'all', label: 'All' },
                  ...[...labels].filter(([id]) => found.candidates.has(id)).map(([value, label]) => ({ value, label })),
                ]}
              />
            </FormField>
            <FormField label="Ran for">
              <Select
                value={filter.purpose}
                onChange={purpose => set({ purpose, batch: undefined })}
                options={[
                  { value: 'all' as const, label: 'All' },
                  ...[...found.purposes].map(value => ({ value, label: purposeNames[value] })),
                ]}
              />
            </FormField>
          </>
        )}
        {predictors.length > 1 && (
          <FormField label="Step" help="With answers below: those of this step alone.">
            <Select
              value={filter.predictor ?? 'all'}
              onChange={predictor => set({ predictor: predictor === 'all' ? undefined : predictor })}
              options={[{ value: 'all', label: 'All' }, ...predictors.map(({ id, node }) => ({ value: id, label: node.name }))]}
            />
          </FormField>
        )}
        <FormField label="Answers">
          <Select
            value={filter.paid}
            onChange={paid => set({ paid })}
            options={[
              { value: 'all' as const, label: 'All' },
              { value: 'paid' as const, label: 'Some paid for' },
              { value: 'cached' as const, label: 'All from the cache' },
            ]}
          />
        </FormField>
        {found.stops.size > 0 && (
          <FormField label="Ended at a bound">
            <Select
              value={filter.stopped}
              onChange={stopped => set({ stopped })}
              options={[
                { value: 'all' as const, label: 'All' },
                ...(found.stops.size > 1 ? [{ value: 'any' as const, label: 'At any' }] : []),
                ...[...found.stops].map(value => ({ value, label: capital(stopNames[value]) })),
              ]}
            />
          </FormField>
        )}
        {found.errors.size > 0 && (
          <FormField label="Error">
            <Select
              value={filter.error}
              onChange={error => set({ error })}
              options={[
                { value: 'all', label: 'All' },
                // The codes come from stored errors.
                ...[...found.errors].map(code => ({ value: code, label: errorWords({ code: code as ErrorJson['code'] }) })),
              ]}
            />
          </FormField>
        )}
        {(found.hasFallback || filter.hasFallback) && (
          <Checkbox checked={filter.hasFallback} onChange={hasFallback => set({ hasFallback })} label="Only with a fallback request" />
        )}
        {filter.batch !== undefined && (
          <Checkbox checked onChange={() => set({ batch: undefined })} label={`Only batch ${filter.batch}, from the table of rows`} />
        )}
        <Button disabled={count === 0} onClick={() => setRunPage(record.id, { trace: { ...openTraceFilter, query: filter.query } })}>
          Clear filters
        </Button>
      </div>
    </Popover>
  )
}

function facets(rollouts: readonly StoredRollout[]) {
  return {
    outcomes: new Set(rollouts.map(({ rollout }) => outcomeOf(rollout))),
    candidates: new Set(rollouts.map(({ candidate }) => candidate)),
    purposes: new Set(rollouts.map(({ purpose }) => purpose)),
    errors: new Set(rollouts.flatMap(({ rollout }) => errorCodes(rollout))),
    stops: new Set(rollouts.flatMap(({ rollout }) => stopsOf(rollout.trace))),
    hasFallback: rollouts.some(({ rollout }) => fallbackCount(rollout) > 0),
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const outcomeNames: Readonly<Record<Outcome, string>> = {
  passed: 'Passed',
  partial: 'Partial',
  failed: 'Failed',
  error: 'Errors',
  unscored: 'No score',
}
