import { describe, expect, it } from 'vitest'
import { redact } from './redact'

describe('redact', () => {
  it.each([
    'sk-proj-abcDEF123456',
    'sk-ant-api03-abcdef',
    'sk-or-v1-0123456789ab',
    'sk-proj-********************wxyz',
    'gsk_abcdefgh12345',
    'hf_abcdefghijk',
    'AIzaSyA-1234567890',
    'xai-abcdefgh1234',
    'Bearer abc.def-ghi',
    '****ab12',
  ])('removes what looks like a key: %s', key => {
    expect(redact(`Incorrect API key provided: ${key}. See the docs.`)).toBe('Incorrect API key provided: [key removed]. See the docs.')
  })

  it('cuts out the data of files that a server sends back', () => {
    const data = `${'iVBORw0KGgoAAAANSUhEUg'.repeat(40)}==`
    expect(redact(`No: {"url":"data:image/png;base64,${data}"} and {"data":"${data}"}.`)).toBe(
      'No: {"url":"[data removed]"} and {"data":"[data removed]"}.',
    )
    expect(redact(`${'word '.repeat(300)}`)).toBe('word '.repeat(300))
  })

  it.each(['The task-list is long.', 'Use max_tokens or hf_model.', 'A disk-based risk-averse plan', 'wait... what'])(
    'leaves words alone: %s',
    text => {
      expect(redact(text)).toBe(text)
    },
  )
})
