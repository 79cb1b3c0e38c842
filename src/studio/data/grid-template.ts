import type { CSSProperties } from 'react'
import type { Column, DataRow } from '@/engine/project/project'
import { cellText } from '@/engine/data/cell-text'

const lookedAt = 40

/** Widths by what the first rows hold: long texts get the room that short labels do not need. */
export function gridTemplate(columns: readonly Column[], rows: readonly DataRow[]): CSSProperties {
  const first = rows.slice(0, lookedAt)
  const widths = columns.map(column => {
    const longest = first.reduce((length, row) => Math.max(length, cellText(row.cells[column.id]).length), column.name.length)
    return longest > 60 ? 'minmax(240px, 4fr)' : longest > 24 ? 'minmax(180px, 2fr)' : 'minmax(120px, 1fr)'
  })
  return { gridTemplateColumns: `36px 64px 72px ${widths.join(' ')}` }
}
