import { TriangleAlert } from 'lucide-react'
import { encodings, encodingTitle, type Encoding } from '@/lib/tabular/encoding'
import { FormField } from '@/ui/form-field'
import { Select } from '@/ui/select'

interface EncodingChoiceProps {
  readonly encoding: Encoding
  readonly onChoose: (label: string) => void
}

/** How the bytes of the file were read as letters. Bytes alone cannot always say it: the user sees the letters below and can. */
export function EncodingChoice({ encoding: { label, isGuessed, isDoubtful, damaged }, onChoose }: EncodingChoiceProps) {
  const known = encodings.some(one => one.label === label)
  const options = [...(known ? [] : [{ label, title: encodingTitle(label) }]), ...encodings].map(one => ({
    value: one.label,
    label: one.title,
  }))
  return (
    <div className="flex flex-col gap-1">
      <FormField label="Encoding of the file" className="max-w-sm">
        <Select value={label} onChange={next => next !== label && onChoose(next)} options={options} />
      </FormField>
      {isGuessed && (
        <p className="max-w-prose text-sm text-warn-text">
          <TriangleAlert className="mr-1.5 inline size-4 align-text-bottom" aria-hidden="true" />
          {damaged !== undefined
            ? 'Some bytes of this file are not UTF-8 and show as �. Save it as UTF-8, or choose another encoding.'
            : isDoubtful
              ? 'The file does not say its encoding, and others are about as likely. Look at the letters below, and choose another one if they are wrong.'
              : 'The file does not say its encoding; this one fits its letters. Choose another one if the letters below are wrong.'}
        </p>
      )}
    </div>
  )
}
