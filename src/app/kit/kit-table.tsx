import { useState } from 'react'
import { Badge } from '@/ui/badge'
import { VirtualTable, type TableColumn } from '@/ui/virtual-table'
import { KitBlock } from './kit-block'

interface Row {
  readonly id: string
  readonly text: string
  readonly score: number
}

export function KitTable() {
  const [selected, setSelected] = useState('r2')
  return (
    <KitBlock title="Table of 5,000 rows">
      <div className="h-64 overflow-hidden rounded-md border border-line">
        <VirtualTable
          label="Rows"
          rows={rows}
          columns={columns}
          rowKey={row => row.id}
          selectedKey={selected}
          onRowClick={row => setSelected(row.id)}
          empty={<p className="p-6 text-center text-faint">No rows</p>}
        />
      </div>
    </KitBlock>
  )
}

const columns: readonly TableColumn<Row>[] = [
  { id: 'text', title: 'Ticket', width: 'minmax(160px, 1fr)', render: row => row.text, sortValue: row => row.text },
  {
    id: 'state',
    title: 'Result',
    width: 90,
    render: row => <Badge tone={row.score > 0.5 ? 'good' : 'bad'}>{row.score > 0.5 ? 'right' : 'wrong'}</Badge>,
  },
  { id: 'score', title: 'Score', width: 80, align: 'right', render: row => row.score.toFixed(2), sortValue: row => row.score },
]
const rows: readonly Row[] = Array.from({ length: 5000 }, (_, index) => ({
  id: `r${index}`,
  text: `Ticket number ${index}`,
  score: ((index * 7919) % 101) / 100,
}))
