import { Route, Switch } from 'wouter'
import { paths, routes } from '@/state/session/paths'
import { Button } from '@/ui/button'
import { EmptyState } from '@/ui/empty-state'
import { goTo } from '@/state/session/navigation'
import { GalleryScreen, KitScreen, ProjectFrame, SettingsScreen } from './parts'
import { PlainFrame } from './plain-frame'

export function AppRoutes() {
  return (
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
          title="There is no page at this address"
          action={<Button onClick={() => goTo(paths.gallery())}>Go to the gallery</Button>}
        >
          The link may be from another version of the studio.
        </EmptyState>
      </Route>
    </Switch>
  )
}
