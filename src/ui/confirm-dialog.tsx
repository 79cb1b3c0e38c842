import type { ReactNode } from 'react'
import { Button } from './button'
import { Dialog } from './dialog'

interface ConfirmDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: string
  /** What will happen and whether it can be undone. */
  readonly children: ReactNode
  /** The verb of the button: "Delete project". */
  readonly action: string
  /** What the button that changes nothing says. */
  readonly keep?: string
  readonly danger?: boolean
  readonly onConfirm: () => void
}

export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  children,
  action,
  keep = 'Cancel',
  danger = false,
  onConfirm,
}: ConfirmDialogProps) {
  const confirm = () => {
    onOpenChange(false)
    onConfirm()
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      size="sm"
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{keep}</Button>
          <Button variant={danger ? 'danger' : 'primary'} onClick={confirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="text-base text-soft">{children}</div>
    </Dialog>
  )
}
