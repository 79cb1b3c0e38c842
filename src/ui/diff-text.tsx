import { diffWordsWithSpace } from 'diff'
import { useMemo } from 'react'
import { cx } from './cx'

interface DiffTextProps {
  readonly before: string
  readonly after: string
  readonly className?: string
}

/** What became of a text, word by word: gone words struck through, new ones underlined. */
export function DiffText({ before, after, className }: DiffTextProps) {
  const parts = useMemo(() => partsOf(before, after), [before, after])
  return (
    <p className={cx('whitespace-pre-wrap break-words', className)}>
      {parts.map((part, index) => {
        if (part.added) {
          return (
            <ins key={index} className="rounded-xs bg-good-soft text-good-text decoration-good">
              {part.value}
            </ins>
          )
        }
        if (part.removed) {
          return (
            <del key={index} className="rounded-xs bg-bad-soft text-bad-text decoration-bad">
              {part.value}
            </del>
          )
        }
        return <span key={index}>{part.value}</span>
      })}
    </p>
  )
}

/** Long texts that have little in common would take minutes: then one stands after the other. */
function partsOf(before: string, after: string) {
  const whole = [
    { value: before, removed: true, added: false },
    { value: after, removed: false, added: true },
  ]
  return diffWordsWithSpace(before, after, { timeout: longestMs }) ?? whole
}
const longestMs = 200
