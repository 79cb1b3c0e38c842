import { setMetric } from '@/state/document/edits/project-edits'
import { useProject } from '@/state/document/project-store'
import { MetricForm } from './metric-form'
import { MetricTry } from './metric-try'

export function MetricSection() {
  const metric = useProject(project => project.metric)
  return (
    <div className="flex flex-col gap-4">
      <MetricForm metric={metric} onChange={setMetric} />
      <MetricTry />
    </div>
  )
}
