import { Inbox } from 'lucide-react'
import { Badge } from '@/ui/badge'
import { Button } from '@/ui/button'
import { DiffText } from '@/ui/diff-text'
import { EmptyState } from '@/ui/empty-state'
import { ErrorBox } from '@/ui/error-box'
import { Kbd } from '@/ui/kbd'
import { PanelSection } from '@/ui/panel'
import { ProgressBar } from '@/ui/progress-bar'
import { Spinner } from '@/ui/spinner'
import { toast } from '@/ui/toast'
import { KitBlock } from './kit-block'

export function KitFeedback() {
  return (
    <KitBlock title="Feedback">
      <div className="flex flex-wrap items-center gap-2">
        {tones.map(tone => (
          <Badge key={tone} tone={tone}>
            {tone}
          </Badge>
        ))}
        <Kbd keys="Mod+K" />
        <Spinner label="Working" />
        {types.map(type => (
          <span key={type} className={`font-mono text-xs ${type}`}>
            {type.replace('text-type-', '')}
          </span>
        ))}
      </div>
      <ProgressBar label="Calls" value={34} max={120} />
      <p className="text-soft">
        Ink, <span className="text-soft">soft</span>, <span className="text-faint">faint</span>,{' '}
        <span className="text-accent-text">accent</span>, <span className="text-good-text">good</span>,{' '}
        <span className="text-warn-text">warn</span>, <span className="text-bad-text">bad</span>
      </p>
      <DiffText before="Answer the question in one word." after="Answer the ticket with one of the category names, nothing else." />
      <ErrorBox
        title="The model could not be reached"
        message="Nothing answers at http://localhost:1234. Start the server, then try again."
        detail="TypeError: Failed to fetch"
        onRetry={() => {}}
      />
      <div className="rounded-lg border border-line">
        <PanelSection title="Demos" defaultOpen>
          <p className="text-soft">Four demos.</p>
        </PanelSection>
      </div>
      <div className="h-44 rounded-lg border border-line">
        <EmptyState icon={<Inbox />} title="No runs yet" action={<Button variant="primary">Compile</Button>}>
          Run one row, evaluate a split, or compile. Every run is kept.
        </EmptyState>
      </div>
      <div className="flex gap-2">
        <Button
          onClick={() =>
            toast({ title: 'Applied trial 4', detail: 'Val 71 % → 84 %', tone: 'good', action: { label: 'Undo', run: () => {} } })
          }
        >
          Toast
        </Button>
        <Button onClick={() => toast({ title: 'The run did not stop', detail: 'The worker does not answer.', tone: 'bad' })}>
          Error toast
        </Button>
      </div>
    </KitBlock>
  )
}

const tones = ['neutral', 'accent', 'good', 'warn', 'bad', 'gold'] as const
const types = [
  'text-type-str',
  'text-type-num',
  'text-type-bool',
  'text-type-enum',
  'text-type-list',
  'text-type-object',
  'text-type-image',
  'text-type-any',
] as const
