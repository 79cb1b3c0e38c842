import { useStore } from 'zustand'
import { typesOfProject, unlikeTypes } from '@/engine/program/named-types'
import type { Project } from '@/engine/project/project'
import type { ClassType } from '@/engine/signature/types/field-type'
import { projectStore } from './project-store'

interface TypesOf {
  readonly types: readonly ClassType[]
  /** Every shape of a name that has more than one. */
  readonly unlike: readonly (readonly ClassType[])[]
}

/** The types with a name of the open project. */
export function useKnownTypes(): readonly ClassType[] {
  return useStore(projectStore, ({ project }) => (project === null ? nothing : typesOf(project)).types)
}

export function useUnlikeTypes(): readonly (readonly ClassType[])[] {
  return useStore(projectStore, ({ project }) => (project === null ? nothing : typesOf(project)).unlike)
}

const nothing: TypesOf = { types: [], unlike: [] }

/** Found once for each version of a program and its types, whoever asks: every field that is shown does. */
function typesOf(project: Project): TypesOf {
  const known = found.get(project.graph)
  if (known?.of === project.types && known !== undefined) return known
  const next = { of: project.types, types: typesOfProject(project), unlike: unlikeTypes(project) }
  found.set(project.graph, next)
  return next
}

const found = new WeakMap<Project['graph'], TypesOf & { readonly of: Project['types'] }>()
