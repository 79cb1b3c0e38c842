import { RotateCcw } from 'lucide-react'
import { refusedWords } from '@/engine/lm/fact-words'
import type { ModelSpec } from '@/engine/lm/lm'
import { resetModelFacts, useModelFacts } from '@/state/session/model-facts'
import { Button } from '@/ui/button'

/** What runs found out about a model at its address, with a way to have it asked again. Nothing where nothing is known. */
export function FoundOut({ model }: { readonly model: ModelSpec }) {
  const refused = useModelFacts(model)
  if (refused.length === 0) return null
  return (
    <div className="flex items-start gap-3 rounded-md border border-line px-3 py-2 text-sm" role="group" aria-label="Found out">
      <p className="min-w-0 flex-1">
        Found out: the model {refusedWords(refused)}.<span className="block text-faint">Runs leave it out, or say it in another way.</span>
      </p>
      <Button icon={<RotateCcw />} onClick={() => void resetModelFacts(model)}>
        Reset
      </Button>
    </div>
  )
}
