import { Check, Lightbulb } from 'lucide-react'
import { Link } from 'wouter'
import type { Recommendation } from '@/engine/advice/recommend'
import { takeOptimizer } from '@/state/document/edits/project-edits'
import { isChosen, type OptimizerAdvice } from '@/state/runs/before/optimizer-advice'
import { paths } from '@/state/session/paths'
import { useProject } from '@/state/document/project-store'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { cx } from '@/ui/cx'
import { callsAndCost } from './calls-words'

const alternativeCount = 3
/**
 * Which optimizer fits the rows, the metric and the caps, and what else could be taken at what price. Once there is
 * something to work out it has one height whatever the outcome: the list below must not move under a pointer.
 */
export function SuggestedCard({ advice }: { readonly advice: OptimizerAdvice | 'pending' | undefined }) {
  return (
    <section
      aria-label="Suggested"
      className={cx('overflow-y-auto rounded-lg border border-line bg-sunken', advice !== undefined && 'h-56')}
    >
      {typeof advice === 'object' ? (
        <Suggestions advice={advice} />
      ) : (
        <p className="px-3 py-2.5 text-sm text-soft">
          {advice === 'pending'
            ? 'Working out what fits these rows…'
            : 'What fits is suggested here once the program has rows, a metric and what both need.'}
        </p>
      )}
    </section>
  )
}

function Suggestions({ advice }: { readonly advice: OptimizerAdvice }) {
  const [first, ...others] = advice.recommendations
  const projectId = useProject(project => project.id)
  if (first === undefined) {
    return (
      <p className="px-3 py-2.5 text-sm text-soft">
        The instructions and demos of every step are locked, so no optimizer can change anything. Unlock some of them in{' '}
        <Link href={paths.project(projectId)} className="rounded-xs text-accent-text underline">
          Build
        </Link>
        .
      </p>
    )
  }
  return (
    <>
      <div className="flex items-start gap-3 px-3 py-2.5">
        <Lightbulb className="mt-0.5 size-4 shrink-0 text-accent-text" aria-hidden="true" />
        <div className="min-w-0 flex-1">
          <p>
            <span className="text-soft">Suggested: </span>
            <Name recommendation={first} />
          </p>
          <p className="text-sm text-soft">{first.why}</p>
          <p className="text-sm text-soft tabular">
            <Takes advice={advice} recommendation={first} />
          </p>
        </div>
        <Use recommendation={first} isMain />
      </div>
      {others.length > 0 && (
        <ul aria-label="Alternatives" className="divide-y divide-line border-t border-line bg-surface">
          {others.slice(0, alternativeCount).map(other => (
            <li key={other.optimizerId} className="flex items-center gap-3 py-1.5 pr-3 pl-10 max-sm:flex-wrap max-sm:justify-between">
              <div className="min-w-0 flex-1 max-sm:basis-full">
                <p>
                  <Name recommendation={other} />
                </p>
                <p className="text-sm text-soft">{other.why}</p>
              </div>
              <p className="w-36 shrink-0 text-right text-sm text-soft tabular max-sm:text-left">
                <Takes advice={advice} recommendation={other} />
              </p>
              <Use recommendation={other} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Name({ recommendation: { title, effort } }: { readonly recommendation: Recommendation }) {
  return (
    <span className="font-medium">
      {title}
      {effort !== undefined && <span className="font-normal text-soft">, {effort}</span>}
    </span>
  )
}

function Takes({ advice, recommendation }: { readonly advice: OptimizerAdvice; readonly recommendation: Recommendation }) {
  return (
    <>
      {callsAndCost(recommendation.calls.expected, advice.cost(recommendation))}
      {recommendation.isOverCap && <span className="block text-warn-text">above your cap</span>}
    </>
  )
}

function Use({ recommendation, isMain = false }: { readonly recommendation: Recommendation; readonly isMain?: boolean }) {
  const { optimizerId, params, title } = recommendation
  const isSame = useProject(({ optimizer }) => isChosen(optimizer, optimizerId, params))
  const isOther = useProject(({ optimizer }) => optimizer.id === optimizerId)
  return (
    <span className="flex w-24 shrink-0 flex-col items-end gap-1">
      {(isSame || isOther) && (
        <Badge tone={isSame ? 'good' : 'neutral'} title={isSame ? undefined : 'Chosen with other settings than these'}>
          <Check aria-hidden="true" /> Chosen
        </Badge>
      )}
      {isSame ? null : isOther ? (
        <Button size="sm" aria-label={`Use these settings of ${title}`} onClick={() => takeOptimizer(optimizerId, params)}>
          Use these
        </Button>
      ) : (
        <Button
          size="sm"
          variant={isMain ? 'primary' : 'secondary'}
          aria-label={`Use ${title}`}
          onClick={() => takeOptimizer(optimizerId, params)}
        >
          Use
        </Button>
      )}
    </span>
  )
}
