import { optimizerKind } from '@/engine/optimizers/registry'
import type { ModelSpec } from '@/engine/lm/lm'
import type { Project } from '@/engine/project/project'

export function modelOf(project: Project): ModelSpec | undefined {
  return project.models.find(model => model.id === project.roles.task)
}

export function optimizerTitle(id: string): string {
  return optimizerKind(id)?.title ?? id
}
