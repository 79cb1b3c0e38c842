import { ErrorBoundary } from '@/ui/error-boundary'
import { Section } from './section'
import { MetricSection } from './metric-section'
import { ModelsSection } from './models-section'
import { OptimizerSection } from './optimizer-section'
import { RunSection } from './run-section'
import { StartPanel } from './start-panel'

/** Everything that decides a compile, in the order one thinks of it, with the price of it beside. */
export function CompileScreen() {
  return (
    <div className="flex h-full min-h-0 max-md:block max-md:overflow-y-auto">
      <div className="min-w-0 flex-1 overflow-y-auto max-md:overflow-visible">
        <div className="mx-auto flex max-w-3xl flex-col gap-4 p-6 max-sm:p-3">
          <h1 className="sr-only">Compile</h1>
          <Section
            number={1}
            title="Metric"
            help="What counts as a good answer. Optimizers improve the program by it, so try it on a few rows first."
          >
            <MetricSection />
          </Section>
          <Section number={2} title="Optimizer" help="How instructions and demos are searched.">
            <OptimizerSection />
          </Section>
          <Section number={3} title="Models" help="Who runs the program, and who helps the optimizer.">
            <ModelsSection />
          </Section>
          <Section number={4} title="Run" help="How fast it goes and where it has to stop.">
            <RunSection />
          </Section>
        </div>
      </div>
      <ErrorBoundary place="The start of the run">
        <StartPanel />
      </ErrorBoundary>
    </div>
  )
}
