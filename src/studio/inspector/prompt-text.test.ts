import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { estimateTokens, messagesAsCurl, messagesAsText, placeholderValues } from './prompt-text'

it('writes a curl command whose body a shell hands over unchanged', async () => {
  const messages = [{ role: 'user', content: `it's "quoted" $HOME \`x\`\nline` }] as const
  const model = {
    id: 'm',
    label: 'M',
    provider: 'openai-compatible',
    model: 'gpt',
    baseUrl: 'http://localhost:1/v1/',
    settings: { maxTokens: 5 },
  } as const
  const command = await messagesAsCurl({ messages }, model)
  // A function in place of curl prints the arguments it was given, one after another.
  const printed = execFileSync('bash', ['-c', `curl() { printf '%s\\0' "$@"; }\nOPENAI_API_KEY=k\n${command}`], { encoding: 'utf8' }).split(
    '\0',
  )
  expect(printed[0]).toBe('http://localhost:1/v1/chat/completions')
  expect(JSON.parse(printed[printed.indexOf('-d') + 1] ?? '')).toEqual({ model: 'gpt', messages, max_tokens: 5 })
})

it('gives the data of a file a place instead of writing it out', async () => {
  const ref = { $blob: 'ab'.repeat(32), mime: 'image/png', bytes: 12_345 }
  const messages = [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is it? ' },
        { type: 'blob', ref },
      ],
    },
  ] as const
  expect(await messagesAsCurl({ messages }, undefined)).toContain('"image_url":{"url":"data:image/png;base64,BASE64_OF_abababab"}')
  expect(messagesAsText(messages)).toBe('### user\nWhat is it? [image/png, 12.3 kB, abababab]')
  expect(estimateTokens(messages)).toBeGreaterThan(500)
})

it('marks what is not known yet', () => {
  expect(placeholderValues({ a: { value: 1 }, b: { missing: 'gist from One' } })).toEqual({ a: 1, b: '⟨gist from One⟩' })
})
