import {
  eventToVotes,
  projectToVotes,
  rolloutToVotes,
  runToVotes,
  versionToVotes,
  type ProjectBefore,
  type RunBefore,
} from '@/engine/project/migrations/0002-votes'
import type { JsonObject } from '@/lib/json'
import type { StoreName } from './db'

/** Takes the records of an older database one by one to the shape of today. Records come in the order of a backup: projects, runs, events, rollouts. */
export type RecordMigrator = (store: StoreName, record: JsonObject) => JsonObject

/** What the migrations of the database do to records, for those that come by way of a backup. */
export function recordMigrator(version: number): RecordMigrator {
  if (version >= votesVersion) return (_store, record) => record
  const projects = new Map<unknown, ProjectBefore>()
  const runs = new Map<unknown, RunBefore>()
  return (store, record) => {
    const ofRun = runs.get(record['runId'])
    const ofProject = projects.get(record['projectId'])
    if (store === 'projects') {
      const { project, before } = projectToVotes(record)
      projects.set(record['id'], before)
      return project
    }
    if (store === 'runs') {
      const { run, before } = runToVotes(record)
      if (before) runs.set(record['id'], before)
      return run
    }
    if (store === 'versions') return ofProject ? versionToVotes(record, ofProject) : record
    if (store === 'runEvents') return ofRun ? eventToVotes(record, ofRun) : record
    return store === 'rollouts' && ofRun ? rolloutToVotes(record, ofRun) : record
  }
}

const votesVersion = 4
