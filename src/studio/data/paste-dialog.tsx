import { useState } from 'react'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { FormField } from '@/ui/form-field'
import { TextArea } from '@/ui/text-area'
import { TextInput } from '@/ui/text-input'
import { pastedName } from './use-dropped-files'

interface PasteDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly onText: (text: string, name: string) => void
}

/** Rows as text, for example from a spreadsheet. */
export function PasteDialog({ open, onOpenChange, onText }: PasteDialogProps) {
  const [text, setText] = useState('')
  const [name, setName] = useState('')
  const isEmpty = text.trim() === ''
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Paste data"
      description="Cells copied from a spreadsheet, CSV with a header row, JSON Lines, or a JSON array of objects."
      size="lg"
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button
            variant="primary"
            disabled={isEmpty}
            onClick={() => {
              onText(text, name.trim() === '' ? pastedName : name.trim())
              setText('')
            }}
          >
            Preview
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <FormField label="Rows">
          <TextArea mono rows={12} value={text} onChange={setText} placeholder={'text,label\nThe app crashes on start,bug'} />
        </FormField>
        <FormField label="Name of the dataset">
          <TextInput value={name} onChange={setName} placeholder={pastedName} />
        </FormField>
      </div>
    </Dialog>
  )
}
