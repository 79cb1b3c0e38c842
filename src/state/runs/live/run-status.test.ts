import { expect, it } from 'vitest'
import { shownStatus } from './run-status'

const record = { id: 'r', status: 'running' as const }

it('calls a run interrupted that says it runs while nobody holds its lock', () => {
  expect(shownStatus(record, undefined, new Set())).toBe('interrupted')
  expect(shownStatus({ ...record, status: 'paused' }, undefined, new Set())).toBe('interrupted')
  expect(shownStatus(record, undefined, new Set(['r']))).toBe('running')
})

it('does not cry wolf before the locks were read', () => {
  expect(shownStatus(record, undefined, undefined)).toBe('running')
})

it('believes what it hears over what was read', () => {
  expect(shownStatus(record, 'paused', new Set())).toBe('paused')
  expect(shownStatus(record, 'done', new Set(['r']))).toBe('done')
  expect(shownStatus({ ...record, status: 'stopped' }, 'queued', new Set())).toBe('queued')
})

it('lets an end that was read stand against an old message', () => {
  expect(shownStatus({ ...record, status: 'cancelled' }, 'running', new Set())).toBe('cancelled')
})
