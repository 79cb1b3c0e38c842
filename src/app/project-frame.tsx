import { useEffect, useState } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { goTo } from '@/state/session/navigation'
import { errorSentence } from '@/state/session/notices'
import { paths, routes } from '@/state/session/paths'
import { useProjectStore } from '@/state/document/project-store'
import { Button } from '@/ui/button'
import { ErrorBox } from '@/ui/error-box'
import { BuildScreen } from './build-screen'
import { ConflictBar } from './conflict-bar'
import { ErrorBoundary } from './error-boundary'
import { ExportDspyDialog } from './export-dspy-dialog'
import { LoadingScreen } from './loading-screen'
import { PageTitle } from './page-title'
import { CompileScreen, DataScreen, RunScreen, RunsScreen, TraceScreen } from './parts'
import { preloadCompile } from './preload'
import { enterProject, leaveProject } from './project-session'
import { TooSmall } from './too-small'
import { TopBar } from './top-bar'

/** Opens a project and draws its screens below the top bar. */
export function ProjectFrame({ projectId }: { readonly projectId: string }) {
  const [problem, setProblem] = useState<string>()
  const isOpen = useProjectStore(state => state.project?.id === projectId)
  const [location] = useLocation()

  useEffect(() => {
    let isHere = true
    enterProject(projectId).catch((error: unknown) => isHere && setProblem(errorSentence(error)))
    return () => {
      isHere = false
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
    <TooSmall>
      <PageTitle />
      <div className="flex h-full flex-col">
        <TopBar projectId={projectId} />
        <ConflictBar />
        <ExportDspyDialog />
        <main className="min-h-0 flex-1">
          <ErrorBoundary place="This screen" resetKey={location}>
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
          </ErrorBoundary>
        </main>
      </div>
    </TooSmall>
  )
}
