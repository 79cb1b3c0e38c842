import type { PlainMessage } from '@/engine/lm/parts'
import type { AdapterId } from '@/engine/program/adapter-id'
import type { Field } from '@/engine/signature/signature'
import type { PromptCase } from './arbitrary-prompts'

/**
 * A prompt whose every value is known, so that whatever else stands in it is a sentence of its author. What is learned from it is taken out of
 * other prompts, ours and DSPy's alike: what is left has to be the same.
 */
export const probe: PromptCase = {
  adapter: 'chat',
  instructions: 'INSTRUCTIONS',
  fields: [
    field('zq', 'input', { kind: 'str' }),
    field('zs', 'output', { kind: 'str' }),
    field('zb', 'output', { kind: 'bool' }),
    field('zi', 'output', { kind: 'int' }),
    field('zf', 'output', { kind: 'float' }),
    field('ze', 'output', { kind: 'enum', values: ['OPTION'] }),
    field('zd', 'output', { kind: 'date' }),
    field('zl', 'output', { kind: 'list', of: { kind: 'str' } }),
  ],
  demos: [{ zq: 'DEMO', zs: 'SHOWN' }],
  inputs: { zq: 'ASKED' },
}

function field(name: string, role: Field['role'], type: Field['type']): Field {
  return { id: name, name, role, type, desc: '' }
}

/** Sentences by what they do. */
export interface Wording {
  /** Whole sentences, wherever they stand. */
  readonly sentences: readonly (readonly [token: string, sentence: string])[]
  /** Pieces of the reminder, between what it names. */
  readonly reminder: readonly (readonly [token: string, piece: string])[]
  /** What stands before the name and the type of an output in BAML's layout. */
  readonly output?: readonly [before: string, between: string]
}

/** Reads the sentences out of the messages of the probe. */
export function wordingOf(adapter: AdapterId, messages: readonly PlainMessage[]): Wording {
  const [system = '', demo = '', answer = '', request = ''] = messages.map(({ content }) => content)
  const lines = system.split('\n')
  const after = (start: string, from = system): string => {
    const at = from.indexOf(start)
    if (at < 0) throw new Error(`no ${JSON.stringify(start)} in ${JSON.stringify(from)}`)
    return from.slice(at + start.length).split('\n')[0] ?? ''
  }
  const lineOf = (start: string): number => lines.findIndex(line => line.startsWith(start))
  const sentences: [string, string][] = [
    ['⟨inputs⟩', lines[lineOf('1. `zq`') - 1] ?? ''],
    ['⟨outputs⟩', lines[lineOf('1. `zs`') - 1] ?? ''],
    ['⟨incomplete⟩', demo.split('\n\n')[0] ?? ''],
  ]
  if (adapter === 'two-step') {
    sentences.push(
      ['⟨who⟩', lines[0] ?? ''],
      ['⟨write⟩', lines[lineOf('7. `zl`') + 1] ?? ''],
      ['⟨instructions⟩', (lines.at(-1) ?? '').replace('INSTRUCTIONS', '')],
    )
    return { sentences, reminder: [] }
  }
  sentences.push(['⟨introduction⟩', lines[lineOf('7. `zl`') + 1] ?? ''], ['⟨objective⟩', lines[lines.length - 2] ?? ''])
  const filler =
    adapter === 'xml'
      ? between(answer, '<zb>\n', '\n</zb>')
      : adapter === 'chat'
        ? between(answer, '[[ ## zb ## ]]\n', '\n\n[[')
        : between(answer, '"zb": "', '"')
  // DSPy's ends with a space, which is lost where nothing stands behind it.
  sentences.push(['⟨left out⟩', filler], ['⟨left out⟩', filler.trim()])
  if (adapter === 'json')
    sentences.push(['⟨json inputs⟩', lines[lineOf('[[ ## zq') - 2] ?? ''], ['⟨json outputs⟩', lines[lines.indexOf('{') - 2] ?? ''])
  if (adapter !== 'baml') {
    const end = adapter === 'json' ? /",?$/ : /$/
    sentences.push(
      ['⟨bool⟩', after('{zb}        # note: ').replace(end, '')],
      ['⟨int⟩', after('{zi}        # note: ').replace(end, '')],
      ['⟨float⟩', after('{zf}        # note: ').replace(end, '')],
      ['⟨option⟩', after('{ze}        # note: ').replace(/OPTION.*/, '')],
      // DSPy says it in fewer words of the values of an Enum.
      ['⟨option⟩', after('{zb}        # note: ').replace(/True or False.*/, 'one of: ')],
      ['⟨schema⟩', after('{zd}        # note: ').replace(/\{.*/, '')],
    )
  }
  const last = request.slice(request.lastIndexOf('\n\n') + 2)
  const mark = (name: string): string =>
    adapter === 'chat' ? `\`[[ ## ${name} ## ]]\`` : adapter === 'xml' ? `\`<${name}>\`` : `\`${name}\``
  const joiner = between(last, mark('zs'), mark('zb'))
  const start = last.slice(0, last.indexOf(mark('zs')))
  const rest = last.slice(last.indexOf(mark('zl')) + mark('zl').length)
  const typed = adapter === 'xml' ? ['', ''] : between(last, mark('zb'), mark('zi')).replace(joiner, '').split('bool')
  const tail = adapter === 'xml' ? rest.slice(1, rest.indexOf('<zl>')) : rest.slice(rest.indexOf('list[str]') + 9 + (typed[1] ?? '').length)
  const reminder: [string, string][] = [
    ['⟨start⟩', start],
    ['⟨valid⟩', typed[0] ?? ''],
    ['⟨then⟩', joiner],
  ]
  const [beforeCompleted = '', behind = ''] = tail.split('`[[ ## completed ## ]]`')
  reminder.push(
    ...(tail.includes('completed')
      ? ([
          ['⟨close⟩', beforeCompleted],
          ['⟨end⟩', behind],
        ] as const)
      : ([['⟨end⟩', tail]] as const)
    ).map(([token, piece]): [string, string] => [token, piece]),
  )
  const output = adapter === 'baml' ? after('[[ ## zb ## ]]\n').split('`zb`') : undefined
  return {
    sentences,
    reminder,
    ...(output && { output: [output[0] ?? '', (output[1] ?? '').replace('boolean', '')] as const }),
  }
}

/** A message without the sentences of its author; `isRequest` for the one that ends with the reminder. */
export function withoutWording(wording: Wording, { content }: PlainMessage, isRequest: boolean, fields: readonly Field[]): string {
  let text = content
  let reminder = ''
  if (isRequest && wording.reminder.length > 0) {
    const at = text.lastIndexOf(wording.reminder[0]?.[1] ?? '')
    reminder = replaced(text.slice(at), wording.reminder)
    text = text.slice(0, at)
  }
  if (wording.output) {
    const [before, between] = wording.output
    for (const { name } of fields) text = text.replace(`${before}\`${name}\`${between}`, '⟨type⟩')
  }
  return replaced(text, wording.sentences) + reminder
}

function replaced(text: string, sentences: readonly (readonly [string, string])[]): string {
  let left = text
  for (const [token, sentence] of sentences.toSorted((a, b) => b[1].length - a[1].length))
    if (sentence !== '') left = left.replaceAll(sentence, token)
  return left
}

function between(text: string, start: string, end: string): string {
  const at = text.indexOf(start)
  if (at < 0) throw new Error(`no ${JSON.stringify(start)} in ${JSON.stringify(text)}`)
  const from = at + start.length
  return text.slice(from, text.indexOf(end, from))
}
