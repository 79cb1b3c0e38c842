import { useEffect, useState } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { goTo } from '@/state/session/navigation'
import { errorSentence } from '@/state/session/notices'
import { paths, routes } from '@/state/session/paths'
import { useProjectStore } from '@/state/document/project-store'
import { Button } from '@/ui/button'
import { ErrorBoundary, RowBoundary, ScreenBoundary } from '@/ui/error-boundary'
import { ErrorBox } from '@/ui/error-box'
import { BuildScreen } from './build-screen'
import { ConflictBar } from './conflict-bar'
import { ExportDspyDialog } from './export-dspy-dialog'
import { LoadingScreen } from './loading-screen'
import { PageTitle } from './page-title'
import { CompileScreen, DataScreen, RunScreen, RunsScreen, ToolHostsBar, TraceScreen } from './parts'
import { preloadCompile } from './preload'
import { ReadOnlyBar } from './read-only-bar'
import { enterProject, leaveProject } from './project-session'
import { TopBar } from './top-bar'
import { createTurns } from '@/lib/turns'
import { bodiesOf } from '@/engine/program/bodies'
import type { ProgramNode } from '@/engine/program/program'

/** Opens a project and draws its screens below the top bar. */
export function ProjectFrame({ projectId }: { readonly projectId: string }) {
  const [problem, setProblem] = useState<string>()
  const isOpen = useProjectStore(state => state.project?.id === projectId)
  // Most projects need not load what knows tools.
  const hasTools = useProjectStore(state => state.project?.graph.nodes.some(holdsTools) === true)
  const [location] = useLocation()

  useEffect(() => {
    const turns = createTurns()
    enterProject(projectId).catch(turns.next().take((error: unknown) => setProblem(errorSentence(error))))
    return () => {
      turns.end()
      leaveProject()
    }
  }, [projectId])

  useEffect(() => (isOpen ? preloadCompile() : undefined), [isOpen])

  if (problem !== undefined) {
    return (
      <div className="flex h-full items-center justify-center p-8">
        <div className="w-full max-w-md">
          <ErrorBox title="This project could not be opened" message={problem} />
          <Button className="mt-3" onClick={() => goTo(paths.gallery())}>
            Go to the gallery
          </Button>
        </div>
      </div>
    )
  }
  if (!isOpen) return <LoadingScreen label="Opening the project" />
  return (
    <>
      <PageTitle />
      <div className="flex h-full flex-col">
        <RowBoundary place="The top bar" resetKey={location}>
          <TopBar projectId={projectId} />
          <ConflictBar />
          <ReadOnlyBar />
          {hasTools && <ToolHostsBar key={projectId} projectId={projectId} />}
        </RowBoundary>
        <ErrorBoundary place="The export" resetKey={location}>
          <ExportDspyDialog />
        </ErrorBoundary>
        <main className="min-h-0 flex-1">
          <ScreenBoundary place="This screen" resetKey={location}>
            <Switch>
              <Route path={routes.project}>
                <BuildScreen />
              </Route>
              <Route path={routes.data}>
                <DataScreen />
              </Route>
              <Route path={routes.compile}>
                <CompileScreen />
              </Route>
              <Route path={routes.runs}>
                <RunsScreen />
              </Route>
              <Route path={routes.run}>{({ runId }) => <RunScreen key={runId} runId={runId} />}</Route>
              <Route path={routes.trace}>
                {({ runId, batch, index }) => <TraceScreen runId={runId} batch={Number(batch)} index={Number(index)} />}
              </Route>
            </Switch>
          </ScreenBoundary>
        </main>
      </div>
    </>
  )
}

/** Whether a step has a list of tools, or a program within it does. */
function holdsTools(node: ProgramNode): boolean {
  return (
    ('moduleParams' in node && Array.isArray(node.moduleParams?.['tools'])) ||
    bodiesOf(node).some(({ graph }) => graph.nodes.some(holdsTools))
  )
}
