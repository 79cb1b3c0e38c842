import { incidentRouting } from './incident-routing'
import { shopAssistant } from './shop-assistant'
import { supportTriage } from './support-triage'
import type { Template } from './template'
import { wordProblemSolving } from './word-problem-solving'

export type { Template } from './template'

/** In the order of the gallery. */
export const templates: readonly Template[] = [supportTriage, wordProblemSolving, incidentRouting, shopAssistant]
