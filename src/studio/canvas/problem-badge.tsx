import { CircleAlert } from 'lucide-react'
import { Tooltip } from '@/ui/tooltip'
import type { Problem } from './graph-index'

export function ProblemBadge({ problems }: { problems: readonly Problem[] }) {
  if (problems.length === 0) return null
  const isError = problems.some(problem => problem.severity === 'error')
  const text = problems.map(problem => problem.message).join('\n')
  return (
    <Tooltip text={<span className="problem-text">{text}</span>}>
      <span
        className="problem-badge"
        data-severity={isError ? 'error' : 'warning'}
        role="img"
        aria-label={`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}: ${text}`}
      >
        <CircleAlert size={12} aria-hidden />
        {problems.length}
      </span>
    </Tooltip>
  )
}
