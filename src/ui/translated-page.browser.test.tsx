import { useState } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { allowTranslation } from './translated-page'

beforeAll(() => allowTranslation(document))

let root: Root | undefined
afterEach(() => {
  root?.unmount()
  document.body.replaceChildren()
})

/** Texts of all kinds that React keeps: beside others, beside elements that come and go, alone. */
function Page({ count, parts }: { readonly count: number; readonly parts: readonly string[] }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <main>
      <p id="mixed">
        {count} of {parts.length} rows{count > 1 && <b> and more</b>} done
      </p>
      <p id="alone">{`Row ${count}`}</p>
      <p id="list">
        {parts.map(part => (count % 2 === 0 ? <i key={part}>{part}</i> : part))}
        {isOpen && 'open'} end
      </p>
      <button onClick={() => setOpen(!isOpen)}>{isOpen ? 'Close' : 'Open'}</button>
    </main>
  )
}

function translateOnce(how: 'replace' | 'wrap'): void {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const texts: Text[] = []
  while (walker.nextNode()) if (walker.currentNode instanceof Text) texts.push(walker.currentNode)
  for (const text of texts) {
    if (text.data.trim() === '' || text.parentElement?.closest('font')) continue
    const outer = document.createElement('font')
    const inner = document.createElement('font')
    inner.textContent = text.data.toUpperCase()
    outer.append(inner)
    if (how === 'replace') text.replaceWith(outer)
    else {
      text.before(outer)
      text.remove()
    }
  }
}

const settled = () => new Promise(resolve => setTimeout(resolve, 20))
const seen = (id: string) => document.getElementById(id)?.textContent?.toLowerCase()

it.each(['replace', 'wrap'] as const)('shows what React draws while a translator works over it (%s)', async how => {
  const place = document.createElement('div')
  document.body.append(place)
  root = createRoot(place, { onUncaughtError: error => expect.fail(String(error)) })
  const draws = [
    { count: 1, parts: ['a', 'b', 'c'] },
    { count: 2, parts: ['a', 'c'] },
    { count: 2, parts: ['d', 'a', 'c', 'e'] },
    { count: 3, parts: ['e', 'a'] },
    { count: 0, parts: [] },
    { count: 5, parts: ['x', 'a', 'y'] },
  ]
  for (const { count, parts } of draws) {
    root.render(<Page count={count} parts={parts} />)
    await settled()
    expect(seen('mixed')).toBe(`${count} of ${parts.length} rows${count > 1 ? ' and more' : ''} done`)
    expect(seen('alone')).toBe(`row ${count}`)
    expect(seen('list')).toBe(`${parts.join('')} end`)
    translateOnce(how)
    document.querySelector('button')?.click()
    await settled()
    expect(seen('list')).toBe(`${parts.join('')}open end`)
    translateOnce(how)
    document.querySelector('button')?.click()
    await settled()
    translateOnce(how)
  }
})
