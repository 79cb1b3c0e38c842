import { useShownProject } from '@/state/document/shown-program'
import type { PredictorState } from '@/engine/program/program'
import { setNearest } from '@/state/document/edits/state-edits'
import { NumberInput } from '@/ui/number-input'
import { Switch } from '@/ui/switch'

interface NearestChoiceProps {
  readonly predictorId: string
  readonly nearest: PredictorState['nearest']
  readonly demoCount: number
}

/** Whether a call shows every demo or those most like its inputs, and how many. */
export function NearestChoice({ predictorId, nearest, demoCount }: NearestChoiceProps) {
  const embedder = useShownProject(project => project.models.find(model => model.id === nearest?.embedder)?.label)
  if (nearest === undefined && demoCount < fewestToChoose) return null
  const turn = (isOn: boolean) => setNearest(predictorId, isOn ? Math.min(usualCount, demoCount) : undefined)
  return (
    <div className="nearest-choice">
      <Switch checked={nearest !== undefined} onChange={turn} label="Show only the most similar" />
      {nearest !== undefined && (
        <>
          <p className="nearest-count">
            <span>Shows the</span>
            <NumberInput
              label="Demos a call shows"
              value={nearest.k}
              min={1}
              integer
              onChange={k => k !== undefined && setNearest(predictorId, k)}
            />
            <span>
              most similar of {demoCount} {demoCount === 1 ? 'demo' : 'demos'}
            </span>
          </p>
          <p className="inspector-faint">
            {nearest.embedder === undefined
              ? 'Found for each call, by the words that its inputs and a demo share.'
              : `Found for each call, by embeddings of ${embedder ?? 'a model that is gone'}.`}
          </p>
        </>
      )}
    </div>
  )
}

const fewestToChoose = 3
const usualCount = 3
