import { addCalls } from '../kit/bootstrap-calls'
import { simbaEstimate, simbaParams, simbaProblem } from './params'
import { onUse } from '../../base/on-use'
import { defineOptimizer } from '../kit/optimizer'

export const titles = { search: 'Learn from rows that vary', winners: 'Compare the winners' }

/** What it is, what it needs and what it costs; how it works stands in `simba-compile.ts`. */
export const simba = defineOptimizer({
  id: 'simba',
  title: 'SIMBA',
  dspyName: 'SIMBA',
  help: 'Runs rows several times, finds those where the answers vary, and adds a demo or a rule that tells good from bad.',
  params: simbaParams,
  needs: { trainset: 1, valset: 0, metric: true },
  roles: () => ['prompt', 'teacher'],
  problem: simbaProblem,
  estimate: simbaEstimate,
  stages(params, sizes) {
    const [trial, propose, evaluate] = ['trial', 'propose', 'evaluate'].map(purpose =>
      addCalls(simbaEstimate(params, sizes).filter(one => one.purpose === purpose)),
    )
    return [
      { id: 'search', title: titles.search, calls: addCalls([trial, propose].flatMap(one => one ?? [])) },
      { id: 'winners', title: titles.winners, calls: addCalls([evaluate].flatMap(one => one ?? [])) },
    ]
  },
  load: onUse(() => import('./simba-compile')),
})
