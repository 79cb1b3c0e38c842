import type { MeterEvent } from '@/engine/record/events'

type Streamed = Extract<MeterEvent, { readonly type: 'stream' }>

/** Writes the outputs of a row as they come: each under its name, the thoughts of the model apart. `end` closes a line that is open. */
export function streamPrinter(write: (text: string) => void): { tell(streamed: Streamed): void; end(): void } {
  let open: string | undefined
  let hasBegun = false

  function say(label: string, text: string): void {
    if (open !== label) {
      end()
      write(`${label}: `)
      open = label
    }
    // What a model writes must not steer the terminal.
    // oxlint-disable-next-line no-control-regex
    write(text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ''))
  }

  function end(): void {
    if (open !== undefined) write('\n')
    open = undefined
  }

  return {
    tell({ event, predictor }) {
      const about = predictor === undefined ? '' : `${predictor}.`
      switch (event.type) {
        case 'begin':
          end()
          if (hasBegun) write('\n')
          hasBegun = true
          return
        case 'field':
          if (event.text !== '' || open === undefined) say(`${about}${event.field}`, event.text)
          if (event.isLast) end()
          return
        case 'replace':
          end()
          say(`${about}${event.field}, as it was read`, event.text)
          return end()
        case 'reasoning':
          return say('(thoughts)', event.text)
        case 'cut':
          say(open ?? '(answer)', ' … cut here')
          return end()
        default:
          event satisfies never
      }
    },
    end,
  }
}
