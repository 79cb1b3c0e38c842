import { QueryClientProvider } from '@tanstack/react-query'
import { Router } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { queryClient } from '@/state/session/query-client'
import { Announcer } from '@/ui/announcer'
import { Toaster } from '@/ui/toast'
import { AskedDialog } from './asked-dialog'
import { ErrorBoundary } from './error-boundary'
import { CommandPalette, ShortcutSheet } from './parts'
import { AppRoutes } from './app-routes'
import { StorageBanner } from './storage-banner'
import { WorkspaceBanner } from './workspace-banner'

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <Router hook={useHashLocation}>
        <div className="flex h-full flex-col">
          <StorageBanner />
          <WorkspaceBanner />
          <div className="min-h-0 flex-1">
            <ErrorBoundary place="The studio">
              <AppRoutes />
            </ErrorBoundary>
          </div>
        </div>
        <AskedDialog event="open-palette" name="The search" dialog={CommandPalette} />
        <AskedDialog event="open-shortcuts" name="The list of shortcuts" dialog={ShortcutSheet} />
      </Router>
      <Toaster />
      <Announcer />
    </QueryClientProvider>
  )
}
