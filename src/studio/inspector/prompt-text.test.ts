import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { messagesAsCurl, placeholderValues } from './prompt-text'

it('writes a curl command whose body a shell hands over unchanged', () => {
  const messages = [{ role: 'user', content: `it's "quoted" $HOME \`x\`\nline` }] as const
  const model = {
    id: 'm',
    label: 'M',
    provider: 'openai-compatible',
    model: 'gpt',
    baseUrl: 'http://localhost:1/v1/',
    settings: { maxTokens: 5 },
  } as const
  const command = messagesAsCurl(messages, model)
  // A function in place of curl prints the arguments it was given, one after another.
  const printed = execFileSync('bash', ['-c', `curl() { printf '%s\\0' "$@"; }\nOPENAI_API_KEY=k\n${command}`], { encoding: 'utf8' }).split(
    '\0',
  )
  expect(printed[0]).toBe('http://localhost:1/v1/chat/completions')
  expect(JSON.parse(printed[printed.indexOf('-d') + 1] ?? '')).toEqual({ model: 'gpt', messages, max_tokens: 5 })
})

it('marks what is not known yet', () => {
  expect(placeholderValues({ a: { value: 1 }, b: { missing: 'gist from One' } })).toEqual({ a: 1, b: '⟨gist from One⟩' })
})
