import type { Field } from '@/engine/signature/signature'
import { projectFileOf } from './project-file'
import supportTickets from './support-tickets.json'
import type { Template } from './template'

/** One ChainOfThought predictor with an enum output. The queues are named after teams, so the label alone says little: demos have to show what each takes. */
export const supportTriage: Template = {
  id: 'support-triage',
  title: 'Support-ticket triage',
  summary: 'Routes a ticket to one of seven teams. One ChainOfThought step with an enum output.',
  learn: 'how worked examples teach a model what your own labels mean.',
  build: newId =>
    projectFileOf(
      {
        templateId: 'support-triage',
        name: 'Support-ticket triage',
        graph: {
          nodes: [
            { id: 'ticket-in', kind: 'input', name: 'Ticket', fields: [{ ...ticket, role: 'output' }] },
            {
              id: 'triage',
              kind: 'signature',
              name: 'Triage',
              module: 'chain-of-thought',
              moduleParams: {},
              fields: [
                { ...ticket, role: 'input' },
                { ...category, role: 'output' },
              ],
            },
            { id: 'category-out', kind: 'output', name: 'Category', fields: [{ ...category, role: 'input' }] },
          ],
          edges: [
            { id: 'e1', from: { node: 'ticket-in', field: 'ticket' }, to: { node: 'triage', field: 'ticket' } },
            { id: 'e2', from: { node: 'triage', field: 'category' }, to: { node: 'category-out', field: 'category' } },
          ],
        },
        state: { triage: { instructions: 'Decide which team should handle the support ticket.', demos: [] } },
        layout: { 'ticket-in': { x: 0, y: 40 }, triage: { x: 290, y: 0 }, 'category-out': { x: 630, y: 40 } },
        datasetName: 'Support tickets',
        columns: [
          { name: 'ticket', type: 'str' },
          { name: 'category', type: 'str' },
        ],
        rows: supportTickets,
        mapping: { inputs: { ticket: 'ticket' }, labels: { category: 'category' } },
        split: { train: 40, val: 76, test: 30, seed: 0 },
        metric: { kind: 'exact-match', params: { field: 'category' } },
        optimizerParams: { max_bootstrapped_demos: 4, max_labeled_demos: 24, num_candidate_programs: 8 },
      },
      newId,
    ),
}

const teams = ['billing', 'identity', 'quality', 'platform', 'partners', 'training', 'product'] as const

const ticket: Omit<Field, 'role'> = { id: 'ticket', name: 'ticket', type: { kind: 'str' }, desc: 'What the customer wrote.' }
const category: Omit<Field, 'role'> = {
  id: 'category',
  name: 'category',
  type: { kind: 'enum', values: teams },
  desc: 'The team that takes the ticket.',
}
