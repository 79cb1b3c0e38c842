import { KitCharts } from './kit-charts'
import { KitControls } from './kit-controls'
import { KitFeedback } from './kit-feedback'
import { KitTable } from './kit-table'

/** Every component of the kit, to be looked at in both themes. */
export function KitScreen() {
  return (
    <div className="mx-auto grid max-w-6xl gap-6 p-6 min-[1000px]:grid-cols-2">
      <h1 className="sr-only">Components</h1>
      <div className="flex min-w-0 flex-col gap-6">
        <KitControls />
      </div>
      <div className="flex min-w-0 flex-col gap-6">
        <KitFeedback />
        <KitCharts />
        <KitTable />
      </div>
    </div>
  )
}
