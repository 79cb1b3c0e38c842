import { Ellipsis, FileDown, Gauge, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { exportRunFile } from '@/state/runs/actions/run-record-commands'
import { isLive, type ShownStatus } from '@/state/runs/live/run-status'
import type { RunRecord } from '@/storage/records'
import { Dialog } from '@/ui/dialog'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'
import { failedRows, hasLimit, RaiseCapsForm } from '../kit/raise-caps'
import { ReplayDialog } from './replay-dialog'

/** What can be done with the record of a run. */
export function RunMenu({
  record,
  status,
  isSealed,
}: {
  readonly record: RunRecord
  readonly status: ShownStatus
  readonly isSealed: boolean
}) {
  const [open, setOpen] = useState<'replay' | 'caps'>()
  const moves = isLive(status)
  const close = () => setOpen(undefined)
  const isErrors = failedRows(record) !== undefined
  const canRaise = (status === 'capped' || status === 'stopped' || status === 'interrupted' || isErrors) && hasLimit(record)
  return (
    <>
      <Menu
        align="end"
        className="w-80"
        trigger={<IconButton label="More about this run" icon={<Ellipsis />} />}
        items={[
          {
            id: 'replay',
            label: 'Replay from record…',
            hint: moves || status === 'interrupted' ? 'Once it has ended.' : 'Runs it once more from stored answers. Nothing is sent.',
            icon: <RotateCcw />,
            disabled: moves || status === 'interrupted',
            onSelect: () => setOpen('replay'),
          },
          {
            id: 'export',
            label: 'Export run file',
            hint: isSealed ? 'Reveal its score first: the file holds it.' : 'Spec, events, rows and every answer. No keys.',
            icon: <FileDown />,
            disabled: isSealed,
            onSelect: () => void exportRunFile(record),
          },
          ...(canRaise
            ? [
                {
                  id: 'caps',
                  label: isErrors ? 'Allow more errors and continue…' : 'Raise caps and continue…',
                  hint: 'It goes on with everything it has.',
                  icon: <Gauge />,
                  onSelect: () => setOpen('caps'),
                },
              ]
            : []),
        ]}
      />
      <ReplayDialog record={record} isOpen={open === 'replay'} onClose={close} />
      <Dialog
        open={open === 'caps'}
        onOpenChange={next => !next && close()}
        title={isErrors ? 'Allow more errors in this run' : 'Raise the caps of this run'}
        size="sm"
      >
        <RaiseCapsForm record={record} onDone={close} />
      </Dialog>
    </>
  )
}
