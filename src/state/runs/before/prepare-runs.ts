import { engine } from '../../session/engine-client'
import { projectStore } from '../../document/project-store'

/** Has the worker load what the open project's next run needs. A failure is left to the run, which asks again and tells. */
export function prepareRuns(): void {
  const { project } = projectStore.getState()
  if (project === null) return
  const providers = [...new Set(project.models.map(({ provider }) => provider))]
  engine()
    .prepare({ optimizer: project.optimizer.id, providers })
    .catch(() => undefined)
}
