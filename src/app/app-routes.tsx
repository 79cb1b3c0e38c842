import { lazy, Suspense } from 'react'
import { Route, Switch } from 'wouter'
import { paths, routes } from '@/state/session/paths'
import { Button } from '@/ui/button'
import { EmptyState } from '@/ui/empty-state'
import { goTo } from '@/state/session/navigation'
import { LoadingScreen } from './loading-screen'
import { PlainFrame } from './plain-frame'
import { ProjectFrame } from './project-frame'

export function AppRoutes() {
  return (
    <Suspense fallback={<LoadingScreen label="Loading" />}>
      <Switch>
        <Route path={routes.gallery}>
          <PlainFrame title="Projects">
            <GalleryScreen />
          </PlainFrame>
        </Route>
        <Route path={routes.settings}>
          <PlainFrame title="Settings">
            <SettingsScreen />
          </PlainFrame>
        </Route>
        <Route path="/p/:projectId/*?">{({ projectId }) => <ProjectFrame key={projectId} projectId={projectId} />}</Route>
        <Route path="/kit">
          <PlainFrame title="Components">
            <KitScreen />
          </PlainFrame>
        </Route>
        <Route>
          <EmptyState
            title="Nothing lives at this address"
            action={<Button onClick={() => goTo(paths.gallery())}>Go to the gallery</Button>}
          >
            The link may be from another version of the studio.
          </EmptyState>
        </Route>
      </Switch>
    </Suspense>
  )
}

const GalleryScreen = lazy(async () => ({ default: (await import('@/studio/gallery/gallery-screen')).GalleryScreen }))
const SettingsScreen = lazy(async () => ({ default: (await import('@/studio/settings/settings-screen')).SettingsScreen }))
const KitScreen = lazy(async () => ({ default: (await import('./kit/kit-screen')).KitScreen }))
