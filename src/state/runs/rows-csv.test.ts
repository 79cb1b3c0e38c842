import { expect, it } from 'vitest'
import type { RolloutRecord } from '@/engine/record/events'
import type { Values } from '@/engine/base/example'
import { rowsCsv } from './rows-csv'

function record(exampleId: string, prediction: Values, score: number | null = 1): RolloutRecord {
  const rollout = { exampleId, prediction, trace: [], score, ms: 12.4 }
  return { batch: 0, index: 0, candidate: 'c', stage: 's', purpose: 'evaluate', rollout }
}

const example = { id: 'a', inputs: { text: 'Hi, "you"' }, labels: { label: 'x' } }

it('gives inputs, labels and outputs columns of their own', () => {
  expect(rowsCsv([record('a', { label: 'y' }, 0)], () => example)).toBe(
    'row,score,input text,label label,prediction label,feedback,error,ms\r\na,0,"Hi, ""you""",x,y,,,12\r\n',
  )
})

it('keeps a spreadsheet from running what a model wrote', () => {
  const line = (text: string) => rowsCsv([record('a', { label: text })], () => undefined).split('\r\n')[1]
  for (const text of ['=1+1', '+1', '-1+1', '-A1', '@SUM(A1)', '\t=1']) expect(line(text)).toContain(`'${text}`)
  expect([line('-1'), line('-12345678901234567890.5')]).toEqual(['a,1,-1,,,12', 'a,1,-12345678901234567890.5,,,12'])
  expect(line('fine')).toBe('a,1,fine,,,12')
})

it('leaves a row without a score empty, not 0', () => {
  expect(rowsCsv([record('a', {}, null)], () => undefined).split('\r\n')[1]).toBe('a,,,,12')
})
