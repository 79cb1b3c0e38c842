import type { Field } from '@/engine/signature/signature'
import incidentReports from './incident-reports.json'
import { projectFileOf } from './project-file'
import type { Template } from './template'

/** Two predictors in a row: the second sees only what the first wrote, so both have to be optimized for the answer to come out right. */
export const incidentRouting: Template = {
  id: 'incident-routing',
  title: 'Summarise, then route',
  summary: 'Picks the one sentence of a shift note that matters, then names the team that has to act. Two steps.',
  learn: 'how several predictors are optimized together when only the last answer is scored.',
  build: newId =>
    projectFileOf(
      {
        templateId: 'incident-routing',
        name: 'Summarise, then route',
        graph: {
          nodes: [
            { id: 'report-in', kind: 'input', name: 'Report', fields: [{ ...report, role: 'output' }] },
            {
              id: 'summarise',
              kind: 'signature',
              name: 'Summarise',
              module: 'predict',
              moduleParams: {},
              fields: [
                { ...report, role: 'input' },
                { ...summary, role: 'output' },
              ],
            },
            {
              id: 'route',
              kind: 'signature',
              name: 'Route',
              module: 'chain-of-thought',
              moduleParams: {},
              fields: [
                { ...summary, role: 'input' },
                { ...team, role: 'output' },
              ],
            },
            {
              id: 'result-out',
              kind: 'output',
              name: 'Result',
              fields: [
                { ...summary, role: 'input' },
                { ...team, role: 'input' },
              ],
            },
          ],
          edges: [
            { id: 'e1', from: { node: 'report-in', field: 'report' }, to: { node: 'summarise', field: 'report' } },
            { id: 'e2', from: { node: 'summarise', field: 'summary' }, to: { node: 'route', field: 'summary' } },
            { id: 'e3', from: { node: 'summarise', field: 'summary' }, to: { node: 'result-out', field: 'summary' } },
            { id: 'e4', from: { node: 'route', field: 'team' }, to: { node: 'result-out', field: 'team' } },
          ],
        },
        state: {
          summarise: { instructions: 'Say in one sentence what the report is about.', demos: [] },
          route: { instructions: 'Name the hotel team that has to act.', demos: [] },
        },
        layout: {
          'report-in': { x: 0, y: 40 },
          summarise: { x: 270, y: 0 },
          route: { x: 590, y: 150 },
          'result-out': { x: 910, y: 40 },
        },
        datasetName: 'Shift reports',
        columns: [
          { name: 'report', type: 'str' },
          { name: 'summary', type: 'str' },
          { name: 'team', type: 'str' },
        ],
        rows: incidentReports,
        mapping: { inputs: { report: 'report' }, labels: { summary: 'summary', team: 'team' } },
        split: { train: 28, val: 56, test: 24, seed: 0 },
        metric: { kind: 'exact-match', params: { field: 'team' } },
        optimizerParams: { max_bootstrapped_demos: 4, max_labeled_demos: 16, num_candidate_programs: 8 },
      },
      newId,
    ),
}

const report: Omit<Field, 'role'> = { id: 'report', name: 'report', type: { kind: 'str' }, desc: 'A note that a shift left behind.' }
const summary: Omit<Field, 'role'> = { id: 'summary', name: 'summary', type: { kind: 'str' }, desc: '' }
const team: Omit<Field, 'role'> = {
  id: 'team',
  name: 'team',
  type: { kind: 'enum', values: ['maintenance', 'it_desk', 'security', 'first_aid', 'housekeeping', 'catering'] },
  desc: '',
}
