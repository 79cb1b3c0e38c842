import { useState } from 'react'
import type { Demo } from '@/engine/program/program'
import type { Field } from '@/engine/signature/signature'
import { canonicalJson } from '@/lib/canonical-json'
import { valueText } from '@/engine/blobs/blob-ref'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { cx } from '@/ui/cx'

interface DemoListProps {
  readonly demos: readonly Demo[]
  readonly fields: readonly Field[]
  /** Demos that another state does not have. */
  readonly added?: readonly Demo[]
  readonly mark?: 'added' | 'removed'
}

/** Few-shot examples, each folded to a line of what it answers. */
export function DemoList({ demos, fields, added = [], mark }: DemoListProps) {
  const [isLong, setLong] = useState(false)
  const listed = isLong ? demos : demos.slice(0, mostAtOnce)
  const news = new Set(added.map(demo => canonicalJson(demo)))
  return (
    <ol className="flex flex-col gap-1.5">
      {listed.map((demo, index) => {
        const isNew = mark === 'added' || news.has(canonicalJson(demo))
        const names = [...fields.map(field => field.name), ...Object.keys(demo).filter(name => !fields.some(field => field.name === name))]
        const shown = names.filter(name => name !== 'augmented' && demo[name] !== undefined)
        return (
          <li key={index}>
            <details className={cx('group rounded-md border border-line bg-surface', mark === 'removed' && 'opacity-80')}>
              <summary className="flex items-center gap-2 rounded-md px-2.5 py-1.5 hover:bg-hover">
                {mark !== undefined ? (
                  <Badge tone={mark === 'added' ? 'good' : 'bad'}>{mark}</Badge>
                ) : (
                  isNew && <Badge tone="good">added</Badge>
                )}
                {demo['augmented'] === true && (
                  <Badge tone="accent" title="Recorded by a bootstrap: an answer of the program to a row of the train split">
                    bootstrapped
                  </Badge>
                )}
                <span className={cx('min-w-0 flex-1 truncate', mark === 'removed' && 'line-through')}>{demoLine(demo, fields)}</span>
              </summary>
              <dl className="grid grid-cols-[minmax(5rem,auto)_1fr] gap-x-3 gap-y-1.5 border-t border-line px-2.5 py-2">
                {shown.map(name => (
                  <div key={name} className="contents">
                    <dt className="font-mono text-sm text-faint">{name}</dt>
                    <dd className="break-words whitespace-pre-wrap">{valueText(demo[name])}</dd>
                  </div>
                ))}
              </dl>
            </details>
          </li>
        )
      })}
      {listed.length < demos.length && (
        <li>
          <Button size="sm" variant="ghost" onClick={() => setLong(true)}>
            Show all {demos.length}
          </Button>
        </li>
      )}
    </ol>
  )
}

/** A pool of demos may hold every row of the train split. */
const mostAtOnce = 30

function demoLine(demo: Demo, fields: readonly Field[]): string {
  const side = (role: Field['role']) =>
    fields
      .filter(field => field.role === role && demo[field.name] !== undefined && field.name !== 'reasoning')
      .map(field => valueText(demo[field.name]).replace(/\s+/g, ' '))
      .join(' · ')
  const [inputs, outputs] = [side('input'), side('output')]
  return outputs === '' ? inputs : `${outputs} ← ${inputs}`
}
