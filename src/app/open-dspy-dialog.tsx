import { useQuery } from '@tanstack/react-query'
import { FolderOpen } from 'lucide-react'
import { useState } from 'react'
import { useDspyOffer, type DspyOffer } from '@/state/document/dspy-offer'
import { applyDspyFile, dspyChoices, makeDspyProject } from '@/state/export/open-dspy'
import { goTo } from '@/state/session/navigation'
import { errorSentence, notifyError } from '@/state/session/notices'
import { paths } from '@/state/session/paths'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { ErrorBox } from '@/ui/error-box'
import { Select } from '@/ui/select'
import { Spinner } from '@/ui/spinner'
import { useTurns } from '@/ui/use-turns'
import type { AskedDialogProps } from './asked-dialog'

/** What becomes of a state file of DSPy: a project of its own, or what a program has learned that it fits. */
export function OpenDspyDialog({ open, onOpenChange }: AskedDialogProps) {
  const offer = useDspyOffer()
  if (!open || offer === undefined) return null
  return <Offered key={offer.text} offer={offer} onClose={() => onOpenChange(false)} />
}

function Offered({ offer, onClose }: { readonly offer: DspyOffer; readonly onClose: () => void }) {
  const choices = useQuery({
    queryKey: ['dspy-choices', offer.name, offer.text.length],
    queryFn: () => dspyChoices(offer),
    gcTime: 0,
    staleTime: 0,
    retry: false,
  })
  const [chosen, setChosen] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const { steps = [], remarks = [], fitting = [] } = choices.data ?? {}
  const target = fitting.find(({ id }) => id === (chosen ?? fitting[0]?.id))
  const told = target ? target.remarks : remarks
  const turns = useTurns()
  const finish = async () => {
    const turn = turns.next()
    setBusy(true)
    try {
      const id = await (target ? applyDspyFile(offer, target.id) : makeDspyProject(offer))
      turn.take(() => {
        onClose()
        goTo(paths.project(id))
      })()
    } catch (error) {
      notifyError(`“${offer.name}” could not be opened`, error)
      turn.take(setBusy)(false)
    }
  }
  return (
    <Dialog
      open
      onOpenChange={isOpen => !isOpen && onClose()}
      title="Open a DSPy state"
      size="lg"
      description={`“${offer.name}” holds what a program of DSPy has learned: instructions, demos, descriptions and models, step by step.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" icon={<FolderOpen />} loading={isBusy} disabled={!choices.data} onClick={() => void finish()}>
            {target ? 'Open in the project' : 'Make a project'}
          </Button>
        </>
      }
    >
      {choices.isPending && (
        <p className="flex items-center gap-2 text-soft" role="status">
          <Spinner /> Reading the file…
        </p>
      )}
      {choices.isError && <ErrorBox title="The file cannot be opened" message={errorSentence(choices.error)} />}
      {choices.data && (
        <div className="flex flex-col gap-4">
          <Select
            label="What to make of it"
            value={target?.id ?? ownProject}
            onChange={setChosen}
            options={[
              ...fitting.map(({ id, name, isOpen }) => ({
                value: id,
                label: isOpen ? `Open in this project, ${name}` : `Open in the project ${name}`,
              })),
              { value: ownProject, label: 'Make a new project' },
            ]}
          />
          <section aria-label="Steps">
            <h3 className="mb-2 text-sm font-semibold">{steps.length === 1 ? 'One step' : `${steps.length} steps`}</h3>
            <ul className="divide-y divide-line rounded-lg border border-line">
              {steps.map(({ id, name, module, signature }) => (
                <li key={id} className="flex flex-wrap items-baseline gap-x-3 px-3 py-2">
                  <span className="font-medium">{name}</span>
                  <span className="text-soft">{module}</span>
                  <span className="font-mono text-sm text-soft">{signature}</span>
                </li>
              ))}
            </ul>
          </section>
          <section aria-label="Remarks">
            <h3 className="mb-2 text-sm font-semibold">
              {target ? 'What is not carried over' : 'What was guessed, and what is not carried over'}
            </h3>
            {told.length === 0 ? (
              <p className="text-soft">Nothing: the program takes all of it.</p>
            ) : (
              <ul className="flex list-disc flex-col gap-1 pl-5 text-soft">
                {told.map(remark => (
                  <li key={remark}>{remark}</li>
                ))}
              </ul>
            )}
          </section>
        </div>
      )}
    </Dialog>
  )
}

/** No id of a project: the file becomes one of its own. */
const ownProject = 'new'
